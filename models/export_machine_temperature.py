"""Exports the machine-temperature forecaster to ONNX, as any PyTorch model is: see "From PyTorch" in the README.

    python3 models/export_machine_temperature.py   # writes models/machine-temperature/model.onnx; PyTorch 1.13
"""

import pathlib

import torch

import eddy_safetensors

FOLDER = pathlib.Path(__file__).parent / "machine-temperature"


class Forecaster(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv1d(1, 16, 5)
        self.lstm = torch.nn.LSTM(16, 32, batch_first=True)
        self.dense = torch.nn.Linear(32, 1)

    def forward(self, x):  # [batch, time, 1]
        padded = torch.nn.functional.pad(x.transpose(1, 2), (4, 0))  # causal
        frames = torch.relu(self.conv(padded)).transpose(1, 2)
        return self.dense(self.lstm(frames)[0])


model = Forecaster()
names = {"0": "conv", "2": "lstm", "3": "dense"}  # of the layers in model.yaml
tensors = eddy_safetensors.load(FOLDER / "model.safetensors")
model.load_state_dict(
    {names[name[0]] + name[1:]: torch.from_numpy(values) for name, values in tensors.items()}
)
torch.onnx.export(
    model.eval(),
    torch.zeros(1, 100, 1),
    str(FOLDER / "model.onnx"),
    input_names=["x"],
    output_names=["value"],
    dynamic_axes={"x": {1: "time"}, "value": {1: "time"}},
    opset_version=17,
)
