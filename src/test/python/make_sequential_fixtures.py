"""Writes small models with random weights and what PyTorch computes with them, for the Java tests to reproduce.

  python3 src/test/python/make_sequential_fixtures.py

Each case becomes src/test/resources/torch/<case>/ with model.yaml, model.safetensors, input.csv and expected.csv: a
header, then one row a frame. The expected rows are the offline output over the whole sequence, from zero states, and
with the tail of a deconvolution: what a stream has emitted after its flush. Seeds are fixed; made with PyTorch 1.13.
"""

import os
import sys

import numpy as np
import torch
import yaml

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "models"))

import eddy_safetensors  # noqa: E402
import eddy_torch  # noqa: E402

ROWS = 41

CASES = {
    "causal-conv-lstm": """
input: {channels: 4}
layers:
  - conv: {filters: 6, kernel: 3, dilation: 2, groups: 2, padding: causal}
  - leaky-relu: {slope: 0.2}
  - lstm: {units: 7, layers: 2}
  - dense: {units: 3}
""",
    "strided-conv-gru-deconv": """
input: {channels: 3}
layers:
  - conv: {filters: 5, kernel: 4, stride: 2, padding: valid}
  - gru: {units: 9, layers: 2}
  - deconv: {filters: 4, kernel: 5, stride: 2}
  - dense: {units: 2}
""",
    "rnn-relu-softmax": """
input: {channels: 2}
layers:
  - rnn: {units: 11, layers: 2, activation: relu}
  - dense: {units: 5}
  - softmax
""",
    "lstm-without-bias": """
input: {channels: 3}
layers:
  - lstm: {units: 8, bias: false}
  - dense: {units: 2, bias: false}
""",
    "smooth-activations": """
input: {channels: 3}
layers:
  - dense: {units: 6}
  - gelu
  - dense: {units: 6}
  - gelu-tanh
  - dense: {units: 6}
  - silu
  - dense: {units: 6}
  - elu: {alpha: 0.7}
  - dense: {units: 6}
  - selu
  - dense: {units: 6}
  - softsign
  - dense: {units: 4}
""",
    "hard-activations": """
input: {channels: 3}
layers:
  - dense: {units: 6}
  - softplus
  - dense: {units: 6}
  - hard-tanh
  - dense: {units: 6}
  - hard-swish
  - dense: {units: 4}
  - tanh
""",
    "sigmoid-activations": """
input: {channels: 3}
layers:
  - dense: {units: 6}
  - hard-sigmoid
  - dense: {units: 6}
  - hard-sigmoid: {alpha: 0.3, beta: 0.4}
  - dropout: {rate: 0.3}
  - dense: {units: 6}
  - sigmoid
  - identity
  - dense: {units: 4}
  - tanh
""",
    "grouped-deconv-rnn": """
input: {channels: 6}
layers:
  - conv: {filters: 4, kernel: 4, stride: 2, padding: causal, bias: false}
  - tanh
  - gru: {units: 8, bias: false}
  - deconv: {filters: 6, kernel: 2, stride: 2, groups: 2, bias: false}
  - rnn: {units: 5, bias: false}
  - dense: {units: 3}
""",
    "norms-of-a-frame": """
input: {channels: 3}
layers:
  - dense: {units: 6}
  - batch-norm
  - prelu: {per-channel: true}
  - dense: {units: 6}
  - layer-norm: {eps: 0.001}
  - mish
  - dense: {units: 6}
  - group-norm: {groups: 2}
  - celu: {alpha: 0.6}
  - dense: {units: 6}
  - batch-norm: {affine: false}
  - prelu
  - dense: {units: 4}
  - log-softmax
""",
    "projected-lstm": """
input: {channels: 3}
layers:
  - lstm: {units: 9, layers: 2, projection: 4}
  - dense: {units: 8}
  - glu
  - dense: {units: 3}
  - log-sigmoid
""",
    "linear-upsampling": """
input: {channels: 3}
layers:
  - conv: {filters: 5, kernel: 4, stride: 2, padding: causal}
  - upsample: {time: 4, mode: linear}
  - tanh
  - conv: {filters: 4, kernel: 3, padding: valid}
  - upsample: {time: 3, mode: linear}
  - upsample: {time: 2}
  - dense: {units: 2}
""",
}


def write_csv(path, prefix, frames):
    with open(path, "w") as file:
        file.write(",".join(f"{prefix}{i}" for i in range(frames.shape[1])) + "\n")
        for frame in frames:
            file.write(",".join("%.9g" % value for value in frame) + "\n")


def make(name, text, seed):
    torch.manual_seed(seed)
    description = yaml.safe_load(text)
    model = eddy_torch.build(description).eval()
    with torch.no_grad():
        for layer in model:  # wider than PyTorch's own initial weights, so that no activation stays in its middle
            for parameter in layer.parameters():
                parameter.mul_(1.5 if isinstance(layer, torch.nn.RNNBase) else 4.0)
            if isinstance(layer, torch.nn.BatchNorm1d):
                layer.running_mean.normal_()
                layer.running_var.uniform_(0.5, 2.0)
        frames = torch.randn(ROWS, description["input"]["channels"])
        expected = model(frames[None])[0]
    assert torch.isfinite(expected).all() and expected.std(0).min() > 0.01, (name, expected.std(0))

    folder = os.path.join(ROOT, "src", "test", "resources", "torch", name)
    os.makedirs(folder, exist_ok=True)
    outputs = ", ".join(f"y{i}" for i in range(expected.shape[1]))
    with open(os.path.join(folder, "model.yaml"), "w") as file:
        file.write(f"name: {name}\nversion: 1\nweights: model.safetensors{text}outputs: [{outputs}]\n")
    eddy_safetensors.save(os.path.join(folder, "model.safetensors"), eddy_torch.tensors(model))
    write_csv(os.path.join(folder, "input.csv"), "x", frames.numpy())
    write_csv(os.path.join(folder, "expected.csv"), "y", expected.numpy())
    print(f"{name}: {ROWS} rows to {len(expected)}, largest value {np.abs(expected.numpy()).max():.3g}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for number, (case, text) in enumerate(CASES.items()):
        make(case, text, 1000 + number)
