"""Trains the one-step-ahead forecaster of a single-channel series and writes its weights beside its description.

  python3 models/train_forecaster.py models/machine-temperature/model.yaml \
      nab/machine_temperature_system_failure.csv --before "2013-12-10 06:25:00"

The CSV has the columns timestamp, value. Only rows before the given time are used: to find mean and standard
deviation, to fit the weights, and, the last fifth of them held back, to choose how long to fit.
"""

import argparse
import copy
import csv
import os

import numpy as np
import torch
import yaml

import eddy_safetensors
import eddy_torch


def read(path, before):
    with open(path, newline="") as file:
        rows = [r for r in csv.DictReader(file) if before is None or r["timestamp"] < before]
    return np.array([float(r["value"]) for r in rows])


def chunks(x, count, length, generator):
    """Random stretches of the series, so that a state never sees the same history twice."""
    starts = torch.randint(0, len(x) - length, (count,), generator=generator)
    return torch.stack([x[s : s + length] for s in starts.tolist()])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="model.yaml; the weights are written where it says")
    parser.add_argument("data", help="CSV with timestamp and value")
    parser.add_argument("--before", required=True, help="use only rows before this timestamp")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--length", type=int, default=192, help="rows in one training stretch")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=17)
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    generator = torch.Generator().manual_seed(args.seed)
    with open(args.model) as file:
        description = yaml.safe_load(file)
    values = read(args.data, args.before)
    mean, std = float(values.mean()), float(values.std())
    print(f"{len(values)} rows before {args.before}: mean {mean:.6g}, std {std:.6g}")

    x = torch.tensor((values - mean) / std, dtype=torch.float32)[:, None]
    held_back = len(x) // 5
    fit = x[: len(x) - held_back]
    model = eddy_torch.build(description)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, args.steps, 1e-4)
    loss_of = torch.nn.SmoothL1Loss(beta=0.5)
    best, best_weights = float("inf"), None
    for step in range(1, args.steps + 1):
        batch = chunks(fit, args.batch, args.length + 1, generator)
        loss = loss_of(model(batch[:, :-1]), batch[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 50 == 0:
            with torch.no_grad():
                forecast = model(x[None])[0]
            held = float(loss_of(forecast[-held_back - 1 : -1], x[-held_back:]))
            if held < best:
                best, best_weights = held, copy.deepcopy(model.state_dict())
            print(f"step {step}: loss {float(loss):.5f}, held back {held:.5f}")
    model.load_state_dict(best_weights)
    path = os.path.join(os.path.dirname(args.model), description["weights"])
    eddy_safetensors.save(path, eddy_torch.tensors(model))
    with torch.no_grad():
        error = (model(x[None])[0, :-1] - x[1:]).abs().numpy()
    print(f"held back {best:.5f}; mean absolute error {error.mean():.4f}, of repeating the last value "
          f"{float((x[1:] - x[:-1]).abs().mean()):.4f}")


if __name__ == "__main__":
    main()
