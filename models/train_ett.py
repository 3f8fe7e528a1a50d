"""Trains the next-hour forecaster of an electricity transformer and writes its weights beside its description.

  python3 models/train_ett.py models/ett-next-hour/one-pass.yaml ETTh1.csv --passes 1
  python3 models/train_ett.py models/ett-next-hour/several-passes.yaml ETTh1.csv --passes 8

ETTh1.csv is that of the ETDataset: hourly, the columns date, HUFL, HULL, MUFL, MULL, LUFL, LULL, OT. The first 8,640
rows, twelve months of thirty days, are trained on; in a pass each of them is seen once, in stretches of three days.
"""

import argparse
import csv
import os

import numpy as np
import torch
import yaml

import eddy_safetensors
import eddy_torch

ROWS = 8640


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="the description; the weights are written where it says")
    parser.add_argument("data", help="ETTh1.csv")
    parser.add_argument("--passes", type=int, required=True)
    parser.add_argument("--length", type=int, default=72, help="rows in one stretch")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--seed", type=int, default=17)
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    generator = torch.Generator().manual_seed(args.seed)
    with open(args.model) as file:
        description = yaml.safe_load(file)
    columns = description["outputs"]
    with open(args.data, newline="") as file:
        values = np.array([[float(row[c]) for c in columns] for row in csv.DictReader(file)])
    mean, std = values[:ROWS].mean(0), values[:ROWS].std(0)
    for column, m, s in zip(columns, mean, std):
        print(f"    - {{field: {column}, mean: {m:.6g}, std: {s:.6g}}}")
    mean, std = ([float(f"{v:.6g}") for v in x] for x in (mean, std))
    x = torch.tensor((values - mean) / std, dtype=torch.float32)

    *layers, last = description["layers"]
    assert last == {"add": {"from": ["1", "input"]}}, "the network forecasts the change from the hour before"
    model = eddy_torch.build({**description, "layers": layers})
    starts = torch.arange(0, ROWS - 1 - args.length, args.length)
    updates = args.passes * -(-len(starts) // args.batch)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, updates, 1e-4)
    loss_of = torch.nn.SmoothL1Loss(beta=0.5)
    for number in range(1, args.passes + 1):
        total = 0.0
        offset = int(torch.randint(args.length, (1,), generator=generator))
        order = starts[torch.randperm(len(starts), generator=generator)]
        for batch in order.split(args.batch):
            rows = torch.stack([x[s : s + args.length + 1] for s in (batch + offset).tolist()])
            loss = loss_of(rows[:, :-1] + model(rows[:, :-1]), rows[:, 1:])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss) * len(batch)
        print(f"pass {number}: loss {total / len(starts):.4f}")
    path = os.path.join(os.path.dirname(args.model), description["weights"])
    eddy_safetensors.save(path, eddy_torch.tensors(model))
    with torch.no_grad():
        error = ((x + model(x[None])[0])[ROWS - 1 : -1] - x[ROWS:]).abs().numpy()
    naive = float((x[ROWS:] - x[ROWS - 1 : -1]).abs().mean())
    print(f"rows after {ROWS}: mean absolute error {error.mean():.4f} standard deviations, of the last value {naive:.4f}")


if __name__ == "__main__":
    main()
