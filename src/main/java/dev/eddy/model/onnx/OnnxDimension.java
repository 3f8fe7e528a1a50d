package dev.eddy.model.onnx;

/**
 * One dimension of an input or output as the file declares it.
 *
 * @param size its length; -1 where it isn't fixed
 * @param name what the file calls it where it isn't fixed; "" for nothing
 */
record OnnxDimension(long size, String name) {}
