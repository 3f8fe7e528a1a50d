package dev.eddy.model;

import dev.eddy.layer.Axis;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Pool;
import dev.eddy.layer.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Convolutions, deconvolutions and pools.
 *
 * <p>{@code kernel} lists the window's axes, time first: as many numbers as the frame has axes
 * beside time, and one. Without the one of time, each frame is looked at for itself. Where frames
 * are {@code [channels]} there is only time, and a number will do. {@code stride}, {@code dilation}
 * and {@code output-padding} are a list of the same length, or one number for all its axes.
 *
 * <p>{@code padding} is a word, a number for both ends of every axis, or a list with a number or
 * {@code [before, after]} for each axis. {@code causal} fills up before the first frame and leaves
 * the frame's own axes without padding; {@code same} keeps the length, with the odd one behind;
 * {@code valid} is none. A convolution over time is causal where nothing is said, all else valid.
 * The padding of a deconvolution is PyTorch's: what is cropped off its output.
 */
final class WindowWords {
  private static final int MAX_STRIDE = 1024;
  private static final int MAX_PADDING = 1 << 20;

  private WindowWords() {}

  static Map<String, Function<LayerOptions, Layer>> readers() {
    Map<String, Function<LayerOptions, Layer>> readers = new LinkedHashMap<>();
    readers.put("conv", WindowWords::conv);
    readers.put("deconv", WindowWords::deconv);
    readers.put("max-pool", options -> new Pool(Pool.How.MAX, poolAxes(options), false));
    readers.put(
        "average-pool",
        options ->
            new Pool(Pool.How.AVERAGE, poolAxes(options), options.bool("count-padding", true)));
    return readers;
  }

  private static Layer conv(LayerOptions options) {
    List<Integer> kernel = kernel(options);
    boolean overTime = kernel.size() == options.input().rank();
    return new Conv(
        options.count("filters"),
        axes(options, kernel, ones(kernel), overTime ? Padding.CAUSAL : Padding.VALID),
        options.count("groups", 1),
        options.bool("bias", true));
  }

  private static List<Axis> poolAxes(LayerOptions options) {
    List<Integer> kernel = kernel(options);
    List<Integer> stride = kernel.stream().map(taps -> Math.min(taps, MAX_STRIDE)).toList();
    return axes(options, kernel, stride, Padding.VALID);
  }

  private static Layer deconv(LayerOptions options) {
    List<Integer> kernel = kernel(options);
    options
        .find("padding")
        .filter(padding -> padding.isScalar() && !padding.asString().matches("\\d+"))
        .ifPresent(
            padding -> {
              throw padding.error(
                  "\""
                      + padding.asString()
                      + "\" is not what a deconvolution crops: a number, or a list with a number or"
                      + " [before, after] for each axis");
            });
    return new Deconv(
        options.count("filters"),
        axes(options, kernel, ones(kernel), Padding.VALID),
        perAxis(options, "output-padding", 0, LayerOptions.MAX_UNITS, zeros(kernel)),
        options.count("groups", 1),
        options.bool("bias", true));
  }

  private static List<Integer> kernel(LayerOptions options) {
    Shape input = options.input();
    YamlValue kernel = options.required("kernel");
    if (kernel.isScalar() && input.rank() == 1) {
      return List.of(kernel.asInt(1, LayerOptions.MAX_UNITS));
    }
    List<Integer> taps =
        kernel.isScalar()
            ? List.of()
            : kernel.asList().stream().map(v -> v.asInt(1, LayerOptions.MAX_UNITS)).toList();
    int space = input.rank() - 1;
    if (taps.size() != space + 1 && (taps.size() != space || space == 0)) {
      throw kernel.error(
          "a window over frames of "
              + input
              + " has "
              + (space == 0
                  ? "1 number (time)"
                  : "a list of "
                      + space
                      + (space == 1 ? " number" : " numbers")
                      + " (within the frame) or "
                      + (space + 1)
                      + " (time first)"));
    }
    return taps;
  }

  private static List<Axis> axes(
      LayerOptions options, List<Integer> kernel, List<Integer> strideOtherwise, Padding padding) {
    List<Integer> stride = perAxis(options, "stride", 1, MAX_STRIDE, strideOtherwise);
    List<Integer> dilation = perAxis(options, "dilation", 1, LayerOptions.MAX_UNITS, ones(kernel));
    Optional<YamlValue> said = options.find("padding");
    boolean numbers =
        said.isPresent() && (said.get().isList() || said.get().asString().matches("\\d+"));
    Padding word =
        numbers ? Padding.VALID : said.map(value -> value.asEnum(Padding.class)).orElse(padding);
    if (word == Padding.CAUSAL && kernel.size() < options.input().rank()) {
      throw said.get().error("causal is about time, and this window stays within the frame");
    }
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < kernel.size(); i++) {
      int most = (int) Math.min((kernel.get(i) - 1L) * dilation.get(i), Integer.MAX_VALUE);
      int[] ends = numbers ? ends(said.get(), i, kernel.size()) : word.ends(i, most);
      if (word == Padding.SAME && stride.get(i) > 1) {
        throw said.get().error("same keeps the length, which takes a stride of 1; write numbers");
      }
      axes.add(new Axis(kernel.get(i), stride.get(i), dilation.get(i), ends[0], ends[1]));
    }
    return axes;
  }

  private enum Padding {
    CAUSAL,
    VALID,
    SAME;

    /** Before and after, on an axis by its place. */
    int[] ends(int axis, int most) {
      return switch (this) {
        case CAUSAL -> new int[] {axis == 0 ? most : 0, 0};
        case VALID -> new int[] {0, 0};
        case SAME -> new int[] {most / 2, most - most / 2};
      };
    }
  }

  private static int[] ends(YamlValue padding, int axis, int count) {
    if (padding.isScalar()) {
      int both = padding.asInt(0, MAX_PADDING);
      return new int[] {both, both};
    }
    YamlValue one = entries(padding, count).get(axis);
    if (one.isScalar()) {
      int both = one.asInt(0, MAX_PADDING);
      return new int[] {both, both};
    }
    List<YamlValue> ends = one.asList();
    if (ends.size() != 2) {
      throw one.error("padding is a number or [before, after], got " + ends.size() + " numbers");
    }
    return new int[] {ends.get(0).asInt(0, MAX_PADDING), ends.get(1).asInt(0, MAX_PADDING)};
  }

  private static List<Integer> perAxis(
      LayerOptions options, String key, int min, int max, List<Integer> otherwise) {
    Optional<YamlValue> said = options.find(key);
    if (said.isEmpty()) {
      return otherwise;
    }
    return said.get().isScalar()
        ? Collections.nCopies(otherwise.size(), said.get().asInt(min, max))
        : entries(said.get(), otherwise.size()).stream().map(v -> v.asInt(min, max)).toList();
  }

  private static List<YamlValue> entries(YamlValue list, int count) {
    List<YamlValue> entries = list.asList();
    if (entries.size() != count) {
      throw list.error(
          "the kernel has " + count + (count == 1 ? " axis" : " axes") + ", got " + entries.size());
    }
    return entries;
  }

  private static List<Integer> ones(List<Integer> kernel) {
    return Collections.nCopies(kernel.size(), 1);
  }

  private static List<Integer> zeros(List<Integer> kernel) {
    return Collections.nCopies(kernel.size(), 0);
  }
}
