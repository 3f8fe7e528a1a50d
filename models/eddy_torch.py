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
            else:
                x = layer(x)
        return x


def activation(name, a):
    plain = {
        "relu": nn.ReLU,
        "selu": nn.SELU,
        "gelu": nn.GELU,
        "silu": nn.SiLU,
        "softplus": nn.Softplus,
        "softsign": nn.Softsign,
        "sigmoid": nn.Sigmoid,
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
    if name == "gelu-tanh":
        return nn.GELU(approximate="tanh")
    if name == "hard-sigmoid":
        return HardSigmoid(a.get("alpha", 1 / 6), a.get("beta", 0.5)) if a else nn.Hardsigmoid()
    if name == "softmax":
        return nn.Softmax(dim=-1)
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
            layer = nn.LSTM(channels, a["units"], a.get("layers", 1), bias, batch_first=True)
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
        else:
            layer = activation(name, a)
        channels = a.get("units", a.get("filters", channels))
        layers.append(layer)
        padding.append(left)
    return Offline(layers, padding)


def tensors(model):
    """The weights as arrays, by the names that model.safetensors uses."""
    return {name: value.detach().numpy() for name, value in model.state_dict().items()}
