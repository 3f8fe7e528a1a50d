"""States of many kinds that come in and go out: of a step, of chunks, named and unnamed."""

import numpy as np
import torch
from onnx import TensorProto
from torch import nn
from torch.nn import functional as F

from onnxcases.built import Graph, built
from onnxcases.case import Input, Output
from onnxcases.exported import Of, seeded, torch_case, torch_stepper
from onnxcases.graphs import gru_reference

ROW = Input("x", "NC", 3)


def add():
    seeded(7)
    torch_stepper("step_unrelated_names", Of(lambda m, x, a, b: cell(m, x, a, b), r=nn.LSTMCell(3, 4)), ROW, [Input("onnx::Gemm_1", "NC", 4), Input("cell.1", "NC", 4)], "NC", names=["n37", "n41"])
    torch_stepper("step_residual_two_cells", Of(two, p=nn.GRUCell(3, 4), q=nn.GRUCell(4, 4), f=nn.Linear(4, 2)), ROW, [Input("h1_in", "NC", 4), Input("h2_in", "NC", 4)], "NC", names=["h1_out", "h2_out"])
    torch_stepper("step_leaky_integrator", Of(lambda m, x, s: (m.f(torch.tanh(0.7 * s + m.w(x) + m.r(s))), 0.7 * s + m.w(x) + m.r(s)), w=nn.Linear(3, 4), r=nn.Linear(4, 4), f=nn.Linear(4, 2)), ROW, [Input("past_state", "NC", 4)], "NC", names=["present_state"])
    torch_stepper("step_buffer_of_features", Of(features, a=nn.Linear(12, 2)), ROW, [Input("window_in", "NWC", 4, 3)], "NC", names=["window_out"])
    torch_stepper("step_overlap_add", Of(overlap, d=nn.ConvTranspose1d(3, 2, 4, 2, bias=False)), Input("x", "NCT", 3), [Input("tail_in", "NCW", 2, 2)], "NCW", names=["tail_out"])
    torch_stepper("step_delayed_output", Of(lambda m, x, s: (m.f(s), x), f=nn.Linear(3, 2)), ROW, [Input("prev_x", "NC", 3)], "NC", names=["next_x"])
    torch_stepper("step_running_standardise", Of(standardise), ROW, [Input("n_in", "NC", 1), Input("mean_in", "NC", 3), Input("var_in", "NC", 3)], "NC", names=["n_out", "mean_out", "var_out"])
    torch_stepper("step_ring_of_hidden_states", Of(ring, r=nn.GRUCell(3, 4), f=nn.Linear(12, 2)), ROW, [Input("h_in", "NC", 4), Input("past_in", "NWC", 3, 4)], "NC", names=["h_out", "past_out"])
    chunks()


def cell(m, x, h, c):
    h, c = m.r(x, (h, c))
    return h * 2, h, c


def two(m, x, a, b):
    a = m.p(x, a)
    b = m.q(a, b)
    return m.f(a + b), a, b


def features(m, x, window):
    window = torch.cat([window[:, 1:], x.unsqueeze(1)], 1)
    centred = window - window.mean(1, keepdim=True)
    return m.a(centred.flatten(1)), window


def overlap(m, x, tail):
    y = m.d(x)
    y = torch.cat([y[..., :2] + tail, y[..., 2:]], 2)
    return y[..., :2], y[..., 2:]


def standardise(m, x, n, mean, var):
    n = n + 1
    d = x - mean
    mean = mean + d / n
    var = var + d * (x - mean)
    return (x - mean) / torch.sqrt(var / n + 1e-3), n, mean, var


def ring(m, x, h, past):
    h = m.r(x, h)
    past = torch.cat([past[:, 1:], h.unsqueeze(1)], 1)
    return m.f(past.flatten(1)), h, past


def conv_chunk(m, x, a, b):
    a = torch.cat([a, x], 2)
    y = torch.relu(m.a(a))
    b = torch.cat([b, y], 2)
    return m.b(b), a[:, :, -2:], b[:, :, -4:]


def chunks():
    caches = [Input("cache1_in", "NCW", 3, 2), Input("cache2_in", "NCW", 4, 4)]
    outputs = [Output("y", "NCT"), Output("cache1_out", "NCW"), Output("cache2_out", "NCW")]
    net = dict(a=nn.Conv1d(3, 4, 3), b=nn.Conv1d(4, 2, 3, dilation=2))
    torch_case("state_two_conv_caches", Of(conv_chunk, **net), [Input("x", "NCT", 3)] + caches, outputs, keep=2)
    torch_case("state_two_conv_caches_fixed_chunk", Of(conv_chunk, **net), [Input("x", "NCT", 3)] + caches, outputs, keep=2, fixed=True)

    def mixed(m, x, conv, gru):
        whole = torch.cat([conv, x], 1)
        y, gru = m.r(torch.relu(m.c(whole.transpose(1, 2))).transpose(1, 2), gru)
        return m.f(y), whole[:, -2:], gru

    torch_case("state_conv_cache_and_gru", Of(mixed, c=nn.Conv1d(3, 4, 3), r=nn.GRU(4, 3, batch_first=True), f=nn.Linear(3, 2)), [Input("x", "NTC", 3), Input("conv_in", "NWC", 2, 3), Input("gru_in", "LNC", 1, 3)], [Output("y", "NTC"), Output("conv_out", "NWC"), Output("gru_out", "LNC")], keep=2)

    # one step with a batch that is dynamic
    g = Graph(14)
    x, h = g.input("x", "batch", 3), g.input("h_in", "batch", 4)
    w, r = g.weight(3, 4), g.weight(4, 4)
    new = g.op("Tanh", [g.op("Add", [g.op("MatMul", [x, w]), g.op("MatMul", [h, r])])])
    y = g.op("Neg", [new])
    g.output("y", y, "batch", 4)
    g.output("h_out", new, "batch", 4)

    def steps(t):
        state, out = torch.zeros(1, 4).double(), []
        for row in t:
            state = torch.tanh(row @ g.value(w) + state @ g.value(r))
            out.append(-state)
        return torch.cat(out)

    built("step_dynamic_batch", g, steps, Input("x", "TC", 3), "TC", mode="stepper", rows=16)

    # tokens, one at a time
    g2 = Graph(14)
    ids = g2.input("ids", 1, 1, type=TensorProto.INT64)
    h = g2.input("h0", 1, 1, 4)
    e = g2.weight(7, 3)
    ws = [g2.weight(1, 12, 3), g2.weight(1, 12, 4), g2.weight(1, 24)]
    seq = g2.op("Transpose", [g2.op("Gather", [e, ids])], perm=[1, 0, 2])
    y, last = g2.op("GRU", [seq, *ws, "", h], 2, hidden_size=4)
    g2.output("y", g2.op("Squeeze", [y, g2.ints(0, 1)]), 1, 4)
    g2.output("hn", last, 1, 1, 4)
    built("step_tokens", g2, lambda t: gru_reference(g2, *ws, g2.value(e)[t[0].long()].unsqueeze(1), False), Input("ids", "NT", tokens=7), [Output("y", "TNC")], mode="stepper", rows=16)
