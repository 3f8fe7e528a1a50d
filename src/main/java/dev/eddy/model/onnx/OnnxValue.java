package dev.eddy.model.onnx;

import java.util.List;

/**
 * An input or output of a model.
 *
 * @param name what nodes call it
 * @param type of its elements; {@link ElementType#UNDEFINED} for an output that the file gives none
 * @param dimensions slowest first; null where the file says no shape
 */
record OnnxValue(String name, ElementType type, List<OnnxDimension> dimensions) {}
