"""Whole networks as people publish them."""

import torch
from torch import nn
from torch.nn import functional as F

from onnxcases.case import Input, Output
from onnxcases.convolutions import Causal, trained
from onnxcases.exported import Of, seeded, torch_case, torch_refused

NTC = Input("x", "NTC", 3)
NCT = Input("x", "NCT", 3)


def add():
    seeded(6)
    speech()
    series()
    heads()
    audio()
    torch_refused("refuse_transformer", nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), Input("x", "NTC", 4), "NTC", [["time"], ["matmul", "softmax", "reshape"]], opset=14)
    torch_refused("refuse_multihead_attention", Of(lambda m, x: m.a(x, x, x)[0], a=nn.MultiheadAttention(4, 2)), Input("x", "TNC", 4), "TNC", [["time"]], opset=14)
    torch_refused("refuse_fixed_batch_of_4", Of(lambda m, x: m.r(x)[0], r=nn.GRU(3, 2, batch_first=True)), Input("x", "BTC", 4, 3), "BTC", [["batch"]])
    torch_refused("refuse_random_noise", Of(lambda m, x: x + torch.randn_like(x)), NTC, "NTC", [["random"]])
    torch_case("window_d_linear", Of(lambda m, x: m.f(x.transpose(1, 2)).transpose(1, 2), f=nn.Linear(12, 4)), NTC, "NPC", fixed=True, rows=12)


def speech():
    crop = Of(lambda m, x: m.l(torch.relu(m.b(torch.relu(m.a(x.unsqueeze(1))))).transpose(1, 2).flatten(2)), a=nn.Conv2d(1, 2, 3, 2), b=nn.Conv2d(2, 2, 3, 2), l=nn.Linear(4, 3))
    torch_case("whole_conv2d_subsampling", crop, Input("x", "NTC", 11), "NTC", rows=30, length=24)
    lookahead = Of(lambda m, x: m.c(F.pad(m.r(x)[0].transpose(1, 2), (0, 2))).transpose(1, 2), r=nn.GRU(3, 4, batch_first=True), c=nn.Conv1d(4, 4, 3, groups=4))
    torch_case("whole_lookahead_conv", lookahead, NTC, "NTC")
    pyramid = Of(lambda m, x: m.b(m.a(x)[0].reshape(1, -1, 8))[0], a=nn.LSTM(3, 4, batch_first=True), b=nn.LSTM(8, 3, batch_first=True))
    torch_case("whole_pyramid_lstm", pyramid, NTC, "NTC", multiple=2)
    conformer = Of(lambda m, x: x + m.p(F.silu(m.n(F.conv1d(F.pad(F.glu(m.e(m.l(x).transpose(1, 2)), 1), (4, 0)), m.d.weight, m.d.bias, groups=3)))).transpose(1, 2), l=nn.LayerNorm(3), e=nn.Conv1d(3, 6, 1), d=nn.Conv1d(3, 3, 5, groups=3), n=trained(nn.BatchNorm1d(3)), p=nn.Conv1d(3, 3, 1))
    torch_case("whole_conformer_convolution", conformer, NTC, "NTC", opset=17)
    deltas = Of(lambda m, x: torch.cat([x, F.conv1d(F.pad(x, (2, 2), mode="replicate"), m.k, groups=3) / 10], 1), k=torch.tensor([-2.0, -1, 0, 1, 2]).repeat(3, 1, 1))
    torch_case("whole_delta_features", deltas, NCT, "NCT")
    norm = Of(lambda m, x: m.c(((x - m.mean) / m.std).transpose(1, 2)).transpose(1, 2), mean=torch.randn(3), std=torch.rand(3) + 0.5, c=Causal(3, 2, 3))
    torch_case("whole_given_statistics", norm, NTC, "NTC")
    spectrum = Of(lambda m, x: torch.log(m.c(x.unsqueeze(1)).pow(2) + 1e-3), c=nn.Conv1d(1, 4, 6, 3, bias=False))
    torch_case("whole_log_spectrum", spectrum, Input("x", "NT"), "NCT", rows=30)
    torch_case("whole_keyword_dscnn", nn.Sequential(nn.Conv2d(1, 3, (4, 3), (2, 2), (1, 1)), trained(nn.BatchNorm2d(3)), nn.ReLU(), nn.Conv2d(3, 3, 3, 1, 1, groups=3), nn.ReLU(), nn.Conv2d(3, 4, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)), Input("x", "NCTW", 1, 6), "NC")
    tdnn = Of(lambda m, x: m.f(stats(m.t(x))), t=nn.Sequential(nn.Conv1d(3, 4, 3), nn.ReLU(), nn.Conv1d(4, 4, 3, dilation=2), nn.ReLU()), f=nn.Linear(8, 3))
    torch_case("whole_x_vector", tdnn, NCT, "NC")


def stats(y):
    return torch.cat([y.mean(2), y.std(2)], 1)


def series():
    inception = Of(lambda m, x: torch.relu(m.n(torch.cat([c(m.i(x)) for c in m.c] + [m.p(F.max_pool1d(x, 3, 1, 1))], 1))), i=nn.Conv1d(3, 2, 1, bias=False), c=nn.ModuleList(nn.Conv1d(2, 2, k, padding=k // 2) for k in (3, 5, 7)), p=nn.Conv1d(3, 2, 1), n=trained(nn.BatchNorm1d(8)))
    torch_case("whole_inception_time", inception, NCT, "NCT")
    down = Of(lambda m, x: torch.relu(m.n2(m.b(torch.relu(m.n1(m.a(x))))) + m.s(x)), a=nn.Conv1d(3, 4, 3, 2, 1), n1=trained(nn.BatchNorm1d(4)), b=nn.Conv1d(4, 4, 3, 1, 1), n2=trained(nn.BatchNorm1d(4)), s=nn.Conv1d(3, 4, 1, 2))
    torch_case("whole_resnet_downsampling", Of(lambda m, x: m.f(m.d(F.max_pool1d(m.c(x), 3, 2, 1)).mean(2)), c=nn.Conv1d(3, 3, 7, 2, 3), d=down, f=nn.Linear(4, 2)), NCT, "NC", rows=30)
    split = Of(lambda m, x: torch.stack([x[..., ::2] * torch.exp(torch.tanh(m.a(x[..., 1::2]))), x[..., 1::2] * torch.exp(torch.tanh(m.b(x[..., ::2])))], 3).flatten(2), a=nn.Conv1d(3, 3, 3, padding=1), b=nn.Conv1d(3, 3, 3, padding=1))
    torch_case("whole_even_odd_interaction", split, NCT, "NCT", multiple=2)
    haar = Of(lambda m, x: torch.cat([x[..., ::2] + x[..., 1::2], x[..., ::2] - x[..., 1::2]], 1))
    torch_case("whole_haar", haar, NCT, "NCT", multiple=2)
    valid = Of(lambda m, x: m.b(m.a(x)) + x[..., 2 : x.shape[2] - 2], a=nn.Conv1d(3, 3, 3), b=nn.Conv1d(3, 3, 3))
    torch_case("whole_valid_residual", valid, NCT, "NCT")
    causal_crop = Of(lambda m, x: m.a(x) + x[..., -m.a(x).size(2) :], a=nn.Conv1d(3, 3, 5))
    torch_case("whole_residual_of_the_last", causal_crop, NCT, "NCT")
    highway = Of(lambda m, x: torch.sigmoid(m.t(x)) * torch.relu(m.h(x)) + (1 - torch.sigmoid(m.t(x))) * x, t=nn.Linear(3, 3), h=nn.Linear(3, 3))
    torch_case("whole_highway", highway, NTC, "NTC")
    experts = Of(lambda m, x: torch.einsum("bte,bteh->bth", torch.softmax(m.g(x), -1), m.e(x).view(1, x.size(1), 3, 2)), g=nn.Linear(3, 3), e=nn.Linear(3, 6))
    torch_case("whole_mixture_of_experts", experts, NTC, "NTC")
    cldnn = Of(lambda m, x: m.f(m.r(m.c(x).transpose(1, 2))[0][:, -1]), c=nn.Sequential(nn.Conv1d(3, 4, 3, padding=1), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(4, 4, 3, padding=1), nn.ReLU()), r=nn.LSTM(4, 4, 2, batch_first=True), f=nn.Sequential(nn.Linear(4, 3), nn.Softmax(1)))
    torch_case("whole_cnn_lstm_classifier", cldnn, NCT, "NC", batch="batch")
    forecaster = Of(lambda m, x: m.f(m.r(x)[1][0][-1]).view(-1, 4, 1), r=nn.LSTM(3, 4, batch_first=True), f=nn.Linear(4, 4))
    torch_case("whole_forecast_of_4", forecaster, NTC, "NHC", batch="batch")
    torch_case("whole_gru_d_masks", Of(lambda m, x, k: m.r(torch.cat([x * k + m.mean * (1 - k), k], 2))[0], mean=torch.randn(3), r=nn.GRU(6, 3, batch_first=True)), [NTC, Input("mask", "NTC", 3)], "NTC")


def heads():
    mixture = [Output("pi", "NTC"), Output("mu", "NTKC"), Output("sigma", "NTKC")]
    torch_case("several_mixture_density", Of(lambda m, x: (torch.softmax(m.p(m.r(x)[0]), -1), m.m(m.r(x)[0]).view(1, -1, 2, 3), torch.exp(m.s(m.r(x)[0])).view(1, -1, 2, 3)), r=nn.LSTM(3, 4, batch_first=True), p=nn.Linear(4, 2), m=nn.Linear(4, 6), s=nn.Linear(4, 6)), NTC, mixture)
    torch_case("several_class_and_score", Of(lambda m, x: (m.f(x).argmax(-1), torch.sigmoid(m.f(x)).amax(-1)), f=nn.Linear(3, 4)), NTC, [Output("label", "NT"), Output("score", "NT")])
    torch_case("several_reconstruction_and_code", Of(lambda m, x: (m.d(m.e(x)[0])[0], m.e(x)[0]), e=nn.GRU(3, 2, batch_first=True), d=nn.GRU(2, 3, batch_first=True)), NTC, [Output("x_hat", "NTC"), Output("z", "NTC")])
    torch_case("several_delays", Of(lambda m, x: (m.a(x), m.b(x)), a=nn.Conv1d(3, 2, 5, padding=2), b=nn.Conv1d(3, 1, 1)), NCT, [Output("slow", "NCT"), Output("quick", "NCT")])
    torch_case("several_three_inputs", Of(lambda m, a, b, c: m.r(torch.cat([a, m.e(b), c.unsqueeze(2)], 2))[0], e=nn.Embedding(5, 2), r=nn.GRU(6, 3, batch_first=True)), [NTC, Input("kind", "NT", tokens=5), Input("load", "NT")], "NTC")
    torch_case("several_lstm_with_its_states", Of(lambda m, x: (m.r(x)[0], *m.r(x)[1]), r=nn.LSTM(3, 4, batch_first=True)), NTC, [Output("seq", "NTC")], options=["--out", "seq"])
    torch_case("head_quantiles", Of(lambda m, x: torch.stack([f(m.r(x)[0]) for f in m.f], -1), r=nn.GRU(3, 4, batch_first=True), f=nn.ModuleList(nn.Linear(4, 1) for _ in range(3))), NTC, "NTCQ")
    torch_case("head_threshold", Of(lambda m, x: (torch.sigmoid(m.f(x)) > 0.5).float() if x.dtype == torch.float32 else (torch.sigmoid(m.f(x)) > 0.5).double(), f=nn.Linear(3, 2)), NTC, "NTC")
    torch_case("head_time2vec", Of(lambda m, x: torch.cat([m.a(x), torch.sin(m.b(x))], -1), a=nn.Linear(3, 1), b=nn.Linear(3, 4)), NTC, "NTC")


def audio():
    hifi = Of(lambda m, x: torch.tanh(m.o(F.leaky_relu(sum(c(F.leaky_relu(m.u(x), 0.1)) for c in m.c) / 2))), u=nn.ConvTranspose1d(3, 4, 4, 2, 1), c=nn.ModuleList(nn.Conv1d(4, 4, k, padding=(k - 1) * d // 2, dilation=d) for k, d in ((3, 1), (3, 3))), o=nn.Conv1d(4, 1, 7, padding=3))
    torch_case("whole_hifi_gan", hifi, NCT, "NCT")
    encodec = Of(lambda m, x: F.elu(m.b(F.pad(F.elu(m.a(F.pad(x, (2, 0), mode="reflect"))), (2, 0), mode="reflect"))), a=nn.Conv1d(3, 4, 3), b=nn.Conv1d(4, 2, 4, 2))
    torch_case("whole_encodec_encoder", encodec, NCT, "NCT")
    demucs = Of(lambda m, x: m.d(F.glu(m.g(m.l(torch.relu(m.e(x)).permute(2, 0, 1))[0].permute(1, 2, 0)), 1)), e=nn.Conv1d(3, 4, 4, 2), l=nn.LSTM(4, 4), g=nn.Conv1d(4, 8, 1), d=nn.ConvTranspose1d(4, 2, 4, 2))
    torch_case("whole_demucs", demucs, NCT, "NCT", multiple=2)
    repeated = Of(lambda m, x: m.c(F.interpolate(x, scale_factor=3.0)), c=Causal(3, 2, 3))
    torch_case("whole_repeated_conditioning", repeated, NCT, "NCT")
    tcn = Of(lambda m, x: m.b(F.layer_norm(F.relu(m.a(x)).transpose(1, 2), (4,)).transpose(1, 2)), a=Causal(3, 4, 3, 2), b=Causal(4, 2, 2, 4))
    torch_case("whole_tcn_layer_norm", tcn, NCT, "NCT", opset=13)
    gated = Of(lambda m, x: m.o(torch.tanh(m.f(x)) * torch.sigmoid(m.g(x)) + m.s(x)), f=Causal(3, 4, 3, 2), g=Causal(3, 4, 3, 2), s=nn.Conv1d(3, 4, 1), o=nn.Conv1d(4, 2, 1))
    torch_case("whole_gated_convolution", gated, NCT, "NCT", batch="batch")
    pad_multiple = Of(lambda m, x: m.c(F.pad(x, (m.k - 1, m.k - 1)))[..., : x.size(2)], c=nn.Conv1d(3, 2, 4))
    pad_multiple.k = 4
    torch_case("whole_padded_and_cropped_to_length", pad_multiple, NCT, "NCT")
