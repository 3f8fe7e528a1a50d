"""Trains the forecaster of the demo's pumps, and evaluates it together with the anomaly likelihood.

  python3 models/train_pumps.py models/pumps/model.yaml healthy/readings.csv
  python3 models/train_pumps.py models/pumps/model.yaml healthy/readings.csv \\
      --evaluate faulty/readings.csv --faults faulty/faults.csv

The readings and faults are what the demo writes instead of running, those for training from a fleet without faults:

  ./eddy demo --write-csv healthy --pumps 40 --ticks 3000 --seed 1 --fault-rate 0
  ./eddy demo --write-csv faulty --pumps 100 --ticks 2000 --seed 2

readings.csv has the columns tick, pump and five channels, faults.csv pump, kind, from, to. Mean and standard deviation
of each channel are those of the training readings.

Output frame j forecasts input frame j + 1. The convolution has stride 2 and the deconvolution undoes it: frames 2i
and 2i + 1 are both emitted after input 2i, so they look one and two readings ahead.
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
import evaluate_anomaly

HORIZON = 1
SHORT_TERM, LONG_TERM, WARM_UP, THRESHOLD = 10, 1000, 200, 0.995
TAIL = 20  # ticks after a fault that an alarm may still belong to it


def read(path, channels):
    """Returns the pumps' names and their readings [pumps, ticks, channels]."""
    pumps = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            pumps.setdefault(row["pump"], []).append([float(row[c]) for c in channels])
    return list(pumps), np.array(list(pumps.values()))


def train(description, x, args):
    generator = torch.Generator().manual_seed(args.seed)
    held_back = max(1, len(x) // 10)
    fit, held = x[held_back:], x[:held_back, : 4 * args.length]
    model = eddy_torch.build(description)
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, args.steps, 1e-4)
    loss_of = torch.nn.MSELoss()

    def loss_on(readings):
        forecast = model(readings[:, :-HORIZON])[:, : readings.shape[1] - HORIZON]
        return loss_of(forecast, readings[:, HORIZON:])

    best, best_weights = float("inf"), None
    for step in range(1, args.steps + 1):
        pumps = torch.randint(0, len(fit), (args.batch,), generator=generator).tolist()
        starts = torch.randint(0, fit.shape[1] - args.length, (args.batch,), generator=generator)
        batch = torch.stack([fit[p, s : s + args.length] for p, s in zip(pumps, starts.tolist())])
        loss = loss_on(batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            with torch.no_grad():
                held_loss = float(loss_on(held))
            if held_loss < best:
                best, best_weights = held_loss, copy.deepcopy(model.state_dict())
            print(f"step {step}: loss {float(loss):.5f}, held back {held_loss:.5f}", flush=True)
    model.load_state_dict(best_weights)
    return model


def evaluate(model, names, x, faults, args):
    """Prints how many faults raised an alarm, and how many alarms had no fault."""
    with torch.no_grad():
        forecast = torch.cat([model(part) for part in x.split(20)])
    ticks = x.shape[1]
    forecast = forecast[:, : ticks - HORIZON]
    errors = (forecast - x[:, HORIZON:]).pow(2).mean(-1).sqrt().numpy().T  # of ticks HORIZON, HORIZON + 1, ...
    score = evaluate_anomaly.likelihoods(
        errors, short_term=args.short_term, long_term=args.long_term, warm_up=args.warm_up
    )
    alarms = (score > args.threshold).T
    explained = np.zeros_like(alarms)
    found, delays = {}, []
    for fault in faults:
        pump, start = names.index(fault["pump"]), int(fault["from"]) - HORIZON
        interval = slice(start, min(int(fault["to"]) - HORIZON + TAIL, ticks - HORIZON))
        hits = np.flatnonzero(alarms[pump, interval])
        found.setdefault(fault["kind"], []).append(len(hits) > 0)
        delays += [hits[0] + 1] if len(hits) else []
        explained[pump, interval] = True
    lone = alarms & ~explained
    episodes = int((np.diff(lone.astype(int), axis=1, prepend=0) == 1).sum())
    kinds = ", ".join(f"{kind} {sum(hits)}/{len(hits)}" for kind, hits in sorted(found.items()))
    print(
        f"threshold {args.threshold} shortTerm {args.short_term} longTerm {args.long_term} warmUp {args.warm_up}: "
        f"found {sum(map(sum, found.values()))} of {len(faults)} ({kinds}), median delay "
        f"{np.median(delays) if delays else float('nan'):g} ticks; false alarms: {episodes} episodes, {int(lone.sum())} of "
        f"{int((~explained).sum())} readings"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="model.yaml; the weights are written or read where it says")
    parser.add_argument("data", help="CSV of readings without faults")
    parser.add_argument("--evaluate", help="CSV of readings with faults; the weights are then not changed")
    parser.add_argument("--faults", help="CSV of their faults")
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--length", type=int, default=200, help="ticks in one training stretch, even")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--threshold", type=float, nargs="+", default=[THRESHOLD])
    parser.add_argument("--short-term", type=int, nargs="+", default=[SHORT_TERM])
    parser.add_argument("--long-term", type=int, nargs="+", default=[LONG_TERM])
    parser.add_argument("--warm-up", type=int, default=WARM_UP)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)

    with open(args.model) as file:
        description = yaml.safe_load(file)
    channels = description["outputs"]
    _, healthy = read(args.data, channels)
    mean, std = healthy.mean(axis=(0, 1)), healthy.std(axis=(0, 1))
    scaling = "; ".join(f"{c} {m:.5g}, {s:.5g}" for c, m, s in zip(channels, mean, std))
    print(f"{healthy.shape[0]} pumps, {healthy.shape[1]} ticks; mean and std: {scaling}")
    mean, std = ([float(f"{v:.5g}") for v in values] for values in (mean, std))  # as a config will state them

    def standardised(values):
        return torch.tensor((values - mean) / std, dtype=torch.float32)

    if args.evaluate is None:
        model = train(description, standardised(healthy), args)
        path = os.path.join(os.path.dirname(args.model), description["weights"])
        eddy_safetensors.save(path, eddy_torch.tensors(model))
        return
    model = evaluate_anomaly.load(args.model)
    names, readings = read(args.evaluate, channels)
    with open(args.faults, newline="") as file:
        faults = list(csv.DictReader(file))
    one = argparse.Namespace(warm_up=args.warm_up)
    for one.threshold in args.threshold:
        for one.short_term in args.short_term:
            for one.long_term in args.long_term:
                evaluate(model, names, standardised(readings), faults, one)


if __name__ == "__main__":
    main()
