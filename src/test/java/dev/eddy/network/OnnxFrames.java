package dev.eddy.network;

import ai.onnx.proto.OnnxMl;
import dev.eddy.layer.Arithmetic;
import dev.eddy.layer.BatchNorm;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Embedding;
import dev.eddy.layer.First;
import dev.eddy.layer.Flatten;
import dev.eddy.layer.Gate;
import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.GroupNorm;
import dev.eddy.layer.InstanceNorm;
import dev.eddy.layer.Last;
import dev.eddy.layer.Layer;
import dev.eddy.layer.LayerNorm;
import dev.eddy.layer.LogSoftmax;
import dev.eddy.layer.Prelu;
import dev.eddy.layer.Rearrange;
import dev.eddy.layer.Reduce;
import dev.eddy.layer.Reshape;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Slice;
import dev.eddy.layer.Softmax;
import dev.eddy.layer.Standardise;
import dev.eddy.layer.Transpose;
import dev.eddy.layer.Upsample;
import dev.eddy.layer.Weights;
import dev.eddy.network.OnnxModel.Attribute;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What layers that look at one frame at a time mean in ONNX's words: time becomes the batch, and a
 * frame has its own dimensions behind it.
 */
final class OnnxFrames {
  private static final long FLOAT = OnnxMl.TensorProto.DataType.FLOAT.getNumber();
  private static final long INT64 = OnnxMl.TensorProto.DataType.INT64.getNumber();

  private final OnnxModel model;

  OnnxFrames(OnnxModel model) {
    this.model = model;
  }

  String layer(Layer layer, Shape input, Weights weights, String x) {
    String frames = frames(x, input);
    String mapped;
    if (layer instanceof Softmax) {
      mapped = model.node("Softmax", List.of(frames), Attribute.of("axis", 1L));
    } else if (layer instanceof LogSoftmax) {
      mapped = model.node("LogSoftmax", List.of(frames), Attribute.of("axis", 1L));
    } else if (layer instanceof Prelu prelu) {
      String slope =
          prelu.perChannel()
              ? perChannel(weights.tensor("weight"), input)
              : model.constant(weights.tensor("weight"), 1);
      mapped = model.node("PRelu", List.of(frames, slope));
    } else if (layer instanceof Dense dense) {
      mapped = dense(dense, input, weights, frames);
    } else if (layer instanceof Arithmetic arithmetic) {
      mapped = arithmetic(arithmetic, input, weights, frames);
    } else if (layer instanceof Rearrange rearrange) {
      mapped = rearrange(rearrange, weights, frames);
    } else if (layer instanceof Reduce reduce) {
      mapped = reduce(reduce, frames);
    } else if (layer instanceof BatchNorm norm) {
      mapped = batchNorm(norm, input, weights, frames);
    } else if (layer instanceof LayerNorm norm) {
      mapped = layerNorm(norm, input, weights, frames);
    } else if (layer instanceof GroupNorm norm) {
      mapped = groupNorm(norm.groups(), norm.epsilon(), norm.affine(), input, weights, frames);
    } else if (layer instanceof InstanceNorm norm) {
      mapped = groupNorm(input.channels(), norm.epsilon(), norm.affine(), input, weights, frames);
    } else if (layer instanceof Standardise) {
      String distance =
          model.node("Sub", List.of(frames, perChannel(weights.tensor("mean"), input)));
      mapped = model.node("Div", List.of(distance, perChannel(weights.tensor("std"), input)));
    } else if (layer instanceof Embedding embedding) {
      String table = model.constant(weights.tensor("weight"), embedding.tokens(), embedding.size());
      String tokens = model.node("Cast", List.of(frames), Attribute.of("to", INT64));
      mapped = model.node("Gather", List.of(table, tokens));
    } else if (layer instanceof Flatten || layer instanceof Reshape) {
      Shape output = layer.output(input);
      mapped = model.node("Reshape", List.of(frames, model.constant(withTime(output))));
    } else if (layer instanceof Transpose transpose) {
      long[] axes =
          LongStream.concat(LongStream.of(0), transpose.axes().stream().mapToLong(axis -> axis + 1))
              .toArray();
      mapped = model.node("Transpose", List.of(frames), Attribute.ofInts("perm", axes));
    } else if (layer instanceof Slice slice) {
      mapped =
          model.node(
              "Slice",
              List.of(
                  frames,
                  model.constant((long) slice.start()),
                  model.constant((long) slice.end()),
                  model.constant(slice.axis() + 1L)));
    } else if (layer instanceof Last) {
      mapped =
          model.node(
              "Slice",
              List.of(
                  frames, model.constant(-1L), model.constant(Long.MAX_VALUE), model.constant(0L)));
    } else if (layer instanceof First) {
      mapped =
          model.node(
              "Slice", List.of(frames, model.constant(0L), model.constant(1L), model.constant(0L)));
    } else if (layer instanceof GlobalPool pool) {
      String operator =
          switch (pool.how()) {
            case MAX -> "ReduceMax";
            case AVERAGE -> "ReduceMean";
            case SUM -> "ReduceSum";
            case VARIANCE -> "ReduceMean"; // of the squares of the distances from the mean
          };
      long[] axes =
          pool.over() == GlobalPool.Over.TIME
              ? new long[] {0}
              : LongStream.rangeClosed(2, input.rank()).toArray();
      String pooled = frames;
      if (pool.how() == GlobalPool.How.VARIANCE) {
        String mean = model.node("ReduceMean", List.of(frames, model.constant(axes)));
        String distance = model.node("Sub", List.of(frames, mean));
        pooled = model.node("Mul", List.of(distance, distance));
      }
      mapped = model.node(operator, List.of(pooled, model.constant(axes)));
    } else if (layer instanceof Upsample upsample) {
      return upsample(upsample, input, x);
    } else if (layer instanceof Gate gate) {
      mapped = gate(gate, frames);
    } else {
      throw new AssertionError("say in ONNX's words what " + layer + " means");
    }
    return sequence(mapped);
  }

  private String dense(Dense dense, Shape input, Weights weights, String frames) {
    int inputs = input.dimension(input.rank() - 1);
    String w = model.constant(weights.tensor("weight"), dense.units(), inputs);
    String turned = model.node("Transpose", List.of(w), Attribute.ofInts("perm", 1, 0));
    String product = model.node("MatMul", List.of(frames, turned));
    return dense.bias()
        ? model.node("Add", List.of(product, model.constant(weights.tensor("bias"), dense.units())))
        : product;
  }

  private String arithmetic(Arithmetic arithmetic, Shape input, Weights weights, String frames) {
    float[] values = weights.tensor("operand");
    String operand =
        switch (arithmetic.operand()) {
          case ONE -> model.constant(values, 1);
          case CHANNELS -> perChannel(values, input);
          case FRAME -> learnt(values, true, input);
        };
    OnnxArithmetic onnx = new OnnxArithmetic(model);
    return arithmetic.operandFirst()
        ? onnx.of(arithmetic.how(), operand, frames)
        : onnx.of(arithmetic.how(), frames, operand);
  }

  /** Gathered from the values of a frame and the fill behind them. */
  private String rearrange(Rearrange rearrange, Weights weights, String frames) {
    float[] index = weights.tensor("index");
    long[] from = new long[index.length]; // -1 is the last, in ONNX too
    for (int i = 0; i < from.length; i++) {
      from[i] = (long) index[i];
    }
    String flat = model.node("Flatten", List.of(frames), Attribute.of("axis", 1L));
    String filled =
        model.node(
            "Pad",
            List.of(
                flat,
                model.constant(new long[] {0, 0, 0, 1}),
                model.constant(new float[] {rearrange.fill()})));
    String picked =
        model.node("Gather", List.of(filled, model.constant(from)), Attribute.of("axis", 1L));
    return model.node("Reshape", List.of(picked, model.constant(withTime(rearrange.shape()))));
  }

  private String reduce(Reduce reduce, String frames) {
    long axis = reduce.axis() + 1L;
    return switch (reduce.how()) {
      case SUM -> reduce("ReduceSum", frames, axis);
      case MEAN -> reduce("ReduceMean", frames, axis);
      case MAX -> reduce("ReduceMax", frames, axis);
      case MIN -> reduce("ReduceMin", frames, axis);
      case PRODUCT -> reduce("ReduceProd", frames, axis);
      case SUM_OF_SQUARES -> reduce("ReduceSumSquare", frames, axis);
      case L1 -> reduce("ReduceL1", frames, axis);
      case L2 -> reduce("ReduceL2", frames, axis);
      case LOG_SUM -> reduce("ReduceLogSum", frames, axis);
      case LOG_SUM_EXP -> reduce("ReduceLogSumExp", frames, axis);
      case ARG_MAX -> index("ArgMax", frames, axis, 0);
      case ARG_MIN -> index("ArgMin", frames, axis, 0);
      case ARG_MAX_LAST -> index("ArgMax", frames, axis, 1);
      case ARG_MIN_LAST -> index("ArgMin", frames, axis, 1);
    };
  }

  private String reduce(String operator, String frames, long axis) {
    return model.node(operator, List.of(frames, model.constant(axis)));
  }

  private String index(String operator, String frames, long axis, long last) {
    String index =
        model.node(
            operator,
            List.of(frames),
            Attribute.of("axis", axis),
            Attribute.of("select_last_index", last));
    return model.node("Cast", List.of(index), Attribute.of("to", FLOAT));
  }

  /** Of every frame by itself. */
  String matrixProduct(List<String> reads, List<Shape> inputs) {
    return sequence(
        model.node(
            "MatMul",
            List.of(frames(reads.get(0), inputs.get(0)), frames(reads.get(1), inputs.get(1)))));
  }

  private String batchNorm(BatchNorm norm, Shape input, Weights weights, String frames) {
    int channels = input.channels();
    float[] ones = new float[channels];
    Arrays.fill(ones, 1f);
    return model.node(
        "BatchNormalization",
        List.of(
            frames,
            model.constant(norm.affine() ? weights.tensor("weight") : ones, channels),
            model.constant(norm.affine() ? weights.tensor("bias") : new float[channels], channels),
            model.constant(weights.tensor("running_mean"), channels),
            model.constant(weights.tensor("running_var"), channels)),
        Attribute.of("epsilon", norm.epsilon()));
  }

  /**
   * By the steps that LayerNormalization is defined by: ONNX Runtime's own takes the variance as a
   * difference of means of squares, which loses digits where values are close, and refuses a single
   * value.
   */
  private String layerNorm(LayerNorm norm, Shape input, Weights weights, String frames) {
    boolean frame = norm.over() == LayerNorm.Over.FRAME;
    int last = frame ? input.rank() : 1;
    String axes = model.constant(IntStream.rangeClosed(1, last).asLongStream().toArray());
    String mean = model.node("ReduceMean", List.of(frames, axes));
    String distance = model.node("Sub", List.of(frames, mean));
    String squares = model.node("Mul", List.of(distance, distance));
    String variance = model.node("ReduceMean", List.of(squares, axes));
    String epsilon = model.constant(new float[] {norm.epsilon()}, 1);
    String deviation = model.node("Sqrt", List.of(model.node("Add", List.of(variance, epsilon))));
    String y = model.node("Div", List.of(distance, deviation));
    if (norm.affine()) {
      y = model.node("Mul", List.of(y, learnt(weights.tensor("weight"), frame, input)));
      y = model.node("Add", List.of(y, learnt(weights.tensor("bias"), frame, input)));
    }
    return y;
  }

  private String learnt(float[] values, boolean frame, Shape input) {
    return frame
        ? model.constant(values, input.dimensions().stream().mapToLong(d -> d).toArray())
        : perChannel(values, input);
  }

  /** By InstanceNormalization of the groups, which has been in ONNX from the start. */
  private String groupNorm(
      int groups, float epsilon, boolean affine, Shape input, Weights weights, String frames) {
    float[] ones = new float[groups];
    Arrays.fill(ones, 1f);
    String grouped =
        model.node(
            "Reshape",
            List.of(frames, model.constant(new long[] {-1, groups, input.size() / groups})));
    String y =
        model.node(
            "InstanceNormalization",
            List.of(
                grouped, model.constant(ones, groups), model.constant(new float[groups], groups)),
            Attribute.of("epsilon", epsilon));
    y = model.node("Reshape", List.of(y, model.constant(withTime(input))));
    if (affine) {
      y = model.node("Mul", List.of(y, perChannel(weights.tensor("weight"), input)));
      y = model.node("Add", List.of(y, perChannel(weights.tensor("bias"), input)));
    }
    return y;
  }

  /** Over time first, where it is the last axis, then within each frame. */
  private String upsample(Upsample upsample, Shape input, String x) {
    String longer = resize(x, upsample.mode(), 1, 1, upsample.time());
    if (input.rank() == 1) {
      return longer;
    }
    String frames = frames(longer, input);
    return sequence(
        input.rank() == 2
            ? resize(frames, Upsample.Mode.NEAREST, 1, 1, upsample.width())
            : resize(frames, Upsample.Mode.NEAREST, 1, 1, upsample.height(), upsample.width()));
  }

  private String resize(String x, Upsample.Mode mode, float... scales) {
    return model.node(
        "Resize",
        List.of(x, "", model.constant(scales, scales.length)),
        Attribute.of("mode", mode == Upsample.Mode.NEAREST ? "nearest" : "linear"),
        Attribute.of("nearest_mode", "floor"),
        Attribute.of(
            "coordinate_transformation_mode",
            mode == Upsample.Mode.LINEAR ? "half_pixel" : "asymmetric"));
  }

  private String gate(Gate gate, String frames) {
    List<String> halves = model.split(frames, 1);
    String first =
        gate.form() == Gate.Form.TANH ? model.node("Tanh", List.of(halves.get(0))) : halves.get(0);
    return model.node("Mul", List.of(first, model.node("Sigmoid", List.of(halves.get(1)))));
  }

  /** {@code [1, size, time]} as {@code [time, channels, ...]}. */
  private String frames(String x, Shape shape) {
    String byTime = model.node("Transpose", List.of(x), Attribute.ofInts("perm", 2, 0, 1));
    return model.node("Reshape", List.of(byTime, model.constant(withTime(shape))));
  }

  private static long[] withTime(Shape shape) {
    long[] dimensions = new long[shape.rank() + 1];
    dimensions[0] = -1;
    for (int i = 0; i < shape.rank(); i++) {
      dimensions[i + 1] = shape.dimension(i);
    }
    return dimensions;
  }

  /** {@code [time, channels, ...]} as {@code [1, size, time]}. */
  private String sequence(String frames) {
    String flat = model.node("Flatten", List.of(frames), Attribute.of("axis", 1L));
    String byValue = model.node("Transpose", List.of(flat), Attribute.ofInts("perm", 1, 0));
    return model.node("Unsqueeze", List.of(byValue, model.constant(0L)));
  }

  /** One value a channel, to be spread over the positions of a frame. */
  private String perChannel(float[] values, Shape shape) {
    long[] dimensions = new long[shape.rank()];
    Arrays.fill(dimensions, 1);
    dimensions[0] = shape.channels();
    return model.constant(values, dimensions);
  }
}
