"""What people build and exporters write beside the plain layers: gates, norms, positions, paddings, windows."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from onnxcases.built import Graph, built, built_refused
from onnxcases.case import Input, Output
from onnxcases.convolutions import Causal, trained
from onnxcases.exported import Of, seeded, torch_case, torch_refused

NTC = Input("x", "NTC", 3)
NCT = Input("x", "NCT", 3)


def add():
    seeded(11)
    lengths()
    first_frame()
    positions()
    blocks()
    fixed_windows()
    pairs()


def padded_to(x, multiple, **how):
    return F.pad(x, (0, (multiple - x.size(2) % multiple) % multiple), **how)


def lengths():
    down = nn.Sequential(nn.Conv1d(3, 4, 4, 2, 1), nn.ReLU(), nn.ConvTranspose1d(4, 2, 4, 2, 1))
    torch_refused("refuse_pad_to_multiple", Of(lambda m, x: m.n(padded_to(x, 8))[..., : x.size(2)], n=down), NCT, "NCT", [["pad"], ["length"]])
    torch_refused("refuse_crop_to_multiple", Of(lambda m, x: m.n(x[..., : x.size(2) // 8 * 8]), n=down), NCT, "NCT", [["slice"], ["time axis"]])
    torch_refused("refuse_concat_to_multiple", Of(lambda m, x: m.n(torch.cat([x, torch.zeros(1, 3, (4 - x.size(2) % 4) % 4, dtype=x.dtype)], 2)), n=down), NCT, "NCT", [["concat"], ["length"]])
    torch_case("pattern_strided_then_cropped", Of(lambda m, x: m.d(torch.relu(m.c(x)))[..., : x.size(2)], c=nn.Conv1d(3, 4, 4, 2, 1), d=nn.ConvTranspose1d(4, 2, 4, 2, 1)), NCT, "NCT", multiple=2)
    torch_case("pattern_strided_padded_then_cropped", Of(lambda m, x: m.d(torch.relu(m.c(F.pad(x, (3, 0)))))[..., : x.size(2)], c=nn.Conv1d(3, 4, 4, 2), d=nn.ConvTranspose1d(4, 2, 4, 2)), NCT, "NCT")
    torch_case("pattern_strided_padded_then_cropped_odd", Of(lambda m, x: m.d(torch.relu(m.c(F.pad(x, (3, 0)))))[..., : x.size(2)], c=nn.Conv1d(3, 4, 4, 2), d=nn.ConvTranspose1d(4, 2, 4, 2)), NCT, "NCT", rows=23)
    torch_case("pattern_convt_crop_to_double", Of(lambda m, x: m.d(x)[..., : 2 * x.size(2)], d=nn.ConvTranspose1d(3, 2, 5, 2)), NCT, "NCT")


def first_frame():
    torch_case("pattern_minus_first", Of(lambda m, x: x - x[:, :1]), NTC, "NTC")
    torch_case("pattern_relative_to_first", Of(lambda m, x: m.r(x / (x[:, 0:1].abs() + 1))[0], r=nn.GRU(3, 4, batch_first=True)), NTC, "NTC")
    torch_case("pattern_minus_first_index", Of(lambda m, x: x - x[:, 0].unsqueeze(1)), NTC, "NTC")


def positions():
    def sines(m, x):
        place = torch.arange(x.size(1), device=x.device).unsqueeze(1).to(x.dtype)
        rate = torch.exp(torch.arange(0, 4, 2).to(x.dtype) * (-np.log(10000.0) / 4))
        return m.f(x) + torch.cat([torch.sin(place * rate), torch.cos(place * rate)], 1)

    torch_case("pattern_sines_of_positions", Of(sines, f=nn.Linear(3, 4)), NTC, "NTC", rows=40)
    torch_case("pattern_phase_of_positions", Of(lambda m, x: torch.cat([x, torch.sin(torch.arange(x.size(1)).to(x.dtype) * 0.3).view(1, -1, 1)], 2)), NTC, "NTC", rows=40)
    table = torch.zeros(60, 4)
    place = torch.arange(60).unsqueeze(1).float()
    rate = torch.exp(torch.arange(0, 4, 2).float() * (-np.log(10000.0) / 4))
    table[:, 0::2], table[:, 1::2] = torch.sin(place * rate), torch.cos(place * rate)
    torch_case("pattern_table_of_sines", Of(lambda m, x: m.f(x) + m.p[:, : x.size(1)], f=nn.Linear(3, 4), p=table.unsqueeze(0)), NTC, "NTC", rows=40)
    torch_case("pattern_embedded_positions", Of(lambda m, x: m.f(x) + m.e(torch.arange(x.size(1)).unsqueeze(0)), f=nn.Linear(3, 4), e=nn.Embedding(64, 4)), NTC, "NTC", rows=40)


class Squeeze(nn.Module):
    """Gates channels by what a small network makes of the same frame."""

    def __init__(self, channels):
        super().__init__()
        self.a, self.b = nn.Conv1d(channels, 2, 1), nn.Conv1d(2, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.b(torch.relu(self.a(x))))


def normed():
    norm = nn.utils.weight_norm
    torch_case("pattern_weight_norm", nn.Sequential(norm(nn.Conv1d(3, 4, 3, padding=2)), nn.ReLU(), norm(nn.Conv1d(4, 2, 1))), NCT, "NCT", opset=17)
    torch_case("pattern_weight_norm_linear", Of(lambda m, x: m.f(x), f=norm(nn.Linear(3, 4))), NTC, "NTC")
    torch_case("pattern_spectral_norm", Of(lambda m, x: m.f(x), f=nn.utils.spectral_norm(nn.Linear(3, 4))), NTC, "NTC")
    torch_case("pattern_parametrized_weight_norm", nn.utils.parametrizations.spectral_norm(nn.Conv1d(3, 4, 3, padding=1)).eval(), NCT, "NCT")


def blocks():
    with torch.no_grad():  # so that they can be copied
        normed()
    for opset in (10, 13, 17):
        torch_case(f"pattern_activations_{opset}", Of(lambda m, x: torch.cat([F.silu(x), F.gelu(x), F.mish(x), F.hardswish(x), F.hardsigmoid(x), F.softplus(x), F.softsign(x), F.logsigmoid(x), F.selu(x), F.relu6(x), F.hardtanh(x), F.tanhshrink(x), F.softshrink(x), F.hardshrink(x)], 2)), NTC, "NTC", opset=opset)
    torch_case("pattern_gelu_tanh", Of(lambda m, x: F.gelu(x, approximate="tanh")), NTC, "NTC")
    torch_case("pattern_layer_norm_of_channels", Of(lambda m, x: m.c(m.n(x.transpose(1, 2)).transpose(1, 2)), n=nn.LayerNorm(3), c=Causal(3, 4, 3)), NCT, "NCT", opset=13)
    torch_case("pattern_layer_norm_by_hand", Of(lambda m, x: (x - x.mean(1, keepdim=True)) / torch.sqrt(x.var(1, keepdim=True, unbiased=False) + 1e-5)), NCT, "NCT")
    torch_case("pattern_rms_norm_by_hand", Of(lambda m, x: x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * m.w, w=torch.rand(3) + 0.5), NTC, "NTC")
    torch_case("pattern_l2_normalise", Of(lambda m, x: F.normalize(x, dim=2)), NTC, "NTC")
    torch_case("pattern_cosine", Of(lambda m, x: F.cosine_similarity(m.f(x), x, dim=2), f=nn.Linear(3, 3)), NTC, "NT")
    torch_case("pattern_gate_of_channels", nn.Sequential(Causal(3, 4, 3), Squeeze(4)), NCT, "NCT")
    torch_case("pattern_pixel_shuffle_1d", Of(lambda m, x: m.c(x).view(1, 2, 3, -1).permute(0, 2, 3, 1).reshape(1, 3, -1), c=nn.Conv1d(3, 6, 3, padding=1)), NCT, "NCT")
    torch_case("pattern_sub_pixel_causal", Of(lambda m, x: m.c(x).transpose(1, 2).reshape(1, -1, 2), c=Causal(3, 4, 3)), NCT, "NTC")
    torch_case("pattern_glu_conv", Of(lambda m, x: F.glu(m.a(x), 1), a=Causal(3, 8, 3)), NCT, "NCT", opset=9)
    torch_case("pattern_gated_residual_network", Of(lambda m, x: m.n(x + F.glu(m.b(F.elu(m.a(x))), -1)), a=nn.Linear(3, 4), b=nn.Linear(4, 6), n=nn.LayerNorm(3)), NTC, "NTC", opset=17)
    torch_case("pattern_chomp_slices", Of(lambda m, x: m.b(torch.relu(m.a(x)[:, :, :-4].contiguous()))[:, :, :-8], a=nn.Conv1d(3, 4, 3, padding=4, dilation=2), b=nn.Conv1d(4, 2, 3, padding=8, dilation=4)), NCT, "NCT", opset=9)
    torch_case("pattern_constant_pad_module", nn.Sequential(nn.ConstantPad1d((2, 0), 0.0), nn.Conv1d(3, 4, 3), nn.ReplicationPad1d((1, 0)), nn.Conv1d(4, 2, 2)), NCT, "NCT")
    torch_case("pattern_zero_pad_2d", Of(lambda m, x: m.c(F.pad(x.unsqueeze(1), (1, 1, 2, 0))).squeeze(1).mean(1), c=nn.Conv2d(1, 2, 3)), NTC, "NTC")
    torch_case("pattern_fake_image", Of(lambda m, x: m.c(x.unsqueeze(2)).squeeze(2), c=nn.Sequential(nn.Conv2d(3, 4, (1, 3), padding=(0, 1)), trained(nn.BatchNorm2d(4)), nn.ReLU())), NCT, "NCT", batch="batch")
    torch_case("pattern_time_distributed_views", Of(lambda m, x: torch.sigmoid(m.f(x.contiguous().view(-1, x.size(-1)))).view(x.size(0), -1, 4), f=nn.Linear(3, 4)), NTC, "NTC", batch="batch")
    torch_case("pattern_batch_norm_after_lstm", Of(lambda m, x: m.b(m.r(x)[0].permute(0, 2, 1)).permute(0, 2, 1), r=nn.LSTM(3, 4, batch_first=True), b=trained(nn.BatchNorm1d(4))), NTC, "NTC")
    torch_case("pattern_squeeze_last", Of(lambda m, x: m.f(m.r(x)[0]).squeeze(-1), r=nn.GRU(3, 4, batch_first=True), f=nn.Linear(4, 1)), NTC, "NT")
    torch_case("pattern_argmax", Of(lambda m, x: m.f(x).argmax(2).to(x.dtype), f=nn.Linear(3, 5)), NTC, "NT")
    torch_case("pattern_top_class_probability", Of(lambda m, x: torch.softmax(m.f(x), 2).max(2)[0], f=nn.Linear(3, 5)), NTC, "NT")
    torch_case("pattern_spectrum", Of(lambda m, x: torch.log1p(m.c(x)[:, :4] ** 2 + m.c(x)[:, 4:] ** 2), c=nn.Conv1d(1, 8, 8, 4, bias=False)), Input("x", "NCT", 1), "NCT", rows=40)
    torch_case("pattern_mel", Of(lambda m, x: torch.log(torch.clamp(torch.matmul(m.w, m.c(x.unsqueeze(1)).pow(2)), min=1e-5)), c=nn.Conv1d(1, 6, 8, 4), w=torch.rand(3, 6)), Input("x", "NT"), "NCT", rows=40)
    torch_case("pattern_normalise_inputs", Of(lambda m, x: m.r((x - m.a) / m.s)[0] * 2 + 1, a=torch.randn(3), s=torch.rand(3) + 0.5, r=nn.GRU(3, 2, batch_first=True)), NTC, "NTC", batch="N")
    torch_case("pattern_mixture_of_branches", Of(lambda m, x: (torch.softmax(m.g(x), 2).unsqueeze(2) * torch.stack([m.a(x), m.b(x)], 3)).sum(3), g=nn.Linear(3, 2), a=nn.Linear(3, 4), b=nn.Linear(3, 4)), NTC, "NTC")
    torch_case("pattern_bilinear", Of(lambda m, x: torch.einsum("bti,ij,btj->bt", x, m.w, x), w=torch.randn(3, 3)), NTC, "NT")
    torch_case("pattern_attention_in_frame", Of(lambda m, x: torch.softmax(torch.matmul(x, x.transpose(2, 3)), -1).matmul(x).flatten(2)), Input("x", "NTWC", 4, 3), "NTC")
    torch_case("pattern_last_two_layers", Of(lambda m, x: torch.cat([m.r(x)[1][-1], m.r(x)[1][-2]], 1), r=nn.GRU(3, 4, 2, batch_first=True)), NTC, "NC")
    torch_case("pattern_lstm_proj", Of(lambda m, x: m.f(m.r(x)[0]), r=nn.LSTM(3, 4, batch_first=True), f=nn.Linear(4, 2, bias=False)), NTC, "NTC", time="longueur", batch="lot")


def fixed_windows():
    torch_case("window_mlp", nn.Sequential(nn.Flatten(), nn.Linear(36, 4), nn.ReLU(), nn.Linear(4, 2)), NTC, "NC", fixed=True, rows=12, options=["--time-axis", "1"])
    torch_case("window_mlp_channels_first", nn.Sequential(nn.Flatten(), nn.Linear(36, 4), nn.ReLU(), nn.Linear(4, 2)), NCT, "NC", fixed=True, rows=12, options=["--time-axis", "2"])
    cnn = nn.Sequential(nn.Conv1d(3, 4, 3, padding=1), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(4, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(16, 2))
    torch_case("window_cnn", cnn, NCT, "NC", fixed=True, rows=12)
    torch_case("window_lstm_flattened", Of(lambda m, x: m.f(m.r(x)[0].flatten(1)), r=nn.LSTM(3, 2, batch_first=True), f=nn.Linear(24, 2)), NTC, "NC", fixed=True, rows=12)
    torch_refused("refuse_window_open", nn.Sequential(nn.Flatten(), nn.Linear(36, 2)), NTC, "NC", [["--time-axis"], ["1"], ["2"]], fixed=True)
    torch_case("window_linear_forecast", Of(lambda m, x: m.f(x.transpose(1, 2)), f=nn.Linear(12, 5)), NTC, "NCP", fixed=True, rows=12)


def pairs():
    def graph():
        g = Graph(13)
        x, c = g.input("x", 1, 3), g.input("ctx", 1, 4)
        e = g.op("Tanh", [g.op("Add", [g.op("MatMul", [x, g.weight(3, 4)]), g.op("MatMul", [c, g.weight(4, 4)])])])
        g.output("score", g.op("MatMul", [e, g.weight(4, 1)]), 1, 1)
        g.output("embedding", e, 1, 4)
        return g

    def step(g, x, c):
        e = torch.tanh(x @ g.value("w0") + c @ g.value("w1"))
        return e @ g.value("w2"), e

    def carried(x):
        e, scores = torch.zeros(1, 4).double(), []
        for row in x:
            score, e = step(fed, row.unsqueeze(0), e)
            scores.append(score)
        return torch.cat(scores)

    free, fed = graph(), graph()
    built("pair_of_inputs", free, lambda x, c: step(free, x, c), [Input("x", "TC", 3), Input("ctx", "TC", 4)], [Output("score", "TC"), Output("embedding", "TC")], mode="stepper", options=["--state", "none"])
    built("pair_that_is_a_state", fed, carried, Input("x", "TC", 3), [Output("score", "TC")], mode="stepper", options=["--state", "ctx=embedding"])
    built_refused("refuse_state_or_input", graph(), [["ctx"], ["embedding"], ["--state"]])

