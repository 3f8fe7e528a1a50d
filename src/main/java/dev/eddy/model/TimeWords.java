package dev.eddy.model;

import dev.eddy.layer.Layer;
import dev.eddy.layer.RunningSum;
import dev.eddy.layer.Stack;
import dev.eddy.layer.TimePad;
import dev.eddy.layer.TimeSlice;
import dev.eddy.layer.Unstack;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Layers that change which frames follow each other. */
final class TimeWords {
  private static final int MAX_FRAMES = 1 << 20;

  private TimeWords() {}

  static Map<String, Function<LayerOptions, Layer>> readers() {
    Map<String, Function<LayerOptions, Layer>> readers = new LinkedHashMap<>();
    readers.put(
        "time-pad",
        options ->
            new TimePad(
                options.integer("before", 0, MAX_FRAMES, 0),
                options.integer("after", 0, MAX_FRAMES, 0),
                options.choice("mode", TimePad.Mode.CONSTANT),
                options.number("value", 0f)));
    readers.put(
        "time-slice",
        options ->
            new TimeSlice(
                options.integer("start", 0, MAX_FRAMES, 0),
                options.integer("end", 0, MAX_FRAMES, 0),
                options.integer("step", 1, 1024, 1)));
    readers.put("stack", options -> new Stack(options.count("frames")));
    readers.put("unstack", options -> new Unstack(options.count("frames")));
    readers.put("running-sum", options -> new RunningSum(options.bool("exclusive", false)));
    return readers;
  }
}
