package dev.eddy.model.onnx;

import dev.eddy.model.onnx.Value.Frames;
import java.util.Arrays;

/** DepthToSpace and SpaceToDepth; along time channels become frames, and frames channels. */
final class BlockOperators {
  private BlockOperators() {}

  static void depthToSpace(OnnxNode node, Lowering lowering) {
    Frames from = lowering.frames(node, 0);
    int block = blockSize(node);
    int[] d = image(node, from);
    boolean columnFirst = node.string("mode", "DCR").equals("CRD");
    int depth = d[1] / (block * block);
    if (depth * block * block != d[1]) {
      throw unfit(node, from);
    }
    int[] split =
        columnFirst
            ? new int[] {d[0], depth, block, block, d[2], d[3]}
            : new int[] {d[0], block, block, depth, d[2], d[3]};
    int[] order = columnFirst ? new int[] {0, 1, 4, 2, 5, 3} : new int[] {0, 3, 4, 1, 5, 2};
    Frames moved = ShapeOperators.transposed(lowering, from.seenAs(split), order);
    int[] made = {d[0], depth, times(d[2], block), times(d[3], block)};
    lowering.put(
        node,
        from.time() >= 2 ? TimeAxis.unstack(lowering, moved, block, made) : moved.seenAs(made));
  }

  static void spaceToDepth(OnnxNode node, Lowering lowering) {
    Frames from = lowering.frames(node, 0);
    int block = blockSize(node);
    int[] d = image(node, from);
    int[] split = {
      d[0], d[1], part(node, from, 2, block), block, part(node, from, 3, block), block
    };
    Frames parts =
        from.time() >= 2 ? TimeAxis.stack(lowering, from, block, split) : from.seenAs(split);
    Frames moved = ShapeOperators.transposed(lowering, parts, 0, 3, 5, 1, 2, 4);
    lowering.put(node, moved.seenAs(d[0], d[1] * block * block, split[2], split[4]));
  }

  private static int blockSize(OnnxNode node) {
    long block = node.integer("blocksize", 1);
    if (block < 1 || block > 1024) {
      throw node.error("blocksize must be 1..1024, got " + block);
    }
    return (int) block;
  }

  private static int times(int length, int block) {
    return length == Frames.TIME ? Frames.TIME : length * block;
  }

  private static int part(OnnxNode node, Frames from, int axis, int block) {
    int length = from.dimensions()[axis];
    if (length == Frames.TIME) {
      if (Arrays.stream(from.lengths()).anyMatch(frames -> frames % block != 0)) {
        throw unfit(node, from);
      }
      return Frames.TIME;
    }
    if (length % block != 0) {
      throw unfit(node, from);
    }
    return length / block;
  }

  private static RuntimeException unfit(OnnxNode node, Frames from) {
    return node.error("blocksize does not divide the dimensions " + from.text());
  }

  private static int[] image(OnnxNode node, Frames from) {
    if (from.rank() != 4 || from.time() == 1) {
      throw node.error("takes [batch, channels, height, width], got " + from.text());
    }
    return from.dimensions();
  }
}
