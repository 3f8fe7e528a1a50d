package dev.eddy.app.apply;

import dev.eddy.app.csv.FloatText;
import dev.eddy.app.csv.ResultFile;
import dev.eddy.avro.BadRecordException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes output frames as CSV, one row each, and for each the row of input after which it came.
 * Counts the rows and frames of every key.
 */
public final class FrameWriter implements FrameStream.Sink {
  private final ResultFile results;
  private final Optional<ResultFile> timing;
  private final boolean keyed;
  private final List<String> outputs;
  private final Map<String, Counts> counts = new LinkedHashMap<>();

  private static final class Counts {
    private long rows;
    private long frames;
    private boolean ended;
  }

  /**
   * @param keyed whether each row begins with its key
   * @param outputs names of a frame's values
   */
  public FrameWriter(
      ResultFile results, Optional<ResultFile> timing, boolean keyed, List<String> outputs) {
    this.results = results;
    this.timing = timing;
    this.keyed = keyed;
    this.outputs = outputs;
  }

  /** A row of this key comes next. */
  public void row(String key) {
    counts.computeIfAbsent(key, k -> new Counts()).rows++;
  }

  /** The end of this key's sequence comes next. */
  public void end(String key) {
    counts.get(key).ended = true;
  }

  /** The keys seen, in the order of their first rows. */
  public Set<String> keys() {
    return counts.keySet();
  }

  @Override
  public void frame(String key, float[] values, int offset) {
    for (int i = 0; i < outputs.size(); i++) {
      if (!Float.isFinite(values[offset + i])) {
        throw new BadRecordException(
            "output \"" + outputs.get(i) + "\" became " + values[offset + i]);
      }
    }
    if (keyed) {
      results.cell(key);
    }
    for (int i = 0; i < outputs.size(); i++) {
      results.cell(FloatText.of(values[offset + i]));
    }
    results.endRow();
    Counts count = counts.get(key);
    if (timing.isPresent()) {
      if (keyed) {
        timing.get().cell(key);
      }
      timing.get().cell(Long.toString(count.frames));
      timing.get().cell(Long.toString(count.ended ? count.rows : count.rows - 1));
      timing.get().endRow();
    }
    count.frames++;
  }
}
