"""Graphs as other exporters write them: Keras through tf2onnx, PyTorch's newer exporter."""

import numpy as np
import torch
from onnx import TensorProto
from torch.nn import functional as F

from onnxcases.built import Graph, built, built_refused
from onnxcases.case import Input, Output

NTC = Input("x", "NTC", 3)
NCT = Input("x", "NCT", 3)


def add():
    keras()
    newer()
    operators()


def lstm_reference(g, w, r, b, x, reverse=False):
    """ONNX's LSTM of one direction, gates i o f c; x [T, N, C]."""
    w, r, b = g.value(w)[0], g.value(r)[0], g.value(b)[0]
    units = r.shape[1]
    h, c = torch.zeros(1, units).double(), torch.zeros(1, units).double()
    out = []
    for frame in x:
        i, o, f, n = (frame @ w.T + h @ r.T + b[: 4 * units] + b[4 * units :]).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(n)
        h = torch.sigmoid(o) * torch.tanh(c)
        out.append(h)
    return torch.stack(out), h, c


def recurrent(g, op, x, ins, units, **attributes):
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1}[op]
    weights = [g.weight(1, gates * units, ins), g.weight(1, gates * units, units), g.weight(1, 2 * gates * units)]
    return weights, g.op(op, [x] + weights, 3 if op == "LSTM" else 2, hidden_size=units, **attributes)


def keras():
    # Conv1D of Keras, causal: [N, T, C], turned, a height of 1 put in, padded, and back
    g = Graph(13)
    x = g.input("x", "batch", "time", 3)
    t = g.op("Transpose", [x], perm=[0, 2, 1])
    t = g.op("Unsqueeze", [t, g.ints(2)])
    t = g.op("Pad", [t, g.ints(0, 0, 0, 2, 0, 0, 0, 0), g.constant(np.float32(0))], mode="constant")
    w, b = g.weight(4, 3, 1, 3), g.weight(4)
    t = g.op("Conv", [t, w, b], kernel_shape=[1, 3], strides=[1, 1], dilations=[1, 1], group=1, pads=[0, 0, 0, 0])
    t = g.op("Squeeze", [t, g.ints(2)])
    t = g.op("Transpose", [t], perm=[0, 2, 1])
    g.output("y", g.op("Relu", [t]), "batch", "time", 4)
    built("keras_conv1d_causal", g, lambda x: F.conv1d(F.pad(x.transpose(1, 2), (2, 0)), g.value(w)[:, :, 0], g.value(b)).relu().transpose(1, 2), NTC, "NTC")

    # unnamed dynamic axes, auto_pad SAME_UPPER, Conv2D over [T, 1]
    g2 = Graph(9)
    x = g2.input("x", "unk__6", "unk__7", 3)
    t = g2.op("Unsqueeze", [x], axes=[2])
    t = g2.op("Transpose", [t], perm=[0, 3, 1, 2])
    w2 = g2.weight(4, 3, 3, 1)
    t = g2.op("Conv", [t, w2], kernel_shape=[3, 1], auto_pad="SAME_UPPER")
    t = g2.op("Transpose", [t], perm=[0, 2, 3, 1])
    t = g2.op("Squeeze", [t], axes=[2])
    g2.output("y", t, "unk__6", "unk__7", 4)
    built("keras_conv1d_same", g2, lambda x: F.conv1d(F.pad(x.transpose(1, 2), (1, 1)), g2.value(w2)[..., 0]).transpose(1, 2), NTC, "NTC")

    # LSTM of Keras: [N, T, C] -> [T, N, C] -> [T, 1, N, U] -> squeeze -> back, dense by MatMul
    g3 = Graph(13)
    x = g3.input("x", "N", "T", 3)
    t = g3.op("Transpose", [x], perm=[1, 0, 2])
    weights3, (y, _, _) = recurrent(g3, "LSTM", t, 3, 4, direction="forward")
    y = g3.op("Squeeze", [y, g3.ints(1)])
    y = g3.op("Transpose", [y], perm=[1, 0, 2])
    k, b3 = g3.weight(4, 2), g3.weight(2)
    y = g3.op("Add", [g3.op("MatMul", [y, k]), b3])
    g3.output("y", y, "N", "T", 2)
    built("keras_lstm_dense", g3, lambda x: lstm_reference(g3, *weights3, x.transpose(0, 1))[0].transpose(0, 1) @ g3.value(k) + g3.value(b3), NTC, "NTC")

    # return_sequences=False: Y_h squeezed, Dense by Gemm, Softmax
    g4 = Graph(12)
    x = g4.input("x", "N", "T", 3)
    t = g4.op("Transpose", [x], perm=[1, 0, 2])
    weights4, (_, h, _) = recurrent(g4, "LSTM", t, 3, 4)
    h = g4.op("Squeeze", [h], axes=[0])
    k4, b4 = g4.weight(4, 2), g4.weight(2)
    g4.output("y", g4.op("Softmax", [g4.op("Gemm", [h, k4, b4])], axis=1), "N", 2)
    built("keras_lstm_last", g4, lambda x: torch.softmax(lstm_reference(g4, *weights4, x.transpose(0, 1))[1] @ g4.value(k4) + g4.value(b4), 1), NTC, "NC")

    # zero states made of the batch: Shape, Slice, Concat, ConstantOfShape / Expand
    g5 = Graph(13)
    x = g5.input("x", "batch", "time", 3)
    shape = g5.op("Shape", [x])
    size = g5.op("Slice", [shape, g5.ints(0), g5.ints(1), g5.ints(0)])
    zeros = g5.op("Expand", [g5.constant(np.zeros((1, 1, 4), np.float32)), g5.op("Concat", [g5.ints(1), size, g5.ints(4)], axis=0)])
    t = g5.op("Transpose", [x], perm=[1, 0, 2])
    ws = [g5.weight(1, 16, 3), g5.weight(1, 16, 4), g5.weight(1, 32)]
    y = g5.op("LSTM", [t] + ws + ["", zeros, zeros], 3, hidden_size=4)
    y5 = g5.op("Transpose", [g5.op("Squeeze", [y[0], g5.ints(1)])], perm=[1, 0, 2])
    g5.output("y", y5, "batch", "time", 4)
    built("keras_lstm_zero_states", g5, lambda x: lstm_reference(g5, *ws, x.transpose(0, 1))[0].transpose(0, 1), NTC, "NTC")

    # BatchNormalization of channels last: Mul and Add
    g6 = Graph(13)
    x = g6.input("x", "b", "t", 3)
    a, c = g6.weight(3), g6.weight(3)
    g6.output("y", g6.op("Add", [g6.op("Mul", [x, a]), c]), "b", "t", 3)
    built("keras_batch_norm_folded", g6, lambda x: x * g6.value(a) + g6.value(c), NTC, "NTC")

    # TimeDistributed(Dense): reshape to [-1, C], MatMul, reshape to [-1, T, U] by shape arithmetic
    g7 = Graph(13)
    x = g7.input("x", "batch", "time", 3)
    shape = g7.op("Shape", [x])
    time = g7.op("Slice", [shape, g7.ints(1), g7.ints(2)])
    k7 = g7.weight(3, 2)
    t = g7.op("MatMul", [g7.op("Reshape", [x, g7.ints(-1, 3)]), k7])
    target = g7.op("Concat", [g7.ints(-1), time, g7.ints(2)], axis=0)
    g7.output("y", g7.op("Tanh", [g7.op("Reshape", [t, target])]), "batch", "time", 2)
    built("keras_time_distributed_dense", g7, lambda x: torch.tanh(x @ g7.value(k7)), NTC, "NTC")

    # GlobalAveragePooling1D and GlobalMaxPooling1D
    g8 = Graph(13)
    x = g8.input("x", "batch", "time", 3)
    mean = g8.op("ReduceMean", [x], axes=[1], keepdims=0)
    most = g8.op("ReduceMax", [x], axes=[1], keepdims=0)
    g8.output("y", g8.op("Concat", [mean, most], axis=-1), "batch", 6)
    built("keras_global_pools", g8, lambda x: torch.cat([x.mean(1), x.amax(1)], 1), NTC, "NC")

    # UpSampling1D: as tf2onnx writes it, by Resize of a 4-D tensor
    g9 = Graph(11)
    x = g9.input("x", "batch", "time", 3)
    t = g9.op("Transpose", [x], perm=[0, 2, 1])
    t = g9.op("Unsqueeze", [t], axes=[2])
    t = g9.op("Resize", [t, g9.constant(np.zeros(0, np.float32)), g9.constant(np.float32([1, 1, 1, 2]))], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    t = g9.op("Transpose", [g9.op("Squeeze", [t], axes=[2])], perm=[0, 2, 1])
    g9.output("y", t, "batch", "", 3)
    built("keras_upsampling", g9, lambda x: x.repeat_interleave(2, 1), NTC, "NTC")

    # GRU with reset_after, time major inside, layout 0
    g10 = Graph(14)
    x = g10.input("x", "batch", "time", 3)
    t = g10.op("Transpose", [x], perm=[1, 0, 2])
    weights, (y, _) = recurrent(g10, "GRU", t, 3, 4, linear_before_reset=1)
    g10.output("y", g10.op("Transpose", [g10.op("Squeeze", [y, g10.ints(1)])], perm=[1, 0, 2]), "batch", "time", 4)
    built("keras_gru_reset_after", g10, lambda x: gru_reference(g10, *weights, x.transpose(0, 1), True).transpose(0, 1), NTC, "NTC")

    # MaxPooling1D padding="same" with stride 2
    g11 = Graph(12)
    x = g11.input("x", "batch", 24, 3)
    t = g11.op("Transpose", [x], perm=[0, 2, 1])
    t = g11.op("MaxPool", [t], kernel_shape=[2], strides=[2], auto_pad="SAME_UPPER")
    g11.output("y", g11.op("Transpose", [t], perm=[0, 2, 1]), "batch", 12, 3)
    built("keras_max_pool_same", g11, lambda x: F.max_pool1d(x.transpose(1, 2), 2).transpose(1, 2), NTC, "NTC", rows=24)

    # Conv1DTranspose padding="same": ConvTranspose with output_shape or pads
    g12 = Graph(13)
    x = g12.input("x", "batch", "time", 3)
    t = g12.op("Transpose", [x], perm=[0, 2, 1])
    t = g12.op("Unsqueeze", [t, g12.ints(2)])
    w12 = g12.weight(3, 2, 1, 4)
    t = g12.op("ConvTranspose", [t, w12], kernel_shape=[1, 4], strides=[1, 2], pads=[0, 1, 0, 1])
    t = g12.op("Squeeze", [t, g12.ints(2)])
    g12.output("y", g12.op("Transpose", [t], perm=[0, 2, 1]), "batch", "", 2)
    built("keras_conv_transpose", g12, lambda x: F.conv_transpose1d(x.transpose(1, 2), g12.value(w12)[:, :, 0], None, 2, 1).transpose(1, 2), NTC, "NTC")

    # SeparableConv1D: depthwise as a grouped Conv of [C, 1, 1, K]
    g13 = Graph(13)
    x = g13.input("x", "batch", "time", 3)
    t = g13.op("Unsqueeze", [g13.op("Transpose", [x], perm=[0, 2, 1]), g13.ints(2)])
    d, p = g13.weight(3, 1, 1, 3), g13.weight(4, 3, 1, 1)
    t = g13.op("Conv", [t, d], kernel_shape=[1, 3], group=3, pads=[0, 1, 0, 1])
    t = g13.op("Conv", [t, p], kernel_shape=[1, 1])
    t = g13.op("Squeeze", [t, g13.ints(2)])
    g13.output("y", g13.op("Transpose", [t], perm=[0, 2, 1]), "batch", "time", 4)
    built("keras_separable", g13, lambda x: F.conv1d(F.conv1d(x.transpose(1, 2), g13.value(d)[:, :, 0], None, 1, 1, 1, 3), g13.value(p)[:, :, 0]).transpose(1, 2), NTC, "NTC")

    # Conv2D channels last over [T, W, C]
    g14 = Graph(13)
    x = g14.input("x", "batch", "time", 5, 2)
    t = g14.op("Transpose", [x], perm=[0, 3, 1, 2])
    w14 = g14.weight(3, 2, 3, 3)
    t = g14.op("Conv", [t, w14], kernel_shape=[3, 3], auto_pad="SAME_UPPER")
    g14.output("y", g14.op("Transpose", [t], perm=[0, 2, 3, 1]), "batch", "time", 5, 3)
    built("keras_conv2d_channels_last", g14, lambda x: F.conv2d(x.permute(0, 3, 1, 2), g14.value(w14), None, 1, 1).permute(0, 2, 3, 1), Input("x", "NTWC", 5, 2), "NTWC")

    # Bidirectional must be refused
    g15 = Graph(13)
    x = g15.input("x", "batch", "time", 3)
    t = g15.op("Transpose", [x], perm=[1, 0, 2])
    y = g15.op("LSTM", [t, g15.weight(2, 16, 3), g15.weight(2, 16, 4), g15.weight(2, 32)], 3, hidden_size=4, direction="bidirectional")
    g15.output("y", y[0], "time", 2, "batch", 4)
    built_refused("refuse_keras_bidirectional", g15, [["bidirectional"], ["lstm"], ["lstm_1"]])


def gru_reference(g, w, r, b, x, after):
    w, r, b = g.value(w)[0], g.value(r)[0], g.value(b)[0]
    units = r.shape[1]
    wz, wr, wn = w.chunk(3)
    rz, rr, rn = r.chunk(3)
    bz, br, bn, cz, cr, cn = b.chunk(6)
    h, out = torch.zeros(1, units).double(), []
    for frame in x:
        z = torch.sigmoid(frame @ wz.T + h @ rz.T + bz + cz)
        s = torch.sigmoid(frame @ wr.T + h @ rr.T + br + cr)
        n = torch.tanh(frame @ wn.T + bn + (s * (h @ rn.T + cn) if after else (s * h) @ rn.T + cn))
        h = (1 - z) * n + z * h
        out.append(h)
    return torch.stack(out)


def newer():
    """As PyTorch's newer exporter writes: later operators, names such as s0, shapes by Shape."""

    def case(name, opset, make, reference, shape=(1, "s0", 4), entry=None, layout="NTC", **more):
        g = Graph(opset)
        x = g.input("x", *shape)
        g.output("y", make(g, x))
        built("dynamo_" + name, g, lambda *t: reference(g, *t), entry or Input("x", "NTC", 4), layout, **more)

    case("layer_norm", 18, lambda g, x: g.op("LayerNormalization", [x, g.weight(4), g.weight(4)], axis=-1, epsilon=1e-5), lambda g, x: F.layer_norm(x, (4,), g.value("w0"), g.value("w1")))
    case("gelu", 20, lambda g, x: g.op("Gelu", [x]), lambda g, x: F.gelu(x))
    case("gelu_tanh", 20, lambda g, x: g.op("Gelu", [x], approximate="tanh"), lambda g, x: F.gelu(x, approximate="tanh"))
    case("mish_hardswish", 18, lambda g, x: g.op("Mish", [g.op("HardSwish", [x])]), lambda g, x: F.mish(F.hardswish(x)))
    case("swish", 24, lambda g, x: g.op("Swish", [x], alpha=1.5), lambda g, x: x * torch.sigmoid(1.5 * x))
    case("rms_norm", 23, lambda g, x: g.op("RMSNormalization", [x, g.weight(4)], axis=-1, epsilon=1e-5), lambda g, x: x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-5) * g.value("w0"))
    case("reduce_axes_input", 18, lambda g, x: g.op("ReduceMean", [x, g.ints(-1)], keepdims=1), lambda g, x: x.mean(-1, keepdim=True))
    case("reduce_noop", 18, lambda g, x: g.op("ReduceSum", [x], noop_with_empty_axes=1), lambda g, x: x)
    case("reduce_max_end", 18, lambda g, x: g.op("ReduceMax", [x, g.ints(1)], keepdims=0), lambda g, x: x.amax(1), layout="NC")
    case("split_num_outputs", 18, lambda g, x: g.op("Concat", list(reversed(g.op("Split", [x], 2, axis=2, num_outputs=2))), axis=2), lambda g, x: torch.cat([x[..., 2:], x[..., :2]], 2))
    case("clip_inputs", 13, lambda g, x: g.op("Clip", [x, "", g.constant(np.float32(0.4))]), lambda g, x: x.clamp(max=0.4))
    case("shape_start_end", 15, lambda g, x: g.op("Reshape", [g.op("MatMul", [x, g.weight(4, 6)]), g.op("Concat", [g.op("Shape", [x], start=0, end=2), g.ints(2, 3)], axis=0)]), lambda g, x: (x @ g.value("w0")).reshape(1, x.shape[1], 2, 3), layout="NTHC")
    case("center_reshape_minus_one", 14, lambda g, x: g.op("Reshape", [x, g.ints(0, -1, 2, 2)], allowzero=0), lambda g, x: x.reshape(1, -1, 2, 2), layout="NTHC")
    case("gather_last", 18, lambda g, x: g.op("Gather", [x, g.constant(np.int64(-1))], axis=1), lambda g, x: x[:, -1], layout="NC")
    case("slice_last", 18, lambda g, x: g.op("Squeeze", [g.op("Slice", [x, g.ints(-1), g.ints(2**63 - 1), g.ints(1)]), g.ints(1)]), lambda g, x: x[:, -1], layout="NC")
    case("expand_by_shape", 18, lambda g, x: g.op("Add", [x, g.op("Expand", [g.weight(1, 1, 4), g.op("Shape", [x])])]), lambda g, x: x + g.value("w0"))
    case("causal_pad_input", 19, lambda g, x: g.op("Conv", [g.op("Pad", [g.op("Transpose", [x], perm=[0, 2, 1]), g.ints(2, 0), "", g.ints(2)]), g.weight(2, 4, 3)]), lambda g, x: F.conv1d(F.pad(x.transpose(1, 2), (2, 0)), g.value("w2")), layout="NCT")
    case("resize_18", 18, lambda g, x: g.op("Resize", [g.op("Transpose", [x], perm=[0, 2, 1]), "", g.constant(np.float32([2.0]))], axes=[2], mode="linear"), lambda g, x: F.interpolate(x.transpose(1, 2), scale_factor=2.0, mode="linear"), layout="NCT")
    case("resize_19_nearest", 19, lambda g, x: g.op("Resize", [g.op("Transpose", [x], perm=[0, 2, 1]), "", g.constant(np.float32([1, 1, 3]))], mode="nearest", nearest_mode="floor", coordinate_transformation_mode="asymmetric"), lambda g, x: F.interpolate(x.transpose(1, 2), scale_factor=3.0), layout="NCT")
    case("attention_in_time_refused_not", 18, lambda g, x: g.op("Einsum", [x, g.weight(4, 2)], equation="...i,ij->...j"), lambda g, x: x @ g.value("w0"))
    case("group_norm_21", 21, lambda g, x: g.op("Reshape", [g.op("GroupNormalization", [g.op("Reshape", [x, g.ints(-1, 4)]), g.weight(4), g.weight(4)], num_groups=2, epsilon=1e-3), g.ints(1, -1, 4)]), lambda g, x: F.group_norm(x.reshape(-1, 4), 2, g.value("w1"), g.value("w2"), 1e-3).reshape(1, -1, 4))
    case("conv_named_s", 18, lambda g, x: g.op("Conv", [x, g.weight(2, 4, 3)], pads=[1, 1], auto_pad="NOTSET", dilations=[1], strides=[1], group=1), lambda g, x: F.conv1d(x, g.value("w0"), padding=1), shape=(1, 4, "s77"), entry=Input("x", "NCT", 4), layout="NCT")
    case("conv_symbolic_batch_too", 18, lambda g, x: g.op("Conv", [x, g.weight(2, 4, 3)], pads=[1, 1]), lambda g, x: F.conv1d(x, g.value("w0"), padding=1), shape=("s0", 4, "s1"), entry=Input("x", "NCT", 4), layout="NCT")
    case("cumsum_exclusive", 18, lambda g, x: g.op("CumSum", [x, g.ints(1)], exclusive=1), lambda g, x: torch.cumsum(x, 1) - x)
    case("cumsum_channels_reverse", 18, lambda g, x: g.op("CumSum", [x, g.ints(2)], reverse=1), lambda g, x: torch.cumsum(x.flip(2), 2).flip(2))
    case("matmul_both_sides", 18, lambda g, x: g.op("MatMul", [g.weight(2, 2), g.op("MatMul", [g.op("Reshape", [x, g.ints(1, -1, 2, 2)]), g.weight(2, 3)])]), lambda g, x: g.value("w0") @ (x.reshape(1, -1, 2, 2) @ g.value("w2")), layout="NTHC")
    case("mean_of_several", 13, lambda g, x: g.op("Mean", [x, g.op("Neg", [g.op("Relu", [x])]), g.op("Abs", [x])]), lambda g, x: (x - x.relu() + x.abs()) / 3)
    case("dropout_with_inputs", 13, lambda g, x: g.op("Dropout", [x, g.constant(np.float32(0.5)), g.constant(np.bool_(False))]), lambda g, x: x)
    case("depth_of_max_min", 13, lambda g, x: g.op("Max", [g.op("Min", [x, g.constant(np.float32(0.7))]), g.constant(np.float32(-0.7))]), lambda g, x: x.clamp(-0.7, 0.7))
    case("top_k", 13, lambda g, x: g.op("TopK", [x, g.ints(2)], 2, axis=-1)[0], lambda g, x: x.topk(2, -1)[0])
    case("argmin_last", 13, lambda g, x: g.op("Cast", [g.op("ArgMin", [x], axis=2, keepdims=0)], to=1), lambda g, x: x.argmin(2).double(), layout="NT")
    case("compress_where", 16, lambda g, x: g.op("Where", [g.op("Greater", [x, g.constant(np.float32(0))]), x, g.op("Mul", [x, g.constant(np.float32(0.1))])]), lambda g, x: F.leaky_relu(x, 0.1))
    case("sum_over_time_by_length", 13, lambda g, x: g.op("Div", [g.op("ReduceSum", [x, g.ints(1)], keepdims=0), g.op("Cast", [g.op("Gather", [g.op("Shape", [x]), g.constant(np.int64(1))]), ], to=1)]), lambda g, x: x.mean(1), layout="NC")
    case("concat_constants_in_time", 13, lambda g, x: g.op("Concat", [g.constant(np.full((1, 2, 4), 0.5, np.float32)), x], axis=1), lambda g, x: torch.cat([torch.full((1, 2, 4), 0.5).double(), x], 1))
    case("pad_edge", 13, lambda g, x: g.op("Pad", [x, g.ints(0, 2, 0, 0, 1, 0)], mode="edge"), lambda g, x: F.pad(x.transpose(1, 2), (2, 1), mode="replicate").transpose(1, 2))
    case("slice_steps_17", 13, lambda g, x: g.op("Slice", [x, g.ints(1), g.ints(2**31), g.ints(1), g.ints(2)]), lambda g, x: x[:, 1::2])
    case("time_first_of_4", 13, lambda g, x: g.op("Conv", [g.op("Transpose", [x], perm=[1, 3, 0, 2]), g.weight(2, 4, 3, 1)], pads=[2, 0, 0, 0]), lambda g, x: F.conv2d(F.pad(x.permute(1, 3, 0, 2), (0, 0, 2, 0)), g.value("w0")), shape=("time", 1, 1, 4), entry=Input("x", "TNWC", 1, 4), layout="NCTW")


def operators():
    def case(name, opset, make, reference, shape=(1, 3, "time"), entry=NCT, layout="NCT", **more):
        g = Graph(opset)
        x = g.input("x", *shape)
        g.output("y", make(g, x))
        built("op_" + name, g, lambda *t: reference(g, *t), entry, layout, **more)

    case("conv_same_lower", 13, lambda g, x: g.op("Conv", [x, g.weight(2, 3, 4)], auto_pad="SAME_LOWER"), lambda g, x: F.conv1d(F.pad(x, (2, 1)), g.value("w0")))
    case("conv_same_upper_even", 13, lambda g, x: g.op("Conv", [x, g.weight(2, 3, 4)], auto_pad="SAME_UPPER"), lambda g, x: F.conv1d(F.pad(x, (1, 2)), g.value("w0")))
    case("conv_same_stride_fixed", 13, lambda g, x: g.op("Conv", [x, g.weight(2, 3, 3)], auto_pad="SAME_UPPER", strides=[2]), lambda g, x: F.conv1d(F.pad(x, (0, 1)), g.value("w0"), stride=2), shape=(1, 3, 22), multiple=2)
    case("conv_same_stride_dynamic", 13, lambda g, x: g.op("Conv", [x, g.weight(2, 3, 2)], auto_pad="SAME_UPPER", strides=[2]), lambda g, x: F.conv1d(F.pad(x, (0, x.shape[2] % 2)), g.value("w0"), stride=2))
    case("conv_asymmetric_pads", 13, lambda g, x: g.op("Conv", [x, g.weight(2, 3, 4), g.weight(2)], pads=[3, 1], strides=[2]), lambda g, x: F.conv1d(F.pad(x, (3, 1)), g.value("w0"), g.value("w1"), 2))
    case("conv_weights_computed", 13, lambda g, x: g.op("Conv", [x, g.op("Div", [g.op("Mul", [g.weight(2, 3, 3), g.weight(2, 1, 1)]), g.constant(np.float32(2))])], pads=[2, 0]), lambda g, x: F.conv1d(F.pad(x, (2, 0)), g.value("w0") * g.value("w1") / 2))
    case("deconv_same_upper", 13, lambda g, x: g.op("ConvTranspose", [x, g.weight(3, 2, 4)], auto_pad="SAME_UPPER", strides=[2]), lambda g, x: F.conv_transpose1d(x, g.value("w0"), None, 2, 1))
    case("deconv_output_padding", 11, lambda g, x: g.op("ConvTranspose", [x, g.weight(3, 2, 3)], strides=[3], output_padding=[2], pads=[1, 1]), lambda g, x: F.conv_transpose1d(x, g.value("w0"), None, 3, 1, 2))
    case("max_pool_dilated_ceil", 12, lambda g, x: g.op("MaxPool", [x], kernel_shape=[2], dilations=[2], strides=[2], ceil_mode=1), lambda g, x: F.max_pool1d(x, 2, 2, 0, 2, ceil_mode=True))
    case("average_pool_ceil_include", 19, lambda g, x: g.op("AveragePool", [x], kernel_shape=[3], strides=[2], pads=[1, 1], ceil_mode=1, count_include_pad=1), lambda g, x: F.avg_pool1d(x, 3, 2, 1, True, True))
    case("average_pool_dilated", 19, lambda g, x: g.op("AveragePool", [x], kernel_shape=[2], dilations=[3]), lambda g, x: (x[..., 3:] + x[..., :-3]) / 2)
    case("lp_pool_p1", 18, lambda g, x: g.op("LpPool", [x], kernel_shape=[2], p=1, strides=[1], pads=[1, 0]), lambda g, x: F.pad(x.abs(), (1, 0)).unfold(2, 2, 1).sum(3))
    case("global_lp_pool", 13, lambda g, x: g.op("GlobalLpPool", [x], p=2), lambda g, x: x.norm(dim=2, keepdim=True), layout="NCW")
    case("prelu_slope_channels", 9, lambda g, x: g.op("PRelu", [x, g.weight(3, 1)]), lambda g, x: torch.where(x < 0, x * g.value("w0"), x))
    case("selu_elu_thresholded", 13, lambda g, x: g.op("ThresholdedRelu", [g.op("Elu", [g.op("Selu", [x])], alpha=0.5)], alpha=0.2), lambda g, x: threshold(F.elu(F.selu(x), 0.5), 0.2))
    case("softmax_12_default_axis", 11, lambda g, x: g.op("Softmax", [g.op("Squeeze", [g.op("Transpose", [x], perm=[2, 1, 0])], axes=[2])]), lambda g, x: torch.softmax(x[0].T, 1), layout="TC")
    case("softmax_13_channels", 13, lambda g, x: g.op("Softmax", [x], axis=1), lambda g, x: torch.softmax(x, 1))
    case("hardmax", 13, lambda g, x: g.op("Hardmax", [x], axis=1), lambda g, x: F.one_hot(x.argmax(1), 3).transpose(1, 2).double())
    case("lrn", 13, lambda g, x: g.op("LRN", [g.op("Unsqueeze", [x, g.ints(3)])], size=3, alpha=0.1, beta=0.7, bias=1.2), lambda g, x: F.local_response_norm(x.unsqueeze(3), 3, 0.1, 0.7, 1.2), layout="NCTW")
    case("lp_normalise", 13, lambda g, x: g.op("LpNormalization", [x], axis=1, p=1), lambda g, x: F.normalize(x, 1, 1))
    case("depth_to_space", 13, lambda g, x: g.op("DepthToSpace", [x], blocksize=2), lambda g, x: depth_to_space(x), shape=(1, 4, "time", 2), entry=Input("x", "NCTW", 4, 2), layout="NCTW")
    case("tile_channels", 13, lambda g, x: g.op("Tile", [x, g.ints(1, 2, 1)]), lambda g, x: x.repeat(1, 2, 1))
    case("gemm_alpha_beta", 13, lambda g, x: g.op("Gemm", [g.op("Squeeze", [x, g.ints(0)]), g.weight(3, 4), g.weight(1, 4)], transA=1, alpha=0.5, beta=2.0), lambda g, x: 0.5 * x[0].T @ g.value("w1") + 2 * g.value("w2"), layout="TC")
    case("scatter_free_where", 13, lambda g, x: g.op("Where", [g.constant(np.array([[[True], [False], [True]]])), x, g.op("Neg", [x])]), lambda g, x: x * torch.tensor([[[1.0], [-1.0], [1.0]]]).double())
    case("upsample_9", 9, lambda g, x: g.op("Upsample", [x, g.constant(np.float32([1, 1, 2]))], mode="nearest"), lambda g, x: x.repeat_interleave(2, 2))
    case("upsample_7_attribute", 7, lambda g, x: g.op("Upsample", [x], mode="nearest", scales=[1.0, 1.0, 2.0]), lambda g, x: x.repeat_interleave(2, 2))
    case("resize_linear_asymmetric", 11, lambda g, x: g.op("Resize", [x, g.constant(np.zeros(0, np.float32)), g.constant(np.float32([1, 1, 2]))], mode="linear", coordinate_transformation_mode="asymmetric"), lambda g, x: asymmetric(x))
    case("resize_nearest_half_pixel", 11, lambda g, x: g.op("Resize", [x, g.constant(np.zeros(0, np.float32)), g.constant(np.float32([1, 1, 2]))], mode="nearest"), lambda g, x: x.repeat_interleave(2, 2))
    case("resize_half", 13, lambda g, x: g.op("Resize", [x, "", g.constant(np.float32([1, 1, 0.5]))], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"), lambda g, x: x[:, :, : x.shape[2] // 2 * 2 : 2], multiple=2)
    case("bn_spatial", 7, lambda g, x: g.op("BatchNormalization", [x, g.constant(np.float32([1, 2, 3])), g.weight(3), g.weight(3), g.constant(np.float32([1, 0.5, 2]))], epsilon=1e-3), lambda g, x: F.batch_norm(x, g.value("w2"), g.value("w3"), g.value("w0"), g.value("w1"), eps=1e-3))
    case("mod_and_floor_div", 13, lambda g, x: g.op("Mod", [x, g.constant(np.float32(0.6))], fmod=1), lambda g, x: torch.fmod(x, 0.6))
    case("pow_broadcast", 13, lambda g, x: g.op("Pow", [g.op("Abs", [x]), g.constant(np.float32([[1], [2], [0.5]]))]), lambda g, x: x.abs() ** torch.tensor([[1], [2], [0.5]]).double())
    case("sign_functions", 13, lambda g, x: g.op("Softsign", [g.op("Sinh", [g.op("Atan", [x])])]), lambda g, x: F.softsign(torch.sinh(torch.atan(x))))
    case("instance_norm_of_frames", 13, lambda g, x: g.op("InstanceNormalization", [g.op("Transpose", [x], perm=[2, 1, 0, 3]), g.weight(3), g.weight(3)], epsilon=1e-3), lambda g, x: F.instance_norm(x.permute(2, 1, 0, 3).squeeze(2), weight=g.value("w0"), bias=g.value("w1"), eps=1e-3).unsqueeze(2), shape=(1, 3, "time", 5), entry=Input("x", "NCTW", 3, 5), layout="TCNW")
    case("mean_variance_norm", 13, lambda g, x: g.op("MeanVarianceNormalization", [x], axes=[1]), lambda g, x: (x - x.mean(1, keepdim=True)) / (x.var(1, keepdim=True, unbiased=False).sqrt() + 1e-9))
    case("identity_only", 13, lambda g, x: g.op("Identity", [x]), lambda g, x: x)
    case("trailing_cast_double", 13, lambda g, x: g.op("Cast", [g.op("Cast", [x], to=11)], to=1), lambda g, x: x)
    case("not_and_xor", 13, lambda g, x: g.op("Cast", [g.op("Xor", [g.op("Not", [g.op("Less", [x, g.constant(np.float32(0))])]), g.op("Equal", [x, x])])], to=1), lambda g, x: (x < 0).double())


def threshold(x, alpha):
    return torch.where(x > alpha, x, torch.zeros_like(x))


def asymmetric(x):
    later = torch.cat([x[..., 1:], x[..., -1:]], 2)
    return torch.stack([x, (x + later) / 2], 3).flatten(2)


def depth_to_space(x):
    n, c, h, w = x.shape
    y = x.reshape(n, 2, 2, c // 4, h, w).permute(0, 3, 4, 1, 5, 2)
    return y.reshape(n, c // 4, 2 * h, 2 * w)
