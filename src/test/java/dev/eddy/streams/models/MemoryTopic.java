package dev.eddy.streams.models;

import dev.eddy.avro.ModelRecords;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.PackedModel;
import dev.eddy.model.Timeline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A models topic without a broker. */
public final class MemoryTopic {
  /** Takes what is written. */
  public interface Reader {
    void record(long offset, byte[] key, byte[] value);
  }

  private record Entry(byte[] key, byte[] value) {}

  private final List<Entry> entries = new ArrayList<>();
  private final List<Reader> readers = new ArrayList<>();
  private Timeline timeline = Timeline.EMPTY;

  /** Gives a reader all there is, then what comes. */
  public void read(Reader reader) {
    for (int i = 0; i < entries.size(); i++) {
      reader.record(i, entries.get(i).key, entries.get(i).value);
    }
    readers.add(reader);
  }

  /** Gives nothing more to who reads now. */
  public void forget() {
    readers.clear();
  }

  public void write(byte[] key, byte[] value) {
    entries.add(new Entry(key, value));
    readers.forEach(reader -> reader.record(entries.size() - 1, key, value));
  }

  public void publish(PackedModel packed) {
    for (int i = 0; i < packed.chunks().size(); i++) {
      chunk(packed.manifest(), i, ModelRecords.chunk(i, packed.chunks().get(i)));
    }
    manifest(packed.manifest(), ModelRecords.encode(packed.manifest()));
  }

  public void chunk(ModelManifest manifest, int chunk, byte[] value) {
    write(TopicContents.chunkKey(manifest.name(), manifest.version(), chunk), value);
  }

  public void manifest(ModelManifest manifest, byte[] value) {
    write(TopicContents.manifestKey(manifest.name(), manifest.version()), value);
  }

  public void activate(String name, long version, long fromMs, Timeline.Mode mode, int permille) {
    timeline =
        timeline.plus(
            new Timeline.Activation(version, fromMs, mode, permille, entries.size(), "test"));
    write(TopicContents.timelineKey(name), ModelRecords.encode(name, timeline));
  }

  /** As from a broker, but chunks come in another order. */
  public PackedModel fetch(ModelManifest manifest, long[] offsets) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < offsets.length; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(manifest.version()));
    ChunkAssembly assembly = new ChunkAssembly(manifest);
    order.forEach(i -> assembly.accept(i, entries.get((int) offsets[i]).value));
    PackedModel packed = new PackedModel(manifest, assembly.pieces());
    packed.checkTensors();
    return packed;
  }
}
