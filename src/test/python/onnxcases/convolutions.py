"""Windows over time: convolutions, pools, whole networks of them."""

import torch
from torch import nn
from torch.nn import functional as F

from onnxcases.case import Input
from onnxcases.exported import Of, seeded, torch_case, torch_refused

X = Input("x", "NCT", 3)


class Causal(nn.Module):
    def __init__(self, ins, outs, kernel, dilation=1, stride=1, groups=1):
        super().__init__()
        self.pad = (kernel - 1) * dilation
        self.conv = nn.Conv1d(ins, outs, kernel, stride, 0, dilation, groups)

    def forward(self, x):
        return self.conv(F.pad(x, (self.pad, 0)))


class Chomp(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size

    def forward(self, x):
        return x[:, :, : -self.size].contiguous()


class TemporalBlock(nn.Module):
    def __init__(self, ins, outs, kernel, dilation):
        super().__init__()
        pad = (kernel - 1) * dilation
        norm = nn.utils.weight_norm
        self.net = nn.Sequential(
            norm(nn.Conv1d(ins, outs, kernel, padding=pad, dilation=dilation)), Chomp(pad), nn.ReLU(), nn.Dropout(0.2),
            norm(nn.Conv1d(outs, outs, kernel, padding=pad, dilation=dilation)), Chomp(pad), nn.ReLU(), nn.Dropout(0.2),
        )
        self.down = nn.Conv1d(ins, outs, 1) if ins != outs else None

    def forward(self, x):
        return torch.relu(self.net(x) + (x if self.down is None else self.down(x)))


def plain_tcn(*sizes):
    blocks = [TemporalBlock(a, b, 3, 2**i) for i, (a, b) in enumerate(zip(sizes, sizes[1:]))]
    for module in nn.Sequential(*blocks).modules():
        if hasattr(module, "weight_g"):
            nn.utils.remove_weight_norm(module)
    return nn.Sequential(*blocks)


class WaveNet(nn.Module):
    def __init__(self, ins, width, outs, layers):
        super().__init__()
        self.first = Causal(ins, width, 2)
        self.gates = nn.ModuleList(Causal(width, 2 * width, 2, 2**i) for i in range(layers))
        self.residual = nn.ModuleList(nn.Conv1d(width, width, 1) for _ in range(layers))
        self.skip = nn.ModuleList(nn.Conv1d(width, width, 1) for _ in range(layers))
        self.head = nn.Sequential(nn.ReLU(), nn.Conv1d(width, width, 1), nn.ReLU(), nn.Conv1d(width, outs, 1))

    def forward(self, x):
        x = self.first(x)
        total = 0
        for gate, residual, skip in zip(self.gates, self.residual, self.skip):
            a, b = gate(x).chunk(2, 1)
            z = torch.tanh(a) * torch.sigmoid(b)
            x = x + residual(z)
            total = total + skip(z)
        return self.head(total)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.in1, self.down1 = nn.Conv1d(2, 3, 3, padding=1), nn.Conv1d(3, 4, 4, stride=2, padding=1)
        self.down2, self.mid = nn.Conv1d(4, 4, 4, stride=2, padding=1), nn.Conv1d(4, 4, 3, padding=1)
        self.up2, self.up1 = nn.ConvTranspose1d(4, 4, 4, 2, 1), nn.ConvTranspose1d(8, 3, 4, 2, 1)
        self.out = nn.Conv1d(6, 2, 1)

    def forward(self, x):
        a = torch.relu(self.in1(x))
        b = torch.relu(self.down1(a))
        c = torch.relu(self.mid(torch.relu(self.down2(b))))
        d = torch.cat([self.up2(c), b], 1)
        return self.out(torch.cat([self.up1(d), a], 1))


class SqueezeExcite(nn.Module):
    """Over the width of each frame, not over time."""

    def __init__(self, channels):
        super().__init__()
        self.a, self.b = nn.Linear(channels, 2), nn.Linear(2, channels)

    def forward(self, x):  # N C T W
        s = x.mean(3).transpose(1, 2)
        s = torch.sigmoid(self.b(torch.relu(self.a(s)))).transpose(1, 2)
        return x * s.unsqueeze(3)


def one(name, module, layout="NCT", opset=13, **more):
    torch_case("conv_" + name, module, X, layout, opset=opset, **more)


def add():
    seeded(2)
    one("sym_k3", nn.Conv1d(3, 2, 3, padding=1), opset=11)
    one("s2_p1", nn.Conv1d(3, 2, 3, stride=2, padding=1), batch="batch")
    one("s3_k5_causal", Causal(3, 2, 5, stride=3), opset=9)
    one("s2_k1", nn.Conv1d(3, 2, 1, stride=2))
    one("padding_beyond_kernel", nn.Conv1d(3, 2, 2, padding=3), opset=9)
    one("reflect", nn.Conv1d(3, 2, 3, padding=1, padding_mode="reflect"))
    one("replicate", nn.Conv1d(3, 2, 5, padding=2, padding_mode="replicate", bias=False))
    one("depthwise_multiplier", nn.Conv1d(3, 6, 3, padding=1, groups=3), opset=14)
    one("two_symmetric", nn.Sequential(nn.Conv1d(3, 4, 5, padding=2), nn.ELU(), nn.Conv1d(4, 2, 3, padding=1)))
    one("valid_then_pad", Of(lambda m, x: F.pad(m.c(x), (2, 0)), c=nn.Conv1d(3, 2, 3)))
    one("pad_value", Of(lambda m, x: m.c(F.pad(x, (2, 1), value=0.5)), c=nn.Conv1d(3, 2, 3)))
    one("crop_start", Of(lambda m, x: m.c(x)[:, :, 2:], c=nn.Conv1d(3, 2, 3, padding=2)))
    one("crop_both", Of(lambda m, x: m.c(x)[:, :, 1:-1], c=nn.Conv1d(3, 2, 3, padding=2)))
    one("negative_pad", Of(lambda m, x: F.pad(m.c(x), (0, -2)), c=nn.Conv1d(3, 2, 3, padding=2)))
    one("double", nn.Conv1d(3, 2, 3, padding=2), double=True)
    one("fixed_causal", Causal(3, 2, 3, 2), fixed=True)
    one("fixed_symmetric", nn.Conv1d(3, 2, 3, padding=1), fixed=True)
    one("fixed_chomp", plain_tcn(3, 4, 2), fixed=True)

    for name, module in {
        "s2_k4_p1": nn.ConvTranspose1d(3, 2, 4, 2, 1),
        "s3_k5_p1_op2": nn.ConvTranspose1d(3, 2, 5, 3, 1, 2),
        "s2_k3_d3": nn.ConvTranspose1d(3, 2, 3, 2, dilation=3),
        "s1_k4": nn.ConvTranspose1d(3, 2, 4, bias=False),
        "s3_k2_gaps": nn.ConvTranspose1d(3, 2, 2, 3),
        "groups": nn.ConvTranspose1d(3, 6, 4, 2, 1, groups=3),
        "crop": Of(lambda m, x: m.c(x)[:, :, :-3], c=nn.ConvTranspose1d(3, 2, 5, 2)),
        "crop_start": Of(lambda m, x: m.c(x)[..., 3:], c=nn.ConvTranspose1d(3, 2, 5, 2)),
        "after_stride": nn.Sequential(nn.Conv1d(3, 3, 4, 4), nn.ReLU(), nn.ConvTranspose1d(3, 2, 4, 4)),
    }.items():
        more = {"multiple": 4, "rows": 24} if name == "after_stride" else {}
        torch_case("deconv_" + name, module, X, "NCT", **more)

    for name, module, opset in [
        ("max_k3_s1_p1", nn.MaxPool1d(3, 1, 1), 11),
        ("max_k3_s2_ceil", nn.MaxPool1d(3, 2, ceil_mode=True), 13),
        ("max_d2", nn.MaxPool1d(3, 1, 0, dilation=2), 12),
        ("average_k2", nn.AvgPool1d(2), 9),
        ("average_k3_s2_ceil", nn.AvgPool1d(3, 2, 1, ceil_mode=True, count_include_pad=False), 13),
        ("average_s2_p1", nn.AvgPool1d(4, 2, 2), 17),
        ("lp", nn.LPPool1d(2, 3, 2), 13),
        ("global_average", nn.Sequential(nn.Conv1d(3, 4, 3, padding=1), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(4, 2)), 13),
        ("global_max", nn.Sequential(nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(3, 2)), 13),
    ]:
        torch_case("pool_" + name, module, X, "NC" if "global" in name else "NCT", opset)

    torch_case("net_tcn", plain_tcn(3, 4, 4, 2), X, "NCT", rows=30)
    torch_case("net_wavenet", WaveNet(3, 4, 2, 3), X, "NCT", opset=11, batch="batch")
    torch_case("net_unet_two_levels", UNet(), Input("x", "NCT", 2), "NCT", rows=24, multiple=4)
    torch_case("net_resnet", Of(lambda m, x: x + m.b(torch.relu(m.a(x))), a=nn.Conv1d(3, 4, 3, padding=1), b=nn.Conv1d(4, 3, 3, padding=1)), X, "NCT")
    torch_case("net_batch_norm", nn.Sequential(nn.Conv1d(3, 4, 3, padding=1), trained(nn.BatchNorm1d(4)), nn.ReLU6(), nn.Conv1d(4, 2, 1)), X, "NCT", opset=10)
    torch_case("net_different_delays", Of(lambda m, x: m.a(x) + m.b(x) * m.c(x), a=nn.Conv1d(3, 2, 7, padding=3), b=nn.Conv1d(3, 2, 3, padding=1), c=Causal(3, 2, 3)), X, "NCT")
    torch_case("net_strided_skip", Of(lambda m, x: m.a(x) + m.b(x), a=nn.Conv1d(3, 2, 3, 2, 1), b=nn.Conv1d(3, 2, 1, 2)), X, "NCT")
    torch_case("net_upsample_nearest", nn.Sequential(nn.Conv1d(3, 3, 4, 2, 1), nn.Upsample(scale_factor=2), nn.Conv1d(3, 2, 3, padding=1)), X, "NCT", multiple=2)
    torch_case("net_upsample_linear", nn.Sequential(nn.Upsample(scale_factor=2, mode="linear"), nn.Conv1d(3, 2, 3, padding=1)), X, "NCT", opset=11)
    torch_case("net_interpolate_3", Of(lambda m, x: F.interpolate(m.c(x), scale_factor=3.0), c=nn.Conv1d(3, 2, 1)), X, "NCT", opset=9)
    torch_case("net_interpolate_like", Of(lambda m, x: F.interpolate(m.c(x), size=x.shape[2]) + x[:, :1], c=nn.Conv1d(3, 2, 2, 2)), X, "NCT", multiple=2, note="multiple of 2")
    torch_case("net_pixel_shuffle", Of(lambda m, x: shuffled(m.c(x), 2), c=nn.Conv1d(3, 4, 3, padding=1)), X, "NCT")
    torch_case("net_patches", Of(lambda m, x: m.f(x.reshape(1, -1, 4 * 3)), f=nn.Linear(12, 2)), Input("x", "NTC", 3), "NTC", rows=24, multiple=4, length=12)
    torch_case("net_patch_conv_gru", Of(lambda m, x: m.g(m.c(x.transpose(1, 2)).transpose(1, 2))[0], c=nn.Conv1d(3, 4, 4, 4), g=nn.GRU(4, 3, batch_first=True)), Input("x", "NTC", 3), "NTC")
    torch_case("net_glu", nn.Sequential(Causal(3, 4, 3), nn.GLU(1)), X, "NCT")
    torch_case("net_depthwise_separable", nn.Sequential(Causal(3, 3, 3, 2, groups=3), nn.SiLU(), nn.Conv1d(3, 4, 1), nn.Hardswish(), nn.Conv1d(4, 2, 1)), X, "NCT", opset=14)
    torch_case("net_dense_block", Of(lambda m, x: m.c(torch.cat([x, m.a(x), m.b(torch.cat([x, m.a(x)], 1))], 1)), a=Causal(3, 2, 3), b=Causal(5, 2, 3, 2), c=nn.Conv1d(7, 2, 1)), X, "NCT")
    torch_case("net_seq2one_conv", nn.Sequential(nn.Conv1d(3, 4, 3, 2), nn.ReLU(), nn.Conv1d(4, 4, 3, 2), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(4, 2), nn.LogSoftmax(1)), X, "NC", batch="batch")
    torch_case("net_autoencoder_errors", Of(lambda m, x: (x - m.net(x)).abs().mean(1, keepdim=True), net=nn.Sequential(nn.Conv1d(3, 4, 4, 2, 1), nn.ReLU(), nn.ConvTranspose1d(4, 3, 4, 2, 1))), X, "NCT", multiple=2)
    spatial()
    torch_refused("refuse_circular", nn.Conv1d(3, 2, 3, padding=1, padding_mode="circular"), X, "NCT", [["time"], ["concat"]])
    torch_refused("refuse_squeeze_excite_over_time", Of(lambda m, x: x * torch.sigmoid(m.f(x.mean(2))).unsqueeze(2), f=nn.Linear(3, 3)), X, "NCT", [["time"], ["mean", "mul"]])
    torch_refused("refuse_instance_norm", nn.InstanceNorm1d(3), X, "NCT", [["time"], ["instancenormalization"]])


def trained(norm):
    with torch.no_grad():
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.5, 2)
        norm.weight.uniform_(0.5, 2)
        norm.bias.normal_()
    return norm


def shuffled(x, factor):
    n, c, t = x.shape
    x = x.reshape(n, factor, c // factor, -1).permute(0, 2, 3, 1)
    return x.reshape(n, c // factor, -1)


def spatial():
    image = Input("x", "NCTW", 2, 5)
    for name, module, layout in [
        ("k3x3", nn.Conv2d(2, 3, 3, padding=1), "NCTW"),
        ("causal", Of(lambda m, x: m.c(F.pad(x, (1, 1, 2, 0))), c=nn.Conv2d(2, 3, 3)), "NCTW"),
        ("stride_width", nn.Conv2d(2, 3, (3, 3), (1, 2), (1, 1)), "NCTW"),
        ("stride_both", nn.Conv2d(2, 3, 3, 2, 1), "NCTW"),
        ("max_pool", nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.MaxPool2d(2)), "NCTW"),
        ("squeeze_excite", SqueezeExcite(2), "NCTW"),
        ("mean_width", Of(lambda m, x: m.c(x).mean(3), c=nn.Conv2d(2, 3, 3, padding=1)), "NCT"),
        ("deconv", nn.ConvTranspose2d(2, 2, (1, 3), (1, 2)), "NCTW"),
        ("deconv_time", nn.ConvTranspose2d(2, 2, (4, 3), (2, 2), (1, 1)), "NCTW"),
        ("global", nn.Sequential(nn.Conv2d(2, 3, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 2)), "NC"),
        ("upsample", nn.Upsample(scale_factor=2), "NCTW"),
        ("instance_norm_frames", Of(lambda m, x: m.i(x.transpose(1, 2).reshape(-1, 2, 5)), i=nn.InstanceNorm1d(2, affine=True)), "TCW"),
    ]:
        torch_case("image_" + name, module, image, layout)
    crnn = Of(lambda m, x: m.f(m.g(m.c(x).permute(0, 2, 1, 3).flatten(2))[0]),
              c=nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), trained(nn.BatchNorm2d(2)), nn.ReLU(), nn.MaxPool2d((1, 2))),
              g=nn.GRU(6, 4, batch_first=True), f=nn.Linear(4, 2))
    torch_case("image_crnn", crnn, Input("x", "NCTW", 1, 6), "NTC", batch="batch")
    torch_case("image_crnn_time_last", Of(lambda m, x: m.g(m.c(x).permute(3, 0, 1, 2).flatten(2))[0], c=nn.Conv2d(1, 2, 3, padding=1), g=nn.LSTM(8, 3)), Input("x", "NCWT", 1, 4), "TNC")
    torch_case("image_scalar_series_as_image", Of(lambda m, x: m.c(x.unsqueeze(1).unsqueeze(3)).squeeze(3), c=nn.Conv2d(1, 2, (3, 1))), Input("x", "NT"), "NCT")
    video = Input("x", "NCTHW", 1, 3, 4)
    torch_case("video_conv3d", nn.Sequential(nn.Conv3d(1, 2, 3, padding=1), nn.ReLU(), nn.AvgPool3d((1, 3, 4)), nn.Flatten(3)), video, "NCTW", rows=14)
    torch_case("video_conv3d_pool", nn.Sequential(nn.Conv3d(1, 2, (3, 2, 2)), nn.MaxPool3d((2, 2, 3))), video, "NCTHW", rows=14)
    torch_case("video_conv3d_gru", Of(lambda m, x: m.g(m.c(x).permute(0, 2, 1, 3, 4).flatten(2))[0][:, -1], c=nn.Conv3d(1, 2, (1, 3, 3)), g=nn.GRU(4, 3, batch_first=True)), video, "NC", rows=14)
    frames = Input("x", "NTCHW", 1, 4, 4)
    torch_case("video_time_distributed", Of(lambda m, x: distributed(m, x), c=nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2)), g=nn.LSTM(2, 3, batch_first=True)), frames, "NTC", rows=14)
    torch_case("video_time_distributed_dense", Of(lambda m, x: m.f(x.reshape(-1, 16)).reshape(1, -1, 3), f=nn.Linear(16, 3)), frames, "NTC", rows=14)


def distributed(m, x):
    n, t = x.shape[0], x.shape[1]
    y = m.c(x.reshape(n * t, *x.shape[2:]))
    return m.g(y.reshape(n, t, -1))[0]
