"""Networks as applications export them, weight normalisation and resizing to a branch's length included."""

import copy

import torch
from torch import nn
from torch.nn import functional as F

from onnxcases.case import Input, Output
from onnxcases.convolutions import Causal, Chomp, trained
from onnxcases.exported import Of, sample, seeded, torch_case, torch_refused

NTC = Input("x", "NTC", 3)
NCT = Input("x", "NCT", 3)
norm = nn.utils.weight_norm


def normed(name, module, entry, layout, **more):
    """Of modules whose weights are made anew at each call, which can't be copied but without gradients."""
    with torch.no_grad():
        module(sample(entry, 24))
        torch_case("app_" + name, module, entry, layout, like=copy.deepcopy(module), **more)


def block(ins, outs, dilation):
    first, second = nn.Conv1d(ins, outs, 3, padding=2 * dilation, dilation=dilation), nn.Conv1d(outs, outs, 3, padding=2 * dilation, dilation=dilation)
    return nn.Sequential(norm(first), Chomp(2 * dilation), nn.ReLU(), nn.Dropout(0.1), norm(second), Chomp(2 * dilation), nn.ReLU())


class UNet(nn.Module):
    """Resizes to the length of the branch that it meets."""

    def __init__(self):
        super().__init__()
        sizes = [(2, 4), (4, 6), (6, 6), (12, 4), (8, 2)]
        self.convs = nn.ModuleList(nn.Conv1d(a, b, 3, padding=1) for a, b in sizes)

    def forward(self, x):
        a = torch.relu(self.convs[0](x))
        b = torch.relu(self.convs[1](F.max_pool1d(a, 2)))
        c = torch.relu(self.convs[2](F.max_pool1d(b, 2)))
        d = torch.relu(self.convs[3](torch.cat([F.interpolate(c, size=b.shape[2:]), b], 1)))
        return self.convs[4](torch.cat([F.interpolate(d, size=a.shape[2:]), a], 1))


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense, self.gains, self.voice = nn.Linear(5, 4), nn.Linear(6, 3), nn.Linear(4, 1)
        self.a, self.b, self.c = nn.GRU(4, 4, batch_first=True), nn.GRU(13, 5, batch_first=True), nn.GRU(14, 6, batch_first=True)

    def forward(self, x):
        t = torch.tanh(self.dense(x))
        a = self.a(t)[0]
        b = self.b(torch.cat([t, a, x], -1))[0]
        c = self.c(torch.cat([a, b, x], -1))[0]
        return torch.sigmoid(self.gains(c)), torch.sigmoid(self.voice(a))


class Separator(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList(nn.Sequential(nn.Conv1d(a, 4, 4, 2, 1), nn.ReLU(), nn.Conv1d(4, 8, 1), nn.GLU(1)) for a in (1, 4))
        self.lstm, self.up = nn.LSTM(4, 4), nn.ConvTranspose1d(4, 2, 8, 4, 2)

    def forward(self, x):
        x = self.down[1](self.down[0](x))
        return self.up(self.lstm(x.permute(2, 0, 1))[0].permute(1, 2, 0) + x)


class SqueezeExcite(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(3, 2), nn.Linear(2, 3)

    def forward(self, x, mean):
        return x * torch.sigmoid(self.b(torch.relu(self.a(mean.transpose(1, 2))))).transpose(1, 2)


def running_mean(x):
    return torch.cumsum(x, 2) / torch.arange(1, x.size(2) + 1, dtype=x.dtype)


def add():
    seeded(11)
    tcn = Of(lambda m, x: m.l(torch.relu(m.b(torch.relu(m.a(x) + m.d(x)))).transpose(1, 2)), a=block(3, 4, 1), d=nn.Conv1d(3, 4, 1), b=block(4, 5, 2), l=nn.Linear(5, 2))
    normed("tcn_weight_norm", tcn, NCT, "NTC", opset=11, rows=30)
    reflect = nn.Sequential(nn.ReflectionPad1d(3), norm(nn.Conv1d(3, 8, 7)), nn.LeakyReLU(0.2), norm(nn.ConvTranspose1d(8, 4, 4, 2, 1)), nn.LeakyReLU(0.2), nn.ReflectionPad1d(3), norm(nn.Conv1d(4, 1, 7)), nn.Tanh())
    normed("vocoder_reflect_pad", reflect, NCT, "NCT", rows=16)
    image = nn.Sequential(nn.Conv2d(1, 3, 3, padding=1), trained(nn.BatchNorm2d(3)), nn.ReLU(), nn.MaxPool2d((2, 1)), nn.Conv2d(3, 2, 3, padding=1), nn.ELU(), nn.MaxPool2d((2, 2)))
    torch_case("app_spectrogram_crnn", Of(lambda m, x: m.f(m.g(m.c(x).permute(0, 3, 1, 2).flatten(2))[0]), c=image, g=nn.GRU(4, 3, batch_first=True), f=nn.Linear(3, 2)), Input("x", "NCWT", 1, 8), "NTC", rows=24, multiple=2)
    activity = dict(c=nn.Sequential(nn.Conv2d(1, 4, (3, 1)), nn.ReLU(), nn.Conv2d(4, 4, (3, 1)), nn.ReLU()), r=nn.LSTM(12, 5, 2), o=nn.Linear(5, 3))
    torch_case("app_deep_conv_lstm", Of(lambda m, x: m.o(m.r(m.c(x.unsqueeze(1)).permute(2, 0, 1, 3).flatten(2))[0].transpose(0, 1)), **activity), NTC, "NTC", opset=12)
    torch_case("app_deep_conv_lstm_last", Of(lambda m, x: m.o(m.r(m.c(x.unsqueeze(1)).permute(2, 0, 1, 3).flatten(2))[0][-1]), **activity), NTC, "NC", opset=12)
    torch_case("app_running_squeeze_excite", Of(lambda m, x: m.s(x, running_mean(x)), s=SqueezeExcite()), NCT, "NCT")
    torch_case("app_separator", Separator(), Input("x", "NCT", 1), "NCT", rows=24, multiple=4)
    torch_case("app_denoiser", Denoiser(), Input("x", "NTC", 5), [Output("gains", "NTC"), Output("voice", "NTC")], opset=15)
    torch_case("app_unet_resized_to_branches", UNet(), Input("x", "NCT", 2), "NCT", rows=24, multiple=4, length=16, note="multiple of 4")
    coder = Of(lambda m, x: m.o(m.d(m.e(x)[1][0][-1].unsqueeze(1).repeat(1, x.size(1), 1))[0]), e=nn.LSTM(3, 4, batch_first=True), d=nn.LSTM(4, 4, batch_first=True), o=nn.Linear(4, 3))
    torch_refused("refuse_lstm_autoencoder", coder, NTC, "NTC", [["end", "sequence"]])
    torch_refused("refuse_lstm_autoencoder_fixed", coder, NTC, "NTC", [["end", "sequence"]], fixed=True)
    torch_refused("refuse_squeeze_excite_module", Of(lambda m, x: m.s(x, F.adaptive_avg_pool1d(x, 1)), s=SqueezeExcite()), NCT, "NCT", [["end", "time"]])
