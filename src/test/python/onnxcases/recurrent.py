"""Recurrent networks, their states, tokens, several inputs and outputs, graphs of one step."""

import torch
from torch import nn
from torch.nn import functional as F

from onnxcases.case import Input, Output
from onnxcases.exported import Of, seeded, torch_case, torch_refused, torch_stepper

NTC = Input("x", "NTC", 3)
TNC = Input("x", "TNC", 3)


def first(m, x):
    return m.r(x)[0]


def add():
    seeded(3)
    for name, module, entry, opset in [
        ("lstm_2l", nn.LSTM(3, 4, 2, batch_first=True), NTC, 9),
        ("gru", nn.GRU(3, 4), TNC, 11),
        ("gru_3l_nobias", nn.GRU(3, 4, 3, bias=False, batch_first=True), NTC, 17),
        ("rnn_tanh", nn.RNN(3, 4, 2, batch_first=True), NTC, 13),
        ("rnn_relu", nn.RNN(3, 4, nonlinearity="relu"), TNC, 14),
    ]:
        torch_case("rnn_" + name, Of(first, r=module), entry, entry.layout, opset)
    torch_case("rnn_double", Of(first, r=nn.LSTM(3, 4, batch_first=True)), NTC, "NTC", double=True)
    torch_case("rnn_named_seq_len", Of(first, r=nn.GRU(3, 4, batch_first=True)), NTC, "NTC", time="seq_len", batch="batch_size")
    torch_case("rnn_all_unnamed_but_time", Of(first, r=nn.GRU(3, 4)), TNC, "TNC", time="T")
    torch_case("rnn_fixed_batch_first", Of(first, r=nn.LSTM(3, 4, batch_first=True)), NTC, "NTC", fixed=True)
    torch_case("rnn_no_batch", Of(first, r=nn.GRU(3, 4)), Input("x", "TC", 3), "TC")
    torch_case("rnn_no_batch_lstm_last", Of(lambda m, x: m.f(m.r(x)[1][0][-1]), r=nn.LSTM(3, 4), f=nn.Linear(4, 2)), Input("x", "TC", 3), "C")
    torch_case("rnn_scalar_series", Of(lambda m, x: m.f(m.r(x.unsqueeze(-1))[0]).squeeze(-1), r=nn.GRU(1, 3, batch_first=True), f=nn.Linear(3, 1)), Input("x", "NT"), "NT")
    torch_case("rnn_last_step", Of(lambda m, x: m.f(m.r(x)[0][:, -1]), r=nn.GRU(3, 4, batch_first=True), f=nn.Linear(4, 2)), NTC, "NC", batch="batch")
    torch_case("rnn_last_hidden", Of(lambda m, x: m.f(m.r(x)[1][-1]), r=nn.GRU(3, 4, 2, batch_first=True), f=nn.Linear(4, 2)), NTC, "NC")
    torch_case("rnn_last_hidden_squeezed", Of(lambda m, x: torch.sigmoid(m.f(m.r(x)[1][0].squeeze(0))), r=nn.LSTM(3, 4), f=nn.Linear(4, 1)), TNC, "NC")
    torch_case("rnn_last_hidden_and_cell", Of(lambda m, x: torch.cat([s[-1] for s in m.r(x)[1]], 1), r=nn.LSTM(3, 4, 2, batch_first=True)), NTC, "NC")
    torch_case("rnn_last_and_mean", Of(lambda m, x: m.f(torch.cat([m.r(x)[0][:, -1], m.r(x)[0].mean(1), m.r(x)[0].amax(1)], 1)), r=nn.GRU(3, 4, batch_first=True), f=nn.Linear(12, 2)), NTC, "NC")
    torch_case("rnn_second_last", Of(lambda m, x: m.r(x)[0][:, -2], r=nn.GRU(3, 4, batch_first=True)), NTC, "NC")
    torch_case("rnn_last_three", Of(lambda m, x: m.f(m.r(x)[0][:, -3:].flatten(1)), r=nn.GRU(3, 2, batch_first=True), f=nn.Linear(6, 2)), NTC, "NC")
    torch_case("rnn_last_fixed_gather", Of(lambda m, x: m.r(x)[0][-1], r=nn.LSTM(3, 4)), TNC, "NC", fixed=True)
    torch_case("rnn_learnt_start", Of(lambda m, x: m.r(x, (m.h.expand(1, x.shape[0], 4), m.c.expand(1, x.shape[0], 4)))[0], r=nn.LSTM(3, 4, batch_first=True), h=torch.randn(1, 1, 4), c=torch.randn(1, 1, 4)), NTC, "NTC")
    torch_case("rnn_zeros_start", Of(lambda m, x: m.r(x, torch.zeros(1, x.shape[0], 4, dtype=x.dtype))[0], r=nn.GRU(3, 4, batch_first=True)), NTC, "NTC", batch="batch")
    torch_case("rnn_residual_norm", Of(lambda m, x: m.n(x + m.r(x)[0]), r=nn.LSTM(3, 3, batch_first=True), n=nn.LayerNorm(3)), NTC, "NTC", opset=17)
    torch_case("rnn_conv_then", Of(lambda m, x: m.f(m.r(m.c(x.transpose(1, 2)).transpose(1, 2))[0]), c=nn.Conv1d(3, 4, 3, padding=1), r=nn.LSTM(4, 4, batch_first=True), f=nn.Linear(4, 2)), NTC, "NTC")
    torch_case("rnn_then_conv", Of(lambda m, x: m.c(m.r(x)[0].permute(1, 2, 0)), c=nn.Conv1d(4, 2, 3, padding=2), r=nn.GRU(3, 4)), TNC, "NCT")
    torch_case("rnn_strided_then", Of(lambda m, x: m.r(m.c(x).permute(2, 0, 1))[0], c=nn.Conv1d(3, 4, 3, 2), r=nn.GRU(4, 3)), Input("x", "NCT", 3), "TNC")
    torch_case("rnn_decoder_upsample", Of(lambda m, x: m.d(m.r(x)[0].transpose(1, 2)), r=nn.GRU(3, 4, batch_first=True), d=nn.ConvTranspose1d(4, 2, 3, 3)), NTC, "NCT")
    torch_case("rnn_flattened_dense", Of(lambda m, x: m.f(m.r(x)[0].reshape(-1, 4)), r=nn.GRU(3, 4, batch_first=True), f=nn.Linear(4, 2)), NTC, "TC")
    torch_case("rnn_flattened_and_back", Of(lambda m, x: m.f(m.r(x)[0].contiguous().view(-1, 4)).view(x.size(0), x.size(1), 2), r=nn.GRU(3, 4, batch_first=True), f=nn.Linear(4, 2)), NTC, "NTC", batch="batch")
    torch_case("rnn_batch_norm_flat", Of(lambda m, x: m.b(m.r(x)[0].reshape(-1, 4)).reshape(1, -1, 4), r=nn.GRU(3, 4, batch_first=True), b=nn.BatchNorm1d(4)), NTC, "NTC")
    torch_case("rnn_packed_like_mask", Of(lambda m, x: torch.where(x[..., :1] > 0, m.r(x)[0], torch.zeros_like(m.r(x)[0])), r=nn.GRU(3, 4, batch_first=True)), NTC, "NTC")
    tokens()
    several()
    steppers()
    torch_refused("refuse_bidirectional_gru", Of(first, r=nn.GRU(3, 4, bidirectional=True, batch_first=True)), NTC, "NTC", [["bidirectional"], ["gru"]])
    torch_refused("refuse_flip_lstm", Of(lambda m, x: m.r(x.flip(1))[0], r=nn.LSTM(3, 4, batch_first=True)), NTC, "NTC", [["time"], ["slice", "revers", "backwards"]])
    torch_refused("refuse_decoder", Of(lambda m, x: m.d(m.r(x)[0][:, -1:].expand(1, x.size(1), 4))[0], r=nn.LSTM(3, 4, batch_first=True), d=nn.LSTM(4, 3, batch_first=True)), NTC, "NTC", [["time", "end"], ["expand", "lstm"]])
    torch_refused("refuse_self_attention", Of(lambda m, x: torch.softmax(m.q(x) @ m.k(x).transpose(1, 2), -1) @ x, q=nn.Linear(3, 4), k=nn.Linear(3, 4)), NTC, "NTC", [["matmul"], ["attention", "time"]])
    torch_refused("refuse_attention_pooling", Of(lambda m, x: (torch.softmax(m.a(m.r(x)[0]), 1) * m.r(x)[0]).sum(1), r=nn.GRU(3, 4, batch_first=True), a=nn.Linear(4, 1)), NTC, "NC", [["softmax"], ["time"]])
    torch_refused("refuse_flatten_window", nn.Sequential(nn.Flatten(), nn.Linear(36, 4), nn.ReLU(), nn.Linear(4, 2)), Input("x", "NCT", 3), "NC", [["time"]], fixed=True)
    torch_refused("refuse_rates", Of(lambda m, x: (m.r(x)[0], m.r(x)[1]), r=nn.GRU(3, 4, batch_first=True)), NTC, [Output("seq", "NTC"), Output("hn", "LNC")], [["seq"], ["hn"], ["--out"]])


def tokens():
    tokens = Input("ids", "NT", tokens=7)
    torch_case("token_embedding_lstm", Of(lambda m, x: m.f(m.r(m.e(x))[0]), e=nn.Embedding(7, 3), r=nn.LSTM(3, 4, batch_first=True), f=nn.Linear(4, 7)), tokens, "NTC")
    torch_case("token_gru4rec", Of(lambda m, x: m.r(m.e(x))[0] @ m.e.weight.t(), e=nn.Embedding(7, 4), r=nn.GRU(4, 4, batch_first=True)), tokens, "NTC", batch="batch")
    torch_case("token_sequence_first", Of(lambda m, x: m.r(m.e(x))[0], e=nn.Embedding(7, 3), r=nn.GRU(3, 4)), Input("ids", "TN", tokens=7), "TNC")
    torch_case("token_one_hot", Of(lambda m, x: m.r(F.one_hot(x, 7).to(m.r.weight_ih_l0.dtype))[0], r=nn.GRU(7, 4, batch_first=True)), tokens, "NTC")
    torch_case("token_classify_text", Of(lambda m, x: torch.softmax(m.f(m.r(m.e(x))[1][0][-1]), -1), e=nn.Embedding(7, 3), r=nn.LSTM(3, 4, batch_first=True), f=nn.Linear(4, 5)), tokens, "NC")
    torch_case("token_conv_text", Of(lambda m, x: m.f(m.c(m.e(x).transpose(1, 2)).relu().mean(2)), e=nn.Embedding(7, 3), c=nn.Conv1d(3, 4, 3), f=nn.Linear(4, 2)), tokens, "NC")
    torch_case("token_categories", Of(lambda m, x: m.r(torch.cat([m.a(x[..., 0]), m.b(x[..., 1])], -1))[0], a=nn.Embedding(7, 2), b=nn.Embedding(7, 3), r=nn.GRU(5, 3, batch_first=True)), Input("ids", "NTC", 2, tokens=7), "NTC")
    torch_case("token_bag", Of(lambda m, x: m.e(x).sum(2), e=nn.Embedding(7, 3)), Input("ids", "NTC", 4, tokens=7), "NTC")


def several():
    pair = [Output("mean", "NTC"), Output("scale", "NTC")]
    deepar = Of(lambda m, x: (m.a(m.r(x)[0]), F.softplus(m.b(m.r(x)[0]))), r=nn.LSTM(3, 4, 2, batch_first=True), a=nn.Linear(4, 1), b=nn.Linear(4, 1))
    torch_case("several_deepar", deepar, NTC, pair)
    torch_case("several_layouts", Of(lambda m, x: (m.c(x), m.d(x).transpose(1, 2)), c=nn.Conv1d(3, 2, 3, padding=1), d=nn.Conv1d(3, 2, 1)), Input("x", "NCT", 3), [Output("a", "NCT"), Output("b", "NTC")])
    torch_case("several_inputs", Of(lambda m, x, z: m.r(torch.cat([x, z], 2))[0], r=nn.GRU(5, 3, batch_first=True)), [NTC, Input("z", "NTC", 2)], "NTC")
    torch_case("several_features_and_tokens", Of(lambda m, x, i: m.r(torch.cat([x, m.e(i)], 2))[0], e=nn.Embedding(7, 2), r=nn.GRU(5, 3, batch_first=True)), [NTC, Input("ids", "NT", tokens=7)], "NTC")
    torch_case("several_inputs_of_other_layouts", Of(lambda m, x, z: m.r(x)[0] + m.c(z).permute(2, 0, 1), r=nn.GRU(3, 4), c=nn.Conv1d(2, 4, 3, padding=1)), [TNC, Input("z", "NCT", 2)], "TNC")
    torch_case("several_at_the_end", Of(lambda m, x: (m.a(m.r(x)[1][-1]), m.b(m.r(x)[1][-1])), r=nn.GRU(3, 4, batch_first=True), a=nn.Linear(4, 1), b=nn.Linear(4, 2)), NTC, [Output("a", "NC"), Output("b", "NC")])
    state = Input("h0", "LNC", 1, 4)

    def with_states(m, x, h):
        y, h = m.r(x, h)
        return m.f(y), h

    torch_case("state_gru", Of(with_states, r=nn.GRU(3, 4, batch_first=True), f=nn.Linear(4, 2)), [NTC, state], [Output("y", "NTC"), Output("hn", "LNC")], keep=1)
    torch_case("state_gru_2l_sequence_first", Of(with_states, r=nn.GRU(3, 4, 2), f=nn.Linear(4, 2)), [TNC, Input("h0", "LNC", 2, 4)], [Output("y", "TNC"), Output("hn", "LNC")], keep=1)

    def two_states(m, x, h, c):
        y, (h, c) = m.r(x, (h, c))
        return m.f(y), h, c

    both = [Input("h0", "LNC", 2, 4), Input("c0", "LNC", 2, 4)]
    made = [Output("y", "NTC"), Output("hn", "LNC"), Output("cn", "LNC")]
    torch_case("state_lstm_2l", Of(two_states, r=nn.LSTM(3, 4, 2, batch_first=True), f=nn.Linear(4, 2)), [NTC] + both, made, keep=2)
    torch_case("state_lstm_2l_batch", Of(two_states, r=nn.LSTM(3, 4, 2, batch_first=True), f=nn.Linear(4, 2)), [NTC] + both, made, keep=2, batch="batch", opset=11)
    torch_case("state_stacked_two_models", Of(lambda m, x, a, b: stacked(m, x, a, b), p=nn.GRU(3, 4, batch_first=True), q=nn.GRU(4, 2, batch_first=True)), [NTC, Input("s1", "LNC", 1, 4), Input("s2", "LNC", 1, 2)], [Output("y", "NTC"), Output("s1_new", "LNC"), Output("s2_new", "LNC")], keep=2)


def stacked(m, x, a, b):
    y, a = m.p(x, a)
    z, b = m.q(torch.relu(y), b)
    return z, a, b


def steppers():
    x = Input("x", "NC", 3)
    torch_stepper("step_lstm_cell", Of(lambda m, x, h, c: cell(m, x, h, c), r=nn.LSTMCell(3, 4), f=nn.Linear(4, 2)), x, [Input("h", "NC", 4), Input("c", "NC", 4)], "NC")
    torch_stepper("step_gru_cell", Of(lambda m, x, h: twice(m.r(x, h)), r=nn.GRUCell(3, 4)), x, [Input("h_prev", "NC", 4)], "NC", names=["h_next"])
    torch_stepper("step_rnn_cell", Of(lambda m, x, h: twice(m.r(x, h)), r=nn.RNNCell(3, 4)), x, [Input("state", "NC", 4)], "NC", names=["new_state"])
    torch_stepper("step_gru_module", Of(lambda m, x, h: (m.f(m.r(x, h)[0]), m.r(x, h)[1]), r=nn.GRU(3, 4, 2, batch_first=True), f=nn.Linear(4, 2)), Input("x", "NTC", 3), [Input("h_in", "LNC", 2, 4)], "NTC", names=["h_out"])
    torch_stepper("step_conv_buffers", Of(buffers, a=nn.Conv1d(3, 4, 3), b=nn.Conv1d(4, 2, 3, dilation=2)), Input("x", "NCT", 3), [Input("buf1", "NCW", 3, 2), Input("buf2", "NCW", 4, 4)], "NCT", names=["buf1_out", "buf2_out"])
    torch_stepper("step_conv_cache_shift", Of(shift, a=nn.Linear(15, 2)), x, [Input("cache_in", "NWC", 5, 3)], "NC", names=["cache_out"])
    torch_stepper("step_running_mean", Of(lambda m, x, s: (x - s, 0.9 * s + 0.1 * x)), x, [Input("ema", "NC", 3)], "NC", names=["ema_new"])
    torch_stepper("step_last_value", Of(lambda m, x, s: (x - s, x)), x, [Input("last_in", "NC", 3)], "NC", names=["last_out"])
    torch_stepper("step_counter", Of(lambda m, x, n, s: (s / (n + 1) + x / (n + 1), n + 1, s + x)), x, [Input("count", "NC", 1), Input("total", "NC", 3)], "NC", names=["count_out", "total_out"])
    torch_stepper("step_conv_2d_cache", Of(lambda m, x, b: conv2d(m, x, b), c=nn.Conv2d(1, 2, (3, 3), padding=(0, 1))), Input("x", "NCTW", 1, 4), [Input("cache", "NCHW", 1, 2, 4)], "NCTW", names=["cache_next"])
    torch_stepper("step_mixed_conv_gru", Of(mixed, c=nn.Conv1d(3, 4, 3), r=nn.GRU(4, 3, batch_first=True)), Input("x", "NCT", 3), [Input("conv_state", "NCW", 3, 2), Input("gru_state", "LNC", 1, 3)], "NTC", names=["conv_state_out", "gru_state_out"])


def cell(m, x, h, c):
    h, c = m.r(x, (h, c))
    return m.f(h), h, c


def twice(h):
    return h, h


def buffers(m, x, a, b):
    a = torch.cat([a, x], 2)
    y = torch.relu(m.a(a))
    b = torch.cat([b, y], 2)
    return m.b(b), a[:, :, 1:], b[:, :, 1:]


def shift(m, x, cache):
    cache = torch.cat([cache[:, 1:], x.unsqueeze(1)], 1)
    return m.a(cache.flatten(1)), cache


def conv2d(m, x, cache):
    whole = torch.cat([cache, x], 2)
    return m.c(whole), whole[:, :, 1:]


def mixed(m, x, conv, gru):
    whole = torch.cat([conv, x], 2)
    y, gru = m.r(m.c(whole).relu().transpose(1, 2), gru)
    return y, whole[:, :, 1:], gru
