"""What is done to each frame, and along time without a window: functions, shapes, lags, sums."""

import torch
from torch import nn
from torch.nn import functional as F

from onnxcases.case import Input
from onnxcases.exported import Of, seeded, torch_case, torch_refused

NTC = Input("x", "NTC", 3)
NCT = Input("x", "NCT", 3)


def head(name, function, layout="NTC", opset=13, **more):
    torch_case("frame_" + name, Of(lambda m, x: function(m.f(x)), f=nn.Linear(3, 4)), NTC, layout, opset, **more)


def add():
    seeded(4)
    activations = [
        nn.ELU(0.7), nn.SELU(), nn.CELU(0.6), nn.GELU(), nn.GELU("tanh"), nn.SiLU(), nn.Softplus(), nn.Softsign(), nn.Hardsigmoid(),
        nn.LeakyReLU(0.2), nn.LogSigmoid(), nn.Hardtanh(-0.5, 0.8), nn.PReLU(), nn.Tanhshrink(), nn.Hardshrink(), nn.Softshrink(0.2),
    ]
    torch_case("frame_activations", Of(lambda m, x: torch.cat([a(x) for a in m.all], 2), all=nn.ModuleList(activations)), NTC, "NTC", opset=14)
    torch_case("frame_functions", Of(lambda m, x: torch.cat([torch.exp(x), torch.log(x.abs() + 1), torch.sqrt(x.abs()), torch.sin(x), torch.cos(x), torch.atan(x), torch.erf(x), torch.floor(x), torch.round(x), torch.sign(x), x**3, x.abs() ** 0.3, 1 / (x * x + 1), torch.rsqrt(x.abs() + 0.1), torch.clamp(x, -0.3), torch.clamp(x, max=0.3), torch.maximum(x, -x), torch.fmod(x, 0.7)], 2)), NTC, "NTC")
    torch_case("frame_prelu_channels", nn.PReLU(3), NCT, "NCT")
    torch_case("frame_masks", Of(lambda m, x: torch.cat([torch.where(x > 0, x, x * 2), (x > 0.5).to(x.dtype), x.masked_fill(x < 0, 3.0), ((x > 0) & (x < 1)).to(x.dtype)], 2)), NTC, "NTC")
    head("softmax", lambda y: torch.softmax(y, 2), opset=9)
    head("log_softmax_middle", lambda y: torch.log_softmax(y.transpose(1, 2), 1), "NCT", opset=12)
    torch_case("frame_layer_norm", nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4)), NTC, "NTC", 11)
    torch_case("frame_layer_norm_17", nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4)), NTC, "NTC", 17)
    head("rms_norm", lambda y: y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + 1e-6))
    head("l2_normalise", lambda y: F.normalize(y, dim=-1))
    head("max_over_channels", lambda y: y.max(-1)[0], "NT")
    head("argmax", lambda y: y.argmax(-1), "NT", opset=12)
    head("top_2", lambda y: y.topk(2, -1)[0])
    head("norm_and_sum", lambda y: torch.stack([y.norm(dim=2), y.sum(2), y.mean(2), y.prod(2), torch.logsumexp(y, 2), y.amin(2)], 2))
    head("std_over_channels", lambda y: y.std(2, keepdim=True))
    head("stack_heads", lambda y: torch.stack([y, y * 2], 3).flatten(2))
    head("chunk", lambda y: torch.cat([b * torch.sigmoid(a) for a, b in [y.chunk(2, 2)]], 2))
    head("split_uneven", lambda y: torch.cat([y[..., 3:], y.split([1, 2, 1], 2)[1]], 2))
    head("reshape_heads", lambda y: y.view(y.size(0), y.size(1), 2, 2).permute(0, 2, 1, 3), "NHTC")
    head("roll_channels", lambda y: torch.roll(y, 1, 2))
    head("index_channels", lambda y: y[..., [2, 0, 1]])
    head("einsum", lambda y: torch.einsum("btc,cd->btd", y, torch.arange(12.0, dtype=y.dtype).reshape(4, 3)))
    head("outer_product", lambda y: (y.unsqueeze(3) * y.unsqueeze(2)).flatten(2))
    head("batch_matmul", lambda y: torch.matmul(y.view(1, -1, 2, 2), y.view(1, -1, 2, 2)).flatten(2))
    head("expand_and_concat", lambda y: torch.cat([y, torch.ones(1, 1, 2, dtype=y.dtype).expand(1, y.size(1), 2)], 2))
    head("repeat_channels", lambda y: y.repeat(1, 1, 2))
    head("pairwise_attention_in_frame", lambda y: torch.softmax(y.view(1, -1, 2, 2) @ y.view(1, -1, 2, 2).transpose(2, 3), -1).flatten(2))
    head("embedding_norm", lambda y: (y - y.mean(-1, keepdim=True)) / (y.std(-1, keepdim=True) + 1e-5))
    torch_case("frame_weight_times_x", Of(lambda m, x: torch.matmul(m.w, x), w=torch.randn(4, 3)), NCT, "NCT")
    torch_case("frame_mixer", Of(lambda m, x: x + m.b(F.gelu(m.a(x))), a=nn.Linear(3, 5), b=nn.Linear(5, 3)), NTC, "NTC", opset=17)
    torch_case("frame_mlp_fixed", nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), NTC, "NTC", fixed=True)
    torch_case("frame_mlp_dynamic_batch", nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), Input("x", "TC", 3), "TC", time="batch")
    along_time()


def along_time():
    for name, function, layout in [
        ("difference", lambda x: x[:, 1:] - x[:, :-1], "NTC"),
        ("difference_padded", lambda x: x - F.pad(x, (0, 0, 1, 0))[:, :-1], "NTC"),
        ("second_difference", lambda x: x[:, 2:] - 2 * x[:, 1:-1] + x[:, :-2], "NTC"),
        ("lag_3", lambda x: torch.cat([x[:, 3:], x[:, :-3]], 2), "NTC"),
        ("lags_padded", lambda x: torch.cat([F.pad(x, (0, 0, k, 0))[:, : x.size(1)] for k in range(4)], 2), "NTC"),
        ("zeros_before", lambda x: torch.cat([torch.zeros(1, 1, 3, dtype=x.dtype), x[:, :-1]], 1), "NTC"),
        ("returns", lambda x: torch.log(x[:, 1:].abs() + 1) - torch.log(x[:, :-1].abs() + 1), "NTC"),
        ("every_second", lambda x: x[:, ::2], "NTC"),
        ("every_third_from_1", lambda x: x[:, 1::3], "NTC"),
        ("drop_first", lambda x: x[:, 4:], "NTC"),
        ("drop_last", lambda x: x[:, :-2], "NTC"),
        ("cumsum", lambda x: torch.cumsum(x, 1), "NTC"),
        ("cumsum_after_stride", lambda x: torch.cumsum(x[:, ::2], 1), "NTC"),
        ("cumulative_mean", lambda x: torch.cumsum(x, 1) / torch.arange(1, x.size(1) + 1, dtype=x.dtype).view(1, -1, 1), "NTC"),
        ("moving_sum", lambda x: torch.cumsum(x, 1)[:, 3:] - torch.cumsum(x, 1)[:, :-3], "NTC"),
        ("mean", lambda x: x.mean(1), "NC"),
        ("sum_keep", lambda x: x.sum(1, keepdim=True).flatten(1), "NC"),
        ("max_and_min", lambda x: torch.cat([x.amax(1), x.amin(1)], 1), "NC"),
        ("standard_deviation", lambda x: x.std(1), "NC"),
        ("norm", lambda x: x.norm(dim=1), "NC"),
        ("last", lambda x: x[:, -1] * 2, "NC"),
        ("last_minus_mean", lambda x: x[:, -1] - x.mean(1), "NC"),
        ("first", lambda x: x[:, 0], "NC"),
        ("last_minus_first", lambda x: x[:, -1] - x[:, 0], "NC"),
        ("position", lambda x: x * torch.arange(x.size(1), dtype=x.dtype).view(1, -1, 1), "NTC"),
        ("moving_average_pool", lambda x: F.avg_pool1d(x.transpose(1, 2), 5, 1).transpose(1, 2), "NTC"),
        ("decompose_trend", lambda x: x - F.avg_pool1d(F.pad(x.transpose(1, 2), (2, 2), mode="replicate"), 5, 1).transpose(1, 2), "NTC"),
        ("pairs", lambda x: x.reshape(1, -1, 6), "NTC"),
        ("unfold", lambda x: torch.stack([x[:, k : x.size(1) - 3 + k] for k in range(4)], 3).flatten(2), "NTC"),
        ("repeat_frames", lambda x: x.unsqueeze(2).expand(-1, -1, 3, -1).reshape(1, -1, 3), "NTC"),
        ("space_to_depth", lambda x: x.reshape(1, x.size(1) // 2, 2, 3).transpose(2, 3).flatten(2), "NTC"),
    ]:
        more = {"multiple": 2} if name in ("pairs", "space_to_depth") else {}
        torch_case("time_" + name, Of(lambda m, x, f=function: f(x)), NTC, layout, **more)
    table = torch.randn(40, 3)
    torch_case("time_positions_learnt", Of(lambda m, x: m.f(x + m.p[: x.size(1)].unsqueeze(0)), p=table, f=nn.Linear(3, 2)), NTC, "NTC", rows=30)
    torch_refused("refuse_minus_mean", Of(lambda m, x: x - x.mean(1, keepdim=True)), NTC, "NTC", [["time"], ["mean", "reducemean", "sub"]])
    torch_refused("refuse_min_max_scaling", Of(lambda m, x: (x - x.amin(1, keepdim=True)) / (x.amax(1, keepdim=True) - x.amin(1, keepdim=True))), NTC, "NTC", [["time"], ["min", "max"]])
    torch_refused("refuse_softmax_over_time", Of(lambda m, x: torch.softmax(x, 1)), NTC, "NTC", [["softmax"], ["time"]])
    torch_refused("refuse_sort_over_time", Of(lambda m, x: torch.topk(x, 2, 1)[0]), NTC, "NTC", [["topk"], ["time"]])
    torch_refused("refuse_roll_over_time", Of(lambda m, x: torch.roll(x, 1, 1)), NTC, "NTC", [["concat"], ["time"]])
