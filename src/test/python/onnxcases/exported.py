"""Makes cases of PyTorch modules, by its exporter; their reference is the module in float64."""

import copy
import io
import warnings

import numpy as np
import torch
from torch import nn

from onnxcases.case import Case, Input, Output, refused


class Of(nn.Module):
    """A module that is a function of its parts."""

    def __init__(self, function, **parts):
        super().__init__()
        self.function = function
        for name, part in parts.items():
            if isinstance(part, torch.Tensor):
                self.register_buffer(name, part)
            else:
                setattr(self, name, part)

    def forward(self, *inputs):
        return self.function(self, *inputs)


def seeded(seed=1):
    torch.manual_seed(seed)


def dimensions(entry, length):
    sizes = dict(zip([a for a in entry.layout if a not in "NT"], entry.shape))
    return [1 if a == "N" else length if a == "T" else sizes[a] for a in entry.layout]


def sample(entry, length):
    shape = dimensions(entry, length)
    return torch.zeros(shape, dtype=torch.int64) if entry.tokens else torch.randn(shape)


def as_onnx(module, inputs, outputs, opset, time, batch, length, fixed, double):
    module = module.eval()
    module = module.double() if double else module
    arguments = [sample(entry, length) for entry in inputs]
    arguments = [a.double() if double and a.is_floating_point() else a for a in arguments]
    axes = {}
    for entry in [] if fixed else inputs + outputs:
        names = {}
        if "T" in entry.layout:
            names[entry.layout.index("T")] = time
        if batch and "N" in entry.layout:
            names[entry.layout.index("N")] = batch
        if names:
            axes[entry.name] = names
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            tuple(arguments),
            file,
            opset_version=opset,
            input_names=[entry.name for entry in inputs],
            output_names=[entry.name for entry in outputs],
            dynamic_axes=axes,
        )
    return file.getvalue()


def torch_case(
    name, module, inputs, outputs, opset=13, time="time", batch="", rows=22, fixed=False,
    double=False, like=None, keep=0, **meta
):
    """keep: states behind the inputs and the outputs, not in the rows, that begin as zeros."""
    inputs = [inputs] if isinstance(inputs, Input) else list(inputs)
    outputs = [Output("y", outputs)] if isinstance(outputs, str) else list(outputs)
    length = rows if fixed else meta.pop("length", 12)
    file = as_onnx(module, inputs, outputs, opset, time, batch, length, fixed, double)
    precise = copy.deepcopy(like or module).double().eval()
    streams = inputs[: len(inputs) - keep]
    states = inputs[len(inputs) - keep :]

    def reference(*tensors):
        given = [torch.from_numpy(np.ascontiguousarray(t)) for t in tensors]
        given += [torch.zeros(dimensions(entry, 1), dtype=torch.float64) for entry in states]
        with torch.no_grad():
            made = precise(*given)
        made = made if isinstance(made, (tuple, list)) else [made]
        return [tensor.numpy() for tensor in made][: len(outputs) - keep]

    return Case(name, file, reference, streams, outputs[: len(outputs) - keep], rows, **meta)


def torch_stepper(name, module, inputs, states, output, opset=13, rows=16, names=None):
    """A module of one step: it takes a row and states, and gives an output and states."""
    stream = Input(*inputs) if isinstance(inputs, tuple) else inputs
    given = [stream] + states
    out_names = names or [entry.name + "_out" for entry in states]
    made = [Output("y", output)] + [Output(n, s.layout) for n, s in zip(out_names, states)]
    file = as_onnx(module, given, made, opset, "", "", 1, True, False)
    precise = copy.deepcopy(module).double().eval()

    def reference(tensor):
        axis = stream.layout.index("T") if "T" in stream.layout else None
        held = [torch.zeros(dimensions(entry, 1), dtype=torch.float64) for entry in states]
        steps = []
        count = tensor.shape[axis] if axis is not None else tensor.shape[0]
        for row in range(count):
            piece = np.take(tensor, [row], axis) if axis is not None else tensor[row]
            with torch.no_grad():
                y, *held = precise(torch.from_numpy(np.ascontiguousarray(piece)), *held)
            steps.append(y.numpy().reshape(-1))
        return np.stack(steps)

    shown = stream
    if "T" not in stream.layout:

        class Rows(Input):
            def tensor(self, rows):
                shape = dimensions(stream, 1)
                return rows.reshape([len(rows)] + shape)

        shown = Rows(stream.name, stream.layout, *stream.shape)
    return Case(name, file, reference, [shown], [Output("y", "TC")], rows, mode="stepper")


def torch_refused(name, module, inputs, outputs, words, opset=13, fixed=False, time="time"):
    inputs = [inputs] if isinstance(inputs, Input) else list(inputs)
    outputs = [Output("y", outputs)] if isinstance(outputs, str) else list(outputs)
    refused(name, as_onnx(module, inputs, outputs, opset, time, "", 12, fixed, False), words)

