/**
 * ONNX files. {@link dev.eddy.model.onnx.OnnxFile} reads one into a checked representation without
 * protobuf, {@link dev.eddy.model.onnx.OnnxModel}; only the reading half knows protobuf.
 */
package dev.eddy.model.onnx;
