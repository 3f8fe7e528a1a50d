"""Builds the PyTorch twin of an Eddy model description, to train it or to compute its offline output.

A description's layer list becomes a torch.nn.Sequential: the list index is the module index and so the prefix of
the tensor names. Frames are [batch, time, channels] throughout.
"""

import torch
import torch.nn.functional as F
from torch import nn


class HardSigmoid(nn.Module):
    """max(0, min(1, alpha x + beta))."""

    def __init__(self, alpha, beta):
        super().__init__()
        self.alpha, self.beta = alpha, beta

    def forward(self, x):
        return torch.clamp(self.alpha * x + self.beta, 0.0, 1.0)


class Offline(nn.Sequential):
    """Runs whole sequences; a causal convolution sees (kernel - 1) * dilation zeros on the left only."""

    def __init__(self, layers, padding):
        super().__init__(*layers)
        self.padding = padding

    def forward(self, x):
        for layer, left in zip(self, self.padding):
            if isinstance(layer, (nn.Conv1d, nn.ConvTranspose1d)):
                x = layer(F.pad(x.transpose(1, 2), (left, 0))).transpose(1, 2)
            elif isinstance(layer, nn.RNNBase):
                x, _ = layer(x)
            elif isinstance(layer, nn.Upsample):
                x = layer(x.transpose(1, 2)).transpose(1, 2)
            elif isinstance(layer, (nn.BatchNorm1d, nn.GroupNorm, nn.PReLU)):  # frame by frame, time as the batch
                x = layer(x.flatten(0, 1)).unflatten(0, x.shape[:2])
            else:
                x = layer(x)
        return x


def activation(name, a):
    plain = {
        "relu": nn.ReLU,
        "selu": nn.SELU,
        "gelu": nn.GELU,
        "silu": nn.SiLU,
        "mish": nn.Mish,
        "softplus": nn.Softplus,
        "softsign": nn.Softsign,
        "sigmoid": nn.Sigmoid,
        "log-sigmoid": nn.LogSigmoid,
        "tanh": nn.Tanh,
        "hard-tanh": nn.Hardtanh,
        "hard-swish": nn.Hardswish,
        "identity": nn.Identity,
    }
    if name in plain and not a:
        return plain[name]()
    if name == "leaky-relu":
        return nn.LeakyReLU(a.get("slope", 0.01))
    if name == "elu":
        return nn.ELU(a.get("alpha", 1.0))
    if name == "celu":
        return nn.CELU(a.get("alpha", 1.0))
    if name == "gelu-tanh":
        return nn.GELU(approximate="tanh")
    if name == "hard-sigmoid":
        return HardSigmoid(a.get("alpha", 1 / 6), a.get("beta", 0.5)) if a else nn.Hardsigmoid()
    if name == "softmax":
        return nn.Softmax(dim=-1)
    if name == "log-softmax":
        return nn.LogSoftmax(dim=-1)
    if name == "glu":
        return nn.GLU(dim=-1)
    if name == "upsample":
        return nn.Upsample(scale_factor=a["time"], mode=a.get("mode", "nearest"))
    if name == "dropout":
        return nn.Dropout(a["rate"])
    raise ValueError(f"layer {name!r} with {a} has no PyTorch twin here")


def build(description):
    """Returns the model of a parsed model.yaml, with PyTorch's own random initial weights."""
    channels = description["input"]["channels"]
    layers, padding = [], []
    for entry in description["layers"]:
        name, a = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
        bias, left = a.get("bias", True), 0
        if name == "dense":
            layer = nn.Linear(channels, a["units"], bias=bias)
        elif name == "conv":
            dilation = a.get("dilation", 1)
            layer = nn.Conv1d(
                channels,
                a["filters"],
                a["kernel"],
                stride=a.get("stride", 1),
                dilation=dilation,
                groups=a.get("groups", 1),
                bias=bias,
            )
            left = {"causal": (a["kernel"] - 1) * dilation, "valid": 0}[a["padding"]]
        elif name == "deconv":
            layer = nn.ConvTranspose1d(
                channels,
                a["filters"],
                a["kernel"],
                stride=a.get("stride", 1),
                groups=a.get("groups", 1),
                bias=bias,
            )
        elif name == "lstm":
            layer = nn.LSTM(
                channels,
                a["units"],
                a.get("layers", 1),
                bias,
                batch_first=True,
                proj_size=a.get("projection", 0),
            )
        elif name == "gru" and a.get("reset", "after") == "after":
            layer = nn.GRU(channels, a["units"], a.get("layers", 1), bias, batch_first=True)
        elif name == "rnn":
            layer = nn.RNN(
                channels,
                a["units"],
                a.get("layers", 1),
                nonlinearity=a.get("activation", "tanh"),
                bias=bias,
                batch_first=True,
            )
        elif name == "batch-norm":
            layer = nn.BatchNorm1d(channels, eps=a.get("eps", 1e-5), affine=a.get("affine", True))
        elif name == "layer-norm":
            layer = nn.LayerNorm(channels, eps=a.get("eps", 1e-5), elementwise_affine=a.get("affine", True))
        elif name == "group-norm":
            layer = nn.GroupNorm(a["groups"], channels, eps=a.get("eps", 1e-5), affine=a.get("affine", True))
        elif name == "prelu":
            layer = nn.PReLU(channels if a.get("per-channel", False) else 1)
        else:
            layer = activation(name, a)
        channels = a.get("projection", a.get("units", a.get("filters", channels)))
        if name == "glu":
            channels //= 2
        layers.append(layer)
        padding.append(left)
    return Offline(layers, padding)


def tensors(model):
    """The weights as arrays, by the names that model.safetensors uses."""
    return {name: value.detach().numpy() for name, value in model.state_dict().items()}
