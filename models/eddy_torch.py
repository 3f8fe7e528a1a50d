"""Builds the PyTorch twin of an Eddy model description, to train it or to compute its offline output.

A description's layer list becomes a torch.nn.Sequential: the list index is the module index and so the prefix of
the tensor names. Sequences are [batch, time, channels] or, of frames with a width and a height, [batch, time, channels,
(height,) width]; windows over such frames stay within each frame.
"""

import math

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


class Last(nn.Module):
    """The last frame of a sequence."""

    def forward(self, x):
        return x[:, -1:]


class Tokens(nn.Embedding):
    """The vectors of a frame's tokens, side by side; tokens come as floats, as frames do."""

    def forward(self, x):
        return super().forward(x.long()).flatten(2)


class Add(nn.Module):
    """The sum of what the layers at the given places gave; -1 is the input."""

    def __init__(self, places):
        super().__init__()
        self.places = places


class Offline(nn.Sequential):
    """Runs whole sequences; a causal convolution sees (kernel - 1) * dilation zeros on the left only."""

    WITHIN_FRAMES = (nn.Conv2d, nn.ConvTranspose2d, nn.MaxPool2d, nn.MaxPool1d)

    def __init__(self, layers, padding, above):
        """Takes the zeros before each layer's input, and the place of the layer that it reads; -1 is the input."""
        super().__init__(*layers)
        self.padding, self.above = padding, above

    def forward(self, x):
        given = {-1: x}
        for i, (layer, left, above) in enumerate(zip(self, self.padding, self.above)):
            x = given[above]
            if isinstance(layer, self.WITHIN_FRAMES) or isinstance(layer, nn.modules.conv._ConvNd) and x.dim() == 4:
                x = layer(x.flatten(0, 1)).unflatten(0, x.shape[:2])
            elif isinstance(layer, (nn.Conv1d, nn.ConvTranspose1d)):
                x = layer(F.pad(x.transpose(1, 2), (left, 0))).transpose(1, 2)
            elif isinstance(layer, nn.RNNBase):
                x, _ = layer(x)
            elif isinstance(layer, Add):
                x = sum(given[place] for place in layer.places)
            elif isinstance(layer, nn.Upsample):
                x = layer(x.transpose(1, 2)).transpose(1, 2)
            elif isinstance(layer, (nn.BatchNorm1d, nn.GroupNorm, nn.PReLU)):  # frame by frame, time as the batch
                x = layer(x.flatten(0, 1)).unflatten(0, x.shape[:2])
            else:
                x = layer(x)
            given[i] = x
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


def within_frames(name, channels, space, a):
    """A convolution or pool within each frame, and the space that it leaves; paddings as PyTorch takes them."""
    kernel, rank = a["kernel"], len(space)
    stride = a.get("stride", kernel if name == "max-pool" else 1)
    strides = [stride] * rank if isinstance(stride, int) else stride
    pads = [a.get("padding", 0)] * rank
    bias = {} if name == "max-pool" else {"bias": a.get("bias", True)}
    more = a.get("output-padding", 0)
    if name == "deconv":
        kind = (nn.ConvTranspose1d, nn.ConvTranspose2d)[rank - 1]
        layer = kind(channels, a["filters"], kernel, stride, pads, output_padding=more, **bias)
        return layer, [(n - 1) * s + k - 2 * p + more for n, k, s, p in zip(space, kernel, strides, pads)]
    if name == "conv":
        layer = (nn.Conv1d, nn.Conv2d)[rank - 1](channels, a["filters"], kernel, stride, pads, **bias)
    else:
        layer = (nn.MaxPool1d, nn.MaxPool2d)[rank - 1](kernel, stride, pads)
    return layer, [(n + 2 * p - k) // s + 1 for n, k, s, p in zip(space, kernel, strides, pads)]


def build(description):
    """Returns the model of a parsed model.yaml, with PyTorch's own random initial weights."""
    channels = inputs = description["input"]["channels"]
    space = [description["input"][side] for side in ("height", "width") if side in description["input"]]
    layers, padding, above = [], [], []
    for entry in description["layers"]:
        name, a = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
        above.append(len(above) - 1)
        if a.get("from") == "input":
            above[-1], channels = -1, inputs
        bias, left = a.get("bias", True), 0
        if space and name in ("conv", "deconv", "max-pool"):
            layer, space = within_frames(name, channels, space, a)
        elif name == "flatten":
            layer, channels, space = nn.Flatten(2), channels * math.prod(space), []
        elif name == "last":
            layer = Last()
        elif name == "embedding":
            layer, channels = Tokens(a["tokens"], a["size"]), channels * a["size"]
        elif name == "add":
            layer = Add([-1 if place == "input" else int(place) for place in a["from"]])
        elif name == "dense":
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
    return Offline(layers, padding, above)


def tensors(model):
    """The weights as arrays, by the names that model.safetensors uses."""
    return {name: value.detach().numpy() for name, value in model.state_dict().items()}
