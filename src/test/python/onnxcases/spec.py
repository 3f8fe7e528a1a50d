"""Recurrent operators with all their attributes, states, layouts; finding time; refusals."""

import numpy as np
import torch
from onnx import TensorProto

from onnxcases.built import Graph, built, built_refused
from onnxcases.case import Input, Output
from onnxcases.graphs import gru_reference, lstm_reference

TNC = Input("x", "TNC", 3)
NTC = Input("x", "NTC", 3)


def lstm(g, w, r, b, x, h=None, c=None, p=None, functions=None, clip=None, coupled=False):
    """ONNX's LSTM, gates i o f c; x [T, 3]."""
    w, r = g.value(w)[0], g.value(r)[0]
    units = r.shape[1]
    b = g.value(b)[0] if b else torch.zeros(8 * units).double()
    f_, g_, h_ = functions or (torch.sigmoid, torch.tanh, torch.tanh)
    cut = (lambda v: v.clamp(-clip, clip)) if clip else (lambda v: v)
    h = torch.zeros(units).double() if h is None else h
    c = torch.zeros(units).double() if c is None else c
    pi, po, pf = g.value(p)[0].chunk(3) if p else (0, 0, 0)
    out, cells = [], []
    for frame in x:
        i, o, f, n = (w @ frame + r @ h + b[: 4 * units] + b[4 * units :]).chunk(4)
        i = f_(cut(i + pi * c))
        f = 1 - i if coupled else f_(cut(f + pf * c))
        c = f * c + i * g_(cut(n))
        h = f_(cut(o + po * c)) * h_(c)
        out.append(h)
        cells.append(c)
    return torch.stack(out), torch.stack(cells)


def add():
    recurrent()
    time()
    refusals()


def recurrent():
    def weights(g, gates, units=4, ins=3):
        return g.weight(1, gates * units, ins), g.weight(1, gates * units, units), g.weight(1, 2 * gates * units)

    def lstm_case(name, opset=14, more=(), reference=None, layout=0, outputs=None, **attributes):
        g = Graph(opset)
        x = g.input("x", *((1, "time", 3) if layout else ("time", 1, 3)))
        w, r, b = weights(g, 4)
        extra = [m(g) if callable(m) else m for m in more]
        attributes.update({"layout": 1} if layout else {})
        y = g.op("LSTM", [x, w, r, b] + extra, 3, hidden_size=4, **attributes)[0]
        g.output("y", g.op("Squeeze", [y, g.ints(2 if layout else 1)]))
        built("rnnop_" + name, g, lambda t: shaped(reference(g, w, r, b, t.reshape(-1, 3), extra)[0], layout), NTC if layout else TNC, "NTC" if layout else "TNC")

    def shaped(y, layout):
        return y.unsqueeze(0) if layout else y.unsqueeze(1)

    lstm_case("lstm_clip", reference=lambda g, w, r, b, x, e: lstm(g, w, r, b, x, clip=0.3), clip=0.3)
    lstm_case("lstm_layout_1", layout=1, reference=lambda g, w, r, b, x, e: lstm(g, w, r, b, x))
    lstm_case("lstm_initial", more=["", lambda g: g.weight(1, 1, 4), lambda g: g.weight(1, 1, 4)], reference=lambda g, w, r, b, x, e: lstm(g, w, r, b, x, g.value(e[1]).flatten(), g.value(e[2]).flatten()))
    lstm_case("lstm_initial_h_only", more=["", lambda g: g.weight(1, 1, 4)], reference=lambda g, w, r, b, x, e: lstm(g, w, r, b, x, g.value(e[1]).flatten()))
    lstm_case("lstm_activations", activations=["HardSigmoid", "Softsign", "Relu"], activation_alpha=[0.25], activation_beta=[0.4], reference=lambda g, w, r, b, x, e: lstm(g, w, r, b, x, functions=(lambda v: (0.25 * v + 0.4).clamp(0, 1), torch.nn.functional.softsign, torch.relu)))
    lstm_case("lstm_peepholes_coupled_clip", more=["", "", "", lambda g: g.weight(1, 12)], input_forget=1, clip=0.8, reference=lambda g, w, r, b, x, e: lstm(g, w, r, b, x, p=e[3], clip=0.8, coupled=True))

    def gru_case(name, after, opset=14, **attributes):
        g = Graph(opset)
        x = g.input("x", "time", 1, 3)
        w, r, b = weights(g, 3)
        y = g.op("GRU", [x, w, r, b], 2, hidden_size=4, linear_before_reset=int(after), **attributes)[0]
        g.output("y", g.op("Squeeze", [y, g.ints(1)]))
        built("rnnop_" + name, g, lambda t: gru_reference(g, w, r, b, t, after), TNC, "TNC")

    gru_case("gru_before", False)
    gru_case("gru_after", True, 22)

    g = Graph(14)
    x = g.input("x", "time", 1, 3)
    w, r, b = weights(g, 1)
    y = g.op("RNN", [x, w, r, b], 2, hidden_size=4, activations=["LeakyRelu"], activation_alpha=[0.1], clip=0.9)
    g.output("y", g.op("Squeeze", [y[0], g.ints(1)]))

    def rnn(t, f):
        h, out = torch.zeros(1, 4).double(), []
        bias = g.value(b)[0]
        for frame in t:
            h = f((frame @ g.value(w)[0].T + h @ g.value(r)[0].T + bias[:4] + bias[4:]).clamp(-0.9, 0.9))
            out.append(h)
        return torch.stack(out)

    built("rnnop_rnn_leaky_clip", g, lambda t: rnn(t, lambda v: torch.nn.functional.leaky_relu(v, 0.1)), TNC, "TNC")

    # the cell state of each step can't be had from ONNX; but the last one and the last hidden side by side
    g2 = Graph(14)
    x = g2.input("x", "time", 1, 3)
    ws = weights(g2, 4)
    y = g2.op("LSTM", [x, *ws], 3, hidden_size=4)
    both = g2.op("Concat", [y[1], y[2]], axis=2)
    g2.output("y", g2.op("Squeeze", [both, g2.ints(0)]))
    built("rnnop_lstm_last_two", g2, lambda t: torch.cat([s[-1] for s in lstm(g2, *ws, t.reshape(-1, 3))]).reshape(1, -1), TNC, "NC")

    # sequence_lens that name the whole length, by shape arithmetic
    g3 = Graph(14)
    x = g3.input("x", "time", 1, 3)
    ws3 = weights(g3, 3)
    length = g3.op("Cast", [g3.op("Slice", [g3.op("Shape", [x]), g3.ints(0), g3.ints(1)])], to=TensorProto.INT32)
    y = g3.op("GRU", [x, *ws3, length], 2, hidden_size=4)[0]
    g3.output("y", g3.op("Squeeze", [y, g3.ints(1)]))
    built("rnnop_sequence_lens", g3, lambda t: gru_reference(g3, *ws3, t, False), TNC, "TNC")

    # states as inputs and outputs, gathered out of one tensor, and put together again
    g4 = Graph(14)
    x = g4.input("x", "time", 1, 3)
    h0 = g4.input("state_in", 2, 1, 4)
    first, second = weights(g4, 3), weights(g4, 3, 4, 4)
    a = g4.op("GRU", [x, *first, "", g4.op("Slice", [h0, g4.ints(0), g4.ints(1), g4.ints(0)])], 2, hidden_size=4)
    t = g4.op("Squeeze", [a[0], g4.ints(1)])
    b4 = g4.op("GRU", [t, *second, "", g4.op("Slice", [h0, g4.ints(1), g4.ints(2), g4.ints(0)])], 2, hidden_size=4)
    g4.output("y", g4.op("Squeeze", [b4[0], g4.ints(1)]), "time", 1, 4)
    g4.output("state_out", g4.op("Concat", [a[1], b4[1]], axis=0), 2, 1, 4)
    built("state_sliced_and_joined", g4, lambda t: gru_reference(g4, *second, gru_reference(g4, *first, t, False), False), TNC, "TNC")

    # a cache of a convolution over a chunk of any length
    g5 = Graph(14)
    x = g5.input("x", 1, 3, "time")
    cache = g5.input("cache_in", 1, 3, 2)
    whole = g5.op("Concat", [cache, x], axis=2)
    w5 = g5.weight(2, 3, 3)
    g5.output("y", g5.op("Conv", [whole, w5]), 1, 2, "time")
    g5.output("cache_out", g5.op("Slice", [whole, g5.ints(-2), g5.ints(2**63 - 1), g5.ints(2)]), 1, 3, 2)
    built("state_conv_cache_of_chunks", g5, lambda t: torch.nn.functional.conv1d(torch.nn.functional.pad(t, (2, 0)), g5.value(w5)), Input("x", "NCT", 3), "NCT")


def time():
    """Which axis is time."""

    def relu(name, shape, entry, layout, options=None, dynamic=13):
        g = Graph(dynamic)
        x = g.input("x", *shape)
        g.output("y", g.op("Relu", [x]))
        meta = {"options": options} if options else {}
        built("axis_" + name, g, torch.relu, entry, layout, **meta)

    relu("named_time_last", (1, 3, "time"), Input("x", "NCT", 3), "NCT")
    relu("named_T_middle", ("N", "T", 3), NTC, "NTC")
    relu("named_sequence_first", ("sequence", "batch", 3), TNC, "TNC")
    relu("only_dynamic", (1, "d", 3), NTC, "NTC")
    relu("option", ("a", "b", 3), NTC, "NTC", ["--time-axis", "1"])
    relu("no_batch", ("n_frames", 3), Input("x", "TC", 3), "TC")
    relu("scalar", ("time",), Input("x", "T"), "T")
    relu("fixed_usual_place", (1, 22, 3), NTC, "NTC")
    relu("channels_last_image", (1, "time", 4, 2), Input("x", "NTWC", 4, 2), "NTWC")

    g = Graph(13)
    x = g.input("x", "p", "q", 3)
    g.output("y", g.op("Relu", [x]))
    built_refused("refuse_two_candidates", g, [["time"], ["--time-axis"], ["candidates"]])

    # several outputs of which one is chosen
    g2 = Graph(14)
    x = g2.input("x", "time", 1, 3)
    ws = [g2.weight(1, 12, 3), g2.weight(1, 12, 4), g2.weight(1, 24)]
    y, h = g2.op("GRU", [x, *ws], 2, hidden_size=4)
    g2.output("y", g2.op("Squeeze", [y, g2.ints(1)]), "time", 1, 4)
    g2.output("hn", h, 1, 1, 4)
    built("several_one_chosen", g2, lambda t: gru_reference(g2, *ws, t, False), TNC, "TNC", options=["--out", "y"])
    built("several_last_chosen", g2, lambda t: gru_reference(g2, *ws, t, False)[-1:], TNC, [Output("hn", "LNC")], options=["--out", "hn"])


def refusals():
    def case(name, opset, make, words, shape=(1, 3, "time"), **more):
        g = Graph(opset, **more)
        x = g.input("x", *shape)
        g.output("y", make(g, x))
        built_refused("refuse_" + name, g, words)

    case("cumsum_reverse", 14, lambda g, x: g.op("CumSum", [x, g.ints(2)], reverse=1), [["cumsum"], ["reverse"], ["time"]])
    case("resize_align_corners", 13, lambda g, x: g.op("Resize", [x, "", g.constant(np.float32([1, 1, 2]))], mode="linear", coordinate_transformation_mode="align_corners"), [["align_corners"], ["resize"]])
    case("global_pool_times_x", 13, lambda g, x: g.op("Mul", [x, g.op("GlobalAveragePool", [x])]), [["time"], ["globalaveragepool", "mul"]])
    case("layer_norm_over_time", 17, lambda g, x: g.op("LayerNormalization", [x, g.weight(1)], axis=-1), [["layernormalization"], ["time"]])
    case("group_norm_over_time", 18, lambda g, x: g.op("GroupNormalization", [x, g.weight(1), g.weight(1)], num_groups=1), [["groupnormalization"], ["time"]])
    case("argmax_over_time", 13, lambda g, x: g.op("ArgMax", [x], axis=2), [["argmax"], ["time"]])
    case("custom_domain", 13, lambda g, x: g.op("FusedGRU", [x], domain="com.example"), [["fusedgru"], ["com.example"]], domains=("com.example",))
    case("unknown_operator", 13, lambda g, x: g.op("Frobnicate", [x]), [["frobnicate"], ["supported"]])
    case("attention_op", 23, lambda g, x: g.op("Attention", [x, x, x], q_num_heads=1, kv_num_heads=1), [["attention"]])
    case("reverse_sequence", 13, lambda g, x: g.op("ReverseSequence", [x, g.ints(5)], time_axis=2, batch_axis=0), [["reversesequence"]])
    case("time_as_channels", 13, lambda g, x: g.op("Conv", [g.op("Transpose", [x], perm=[0, 2, 1]), g.weight(2, 12, 1)]), [["conv"], ["time"]])
    case("dynamic_quantise", 13, lambda g, x: g.op("DynamicQuantizeLinear", [x], 3)[0], [["quanti"]])
    case("non_zero", 13, lambda g, x: g.op("Cast", [g.op("NonZero", [x])], to=1), [["nonzero"]])
