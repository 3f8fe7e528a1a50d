package dev.eddy.model;

import dev.eddy.layer.Embedding;
import dev.eddy.layer.First;
import dev.eddy.layer.Flatten;
import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.Last;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Rearrange;
import dev.eddy.layer.Reduce;
import dev.eddy.layer.Reshape;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Slice;
import dev.eddy.layer.Transpose;
import dev.eddy.layer.Upsample;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Layers that change the shape or the number of frames, and embeddings. */
final class ShapeWords {
  private ShapeWords() {}

  static Map<String, Function<LayerOptions, Layer>> readers() {
    Map<String, Function<LayerOptions, Layer>> readers = new LinkedHashMap<>();
    readers.put(
        "embedding",
        options ->
            new Embedding(options.required("tokens").asInt(1, 1 << 24), options.count("size")));
    readers.put("flatten", options -> new Flatten());
    readers.put(
        "reshape", options -> new Reshape(options.integers("shape", -1, Integer.MAX_VALUE)));
    readers.put("transpose", options -> new Transpose(options.integers("axes", 0, 2)));
    readers.put("slice", ShapeWords::slice);
    readers.put("rearrange", ShapeWords::rearrange);
    readers.put(
        "reduce",
        options ->
            new Reduce(
                options.choice("how", Reduce.How.class), options.required("axis").asInt(0, 2)));
    readers.put(
        "upsample",
        options ->
            new Upsample(
                options.integer("time", 1, 1024, 1),
                options.integer("height", 1, 1024, 1),
                options.integer("width", 1, 1024, 1),
                options.choice("mode", Upsample.Mode.NEAREST)));
    readers.put("last", options -> new Last());
    readers.put("first", options -> new First());
    readers.put(
        "global-pool",
        options ->
            new GlobalPool(
                options.choice("how", GlobalPool.How.class),
                options.choice("over", GlobalPool.Over.class)));
    return readers;
  }

  private static Layer rearrange(LayerOptions options) {
    int[] shape =
        options.integers("shape", 1, Integer.MAX_VALUE).stream().mapToInt(i -> i).toArray();
    return new Rearrange(Shape.of(shape), options.numberOrInfinity("fill", 0f));
  }

  private static Layer slice(LayerOptions options) {
    return new Slice(
        options.integer("axis", 0, 2, 0),
        options.integer("start", 0, Integer.MAX_VALUE, 0),
        options.integer("end", 1, Integer.MAX_VALUE, Slice.TO_THE_END));
  }
}
