package dev.eddy.frames;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The last frames of a key's windows, as they came: the last few here, those before in cells of as
 * many. Each is of a pane.
 */
final class SampleLog {
  private static final int PART = 1;
  private static final int CHUNK_BYTES = 1_024;

  private final int size; // values of a frame
  private final int most; // frames that are asked for
  private final int chunk; // frames of a cell
  private final KeyCells cells;
  private final long[] panes; // of the last few
  private final float[] frames;

  private long firstChunk;
  private long nextChunk;
  private int count; // of the last few

  float[] samples = {}; // [found][size] what was asked for last
  int found;

  SampleLog(int size, int most, KeyCells cells) {
    this.size = size;
    this.most = most;
    this.cells = cells;
    this.chunk = Math.max(4, Math.min(64, CHUNK_BYTES / (8 + 4 * size)));
    this.panes = new long[chunk];
    this.frames = new float[chunk * size];
  }

  void add(long pane, float[] frame) {
    panes[count] = pane;
    System.arraycopy(frame, 0, frames, count * size, size);
    count++;
    if (count == chunk) {
      ByteBuffer cell = ByteBuffer.allocate(chunk * (8 + 4 * size)).order(ByteOrder.LITTLE_ENDIAN);
      cell.asLongBuffer().put(panes);
      cell.position(8 * chunk).asFloatBuffer().put(frames);
      cells.put(PART, nextChunk++, cell.array());
      count = 0;
    }
    while ((nextChunk - firstChunk - 1) * chunk + count >= most && firstChunk < nextChunk) {
      cells.delete(PART, firstChunk++);
    }
  }

  /** Finds the last frames of those from a pane on; chunks that are older than it are forgotten. */
  void from(long pane) {
    dropBefore(pane);
    int room = (int) ((nextChunk - firstChunk) * chunk + count) * size;
    if (samples.length < room) {
      samples = new float[room];
    }
    int all = 0;
    for (long number = firstChunk; number < nextChunk; number++) {
      ByteBuffer cell = cell(number);
      for (int i = 0; i < chunk; i++) {
        if (cell.getLong(8 * i) >= pane) {
          cell.position(8 * chunk + 4 * i * size).asFloatBuffer().get(samples, all * size, size);
          all++;
        }
      }
    }
    for (int i = 0; i < count; i++) {
      if (panes[i] >= pane) {
        System.arraycopy(frames, i * size, samples, all * size, size);
        all++;
      }
    }
    found = Math.min(all, most);
    if (found < all) {
      System.arraycopy(samples, (all - found) * size, samples, 0, found * size);
    }
  }

  private void dropBefore(long pane) {
    while (firstChunk < nextChunk && cell(firstChunk).getLong(8 * (chunk - 1)) < pane) {
      cells.delete(PART, firstChunk++);
    }
  }

  private ByteBuffer cell(long number) {
    return ByteBuffer.wrap(cells.get(PART, number)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The values of one channel, sorted. */
  float[] sorted(int channel) {
    float[] values = new float[found];
    for (int i = 0; i < found; i++) {
      values[i] = samples[i * size + channel];
    }
    Arrays.sort(values);
    return values;
  }

  /** Forgets all frames. */
  void drop() {
    while (firstChunk < nextChunk) {
      cells.delete(PART, firstChunk++);
    }
    clear();
  }

  void clear() {
    firstChunk = 0;
    nextChunk = 0;
    count = 0;
  }

  void read(ByteBuffer bytes) {
    firstChunk = bytes.getLong();
    nextChunk = bytes.getLong();
    count = bytes.getInt();
    for (int i = 0; i < count; i++) {
      panes[i] = bytes.getLong();
    }
    StateWriter.getFloats(bytes, frames, 0, count * size);
  }

  void write(StateWriter bytes) {
    bytes.putLong(firstChunk).putLong(nextChunk).putInt(count);
    for (int i = 0; i < count; i++) {
      bytes.putLong(panes[i]);
    }
    bytes.putFloats(frames, 0, count * size);
  }
}
