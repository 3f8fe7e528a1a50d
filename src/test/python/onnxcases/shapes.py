"""Forms of graphs: layouts, older and later ways of writing the same, shape arithmetic."""

import numpy as np
import torch
from onnx import TensorProto
from torch.nn import functional as F

from onnxcases.built import Graph, built, built_refused
from onnxcases.case import Input, Output
from onnxcases.graphs import gru_reference

NTC = Input("x", "NTC", 4)
NCT = Input("x", "NCT", 4)
BIG = 2**63 - 1


def add():
    def case(name, opset, shape, make, reference, entry=NTC, layout="NTC", **more):
        g = Graph(opset)
        x = g.input("x", *shape)
        g.output("y", make(g, x))
        built("form_" + name, g, lambda *t: reference(g, *t), entry, layout, **more)

    ntc, nct = (1, "time", 4), (1, 4, "time")
    case("slice_attributes", 9, ntc, lambda g, x: g.op("Sub", [g.op("Slice", [x], axes=[1], starts=[1], ends=[BIG]), g.op("Slice", [x], axes=[1], starts=[0], ends=[-1])]), lambda g, x: x[:, 1:] - x[:, :-1])
    case("slice_negative_axis", 13, ntc, lambda g, x: g.op("Slice", [x, g.ints(2), g.ints(BIG), g.ints(-2)]), lambda g, x: x[:, 2:])
    case("split_attribute", 11, ntc, lambda g, x: g.op("Mul", g.op("Split", [x], 2, axis=2, split=[2, 2])), lambda g, x: x[..., :2] * x[..., 2:])
    case("squeeze_everything", 13, (1, 4, "time", 1), lambda g, x: g.op("Transpose", [g.op("Squeeze", [x])], perm=[1, 0]), lambda g, x: x[0, :, :, 0].T, Input("x", "NCTW", 4, 1), "TC")
    case("unsqueeze_two", 13, ("time", 4), lambda g, x: g.op("Unsqueeze", [x, g.ints(0, 3)]), lambda g, x: x[None, :, :, None], Input("x", "TC", 4), "NTCW")
    case("flatten_axis_2", 13, ("time", 1, 2, 3), lambda g, x: g.op("MatMul", [g.op("Flatten", [x], axis=2), g.weight(6, 2)]), lambda g, x: x.flatten(0, 1).flatten(1) @ g.value("w0"), Input("x", "TNHC", 2, 3), "TC")
    case("reshape_zero_and_minus_one", 13, ntc, lambda g, x: g.op("Reshape", [x, g.ints(0, 0, 2, -1)]), lambda g, x: x.reshape(1, -1, 2, 2), layout="NTHC")
    case("gemm_on_frames", 13, ("time", 4), lambda g, x: g.op("Gemm", [x, g.weight(3, 4), g.weight(3)], transB=1), lambda g, x: x @ g.value("w0").T + g.value("w1"), Input("x", "TC", 4), "TC")
    case("weights_transposed", 13, ntc, lambda g, x: g.op("MatMul", [x, g.op("Transpose", [g.weight(3, 4)], perm=[1, 0])]), lambda g, x: x @ g.value("w0").T)
    case("height_of_one", 13, (1, 4, 1, "time"), lambda g, x: g.op("Conv", [x, g.weight(2, 4, 1, 3)], pads=[0, 2, 0, 0]), lambda g, x: F.conv2d(F.pad(x, (2, 0)), g.value("w0")), Input("x", "NCHT", 4, 1), "NCHT")
    case("width_of_one", 13, (1, 4, "time", 1), lambda g, x: g.op("Conv", [x, g.weight(2, 4, 3, 1)], pads=[1, 0, 1, 0]), lambda g, x: F.conv2d(x, g.value("w0"), padding=(1, 0)), Input("x", "NCTW", 4, 1), "NCTW")
    case("volume_time_last", 13, (1, 1, 3, 3, "time"), lambda g, x: g.op("Conv", [x, g.weight(2, 1, 2, 2, 3)], pads=[0, 0, 2, 0, 0, 0]), lambda g, x: F.conv3d(F.pad(x, (2, 0)), g.value("w0")), Input("x", "NCHWT", 1, 3, 3), "NCHWT", rows=12)
    case("pool_time_last", 13, (1, 2, 4, "time"), lambda g, x: g.op("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2]), lambda g, x: F.max_pool2d(x, 2), Input("x", "NCWT", 2, 4), "NCWT")
    case("deconv_time_last", 13, (1, 2, 3, "time"), lambda g, x: g.op("ConvTranspose", [x, g.weight(2, 2, 2, 3)], strides=[1, 2]), lambda g, x: F.conv_transpose2d(x, g.value("w0"), stride=(1, 2)), Input("x", "NCWT", 2, 3), "NCWT")
    case("depth_to_space_crd", 11, (1, 8, "time", 2), lambda g, x: g.op("DepthToSpace", [x], blocksize=2, mode="CRD"), lambda g, x: F.pixel_shuffle(x, 2), Input("x", "NCTW", 8, 2), "NCTW")
    case("space_to_depth", 13, (1, 2, "time", 2), lambda g, x: g.op("SpaceToDepth", [x], blocksize=2), lambda g, x: space_to_depth(x), Input("x", "NCTW", 2, 2), "NCTW", multiple=2)
    case("turned_at_the_end", 13, ntc, lambda g, x: g.op("Transpose", [g.op("Relu", [x])], perm=[1, 0, 2]), lambda g, x: x.relu().transpose(0, 1), layout="TNC")
    case("pad_attribute", 9, nct, lambda g, x: g.op("Conv", [g.op("Pad", [x], pads=[0, 0, 3, 0, 0, 0], value=0.0, mode="constant"), g.weight(2, 4, 4)]), lambda g, x: F.conv1d(F.pad(x, (3, 0)), g.value("w0")), NCT, "NCT")
    case("pad_reflect", 13, nct, lambda g, x: g.op("Pad", [x, g.ints(0, 0, 2, 0, 0, 1)], mode="reflect"), lambda g, x: F.pad(x, (2, 1), mode="reflect"), NCT, "NCT")
    case("max_pool_padded", 8, nct, lambda g, x: g.op("MaxPool", [x], kernel_shape=[3], strides=[2], pads=[1, 1]), lambda g, x: F.max_pool1d(x, 3, 2, 1), NCT, "NCT")
    case("average_pool_10", 10, nct, lambda g, x: g.op("AveragePool", [x], kernel_shape=[3], pads=[2, 0], strides=[1]), lambda g, x: F.pad(x, (2, 0)).unfold(2, 3, 1).sum(3) / torch.cat([torch.tensor([1.0, 2]), torch.full((max(0, x.shape[2] - 2),), 3.0)])[: x.shape[2]], NCT, "NCT")
    case("batch_dynamic_image_rows", 13, ("batch", 4), lambda g, x: g.op("Relu", [g.op("Gemm", [x, g.weight(4, 3)])]), lambda g, x: (x @ g.value("w0")).relu(), Input("x", "TC", 4), "TC")
    case("one_record_at_a_time", 13, (1, 4), lambda g, x: g.op("Relu", [g.op("Gemm", [x, g.weight(4, 3)])]), lambda g, x: (x @ g.value("w0")).relu(), Input("x", "TC", 4), "TC", mode="stepper")
    case("squared_difference_of_means", 13, ntc, lambda g, x: g.op("Sub", [g.op("ReduceMean", [g.op("Mul", [x, x])], axes=[1], keepdims=0), g.op("Pow", [g.op("ReduceMean", [x], axes=[1], keepdims=0), g.constant(np.float32(2))])]), lambda g, x: x.var(1, unbiased=False), layout="NC")
    case("variance_over_time", 13, ntc, lambda g, x: variance(g, x), lambda g, x: x.var(1, unbiased=False), layout="NC")
    case("log_sum_exp_over_time", 13, ntc, lambda g, x: g.op("ReduceLogSumExp", [x], axes=[1], keepdims=0), lambda g, x: torch.logsumexp(x, 1), layout="NC")
    case("reduce_time_and_channels", 13, ntc, lambda g, x: g.op("ReduceMax", [x], axes=[1, 2], keepdims=0), lambda g, x: x.amax((1, 2)), layout="N")
    case("reduce_all", 13, ntc, lambda g, x: g.op("ReduceSum", [x], keepdims=0), lambda g, x: x.sum(), layout="")
    case("expand_channels", 13, (1, "time", 1), lambda g, x: g.op("Expand", [x, g.ints(1, 1, 4)]), lambda g, x: x.expand(1, -1, 4), Input("x", "NTC", 1))
    case("cast_like", 15, ntc, lambda g, x: g.op("CastLike", [g.op("Greater", [x, g.constant(np.float32(0))]), x]), lambda g, x: (x > 0).double())
    case("ones_concatenated", 13, ntc, lambda g, x: g.op("Concat", [x, g.op("ConstantOfShape", [g.op("Concat", [g.op("Slice", [g.op("Shape", [x]), g.ints(0), g.ints(2)]), g.ints(1)], axis=0)], value=one())], axis=2), lambda g, x: torch.cat([x, torch.ones(1, x.shape[1], 1).double()], 2))
    case("lags_by_gather", 13, (1, 24, 4), lambda g, x: g.op("Gather", [x, g.constant(np.arange(2, 24, dtype=np.int64))], axis=1), lambda g, x: x[:, 2:], rows=24)
    case("range_positions", 13, ntc, lambda g, x: positions(g, x), lambda g, x: torch.cat([x, torch.arange(x.shape[1]).double().reshape(1, -1, 1)], 2))
    case("int32_tokens", 13, (1, "time"), lambda g, x: g.op("Gather", [g.weight(6, 3), x]), lambda g, x: g.value("w0")[x], Input("x", "NT", tokens=6))
    gru_cases()
    several()


def one():
    from onnx import helper

    return helper.make_tensor("value", TensorProto.FLOAT, [1], [1.0])


def variance(g, x):
    centred = g.op("Sub", [x, g.op("ReduceMean", [x], axes=[1], keepdims=1)])
    return g.op("ReduceMean", [g.op("Mul", [centred, centred])], axes=[1], keepdims=0)


def positions(g, x):
    length = g.op("Gather", [g.op("Shape", [x]), g.constant(np.int64(1))])
    line = g.op("Range", [g.constant(np.int64(0)), length, g.constant(np.int64(1))])
    return g.op("Concat", [x, g.op("Unsqueeze", [g.op("Cast", [line], to=1), g.ints(0, 2)])], axis=2)


def space_to_depth(x):
    n, c, h, w = x.shape
    y = x.reshape(n, c, h // 2, 2, w // 2, 2).permute(0, 3, 5, 1, 2, 4)
    return y.reshape(n, 4 * c, h // 2, w // 2)


def gru_cases():
    g = Graph(14)
    x = g.input("x", 1, "time", 3)
    ws = [g.weight(1, 12, 3), g.weight(1, 12, 4), g.weight(1, 24)]
    y, h = g.op("GRU", [x, *ws], 2, hidden_size=4, layout=1)
    g.output("y", g.op("Squeeze", [y, g.ints(2)]), 1, "time", 4)
    built("form_gru_layout_1", g, lambda t: gru_reference(g, *ws, t.transpose(0, 1), False).transpose(0, 1), Input("x", "NTC", 3), "NTC")
    g2 = Graph(14)
    x = g2.input("x", 1, "time", 3)
    ws2 = [g2.weight(1, 12, 3), g2.weight(1, 12, 4), g2.weight(1, 24)]
    y, h = g2.op("GRU", [x, *ws2], 2, hidden_size=4, layout=1)
    g2.output("y", g2.op("Squeeze", [h, g2.ints(1)]), 1, 4)
    built("form_gru_layout_1_last", g2, lambda t: gru_reference(g2, *ws2, t.transpose(0, 1), False)[-1], Input("x", "NTC", 3), "NC")


def several():
    g = Graph(13)
    x = g.input("x", 1, "time", 3)
    z = g.input("z", 1, 3)
    g.output("y", g.op("Add", [x, z]), 1, "time", 3)
    built_refused("refuse_second_input_without_time", g, [["z"], ["time"]])
    g2 = Graph(13)
    x = g2.input("x", 1, "time", 3)
    y = g2.op("Relu", [x])
    half = g2.op("Slice", [y, g2.ints(0), g2.ints(BIG), g2.ints(1), g2.ints(2)])
    g2.output("a", y, 1, "time", 3)
    g2.output("b", half, 1, "", 3)
    built_refused("refuse_two_rates", g2, [["rates"], ["--out"], ["b"]])
