"""Scores a labelled series with a trained forecaster and the anomaly likelihood, and counts what was found.

  python3 models/evaluate_anomaly.py models/machine-temperature/model.yaml \
      nab/machine_temperature_system_failure.csv nab/labels.json --mean 79.4475 --std 9.30017 [--sensitivity]

The series is streamed from its first row with a zero state. A labelled window counts as found when the likelihood
exceeds the threshold in it; a false alarm is a reading outside of all windows that does.
"""

import argparse
import csv
import json
import math
import os

import numpy as np
import torch
import yaml

import eddy_safetensors
import eddy_torch

SHORT_TERM, LONG_TERM, WARM_UP, THRESHOLD = 10, 1000, 500, 0.999
MIN_STD = 1e-3  # in input standard deviations: below it, rounding would decide

erfc = np.vectorize(math.erfc, otypes=[float])


class AnomalyLikelihood:
    """Streaming anomaly likelihood of forecast errors, for several keys side by side.

    Lavin and Ahmad (2015), Ahmad et al. (2017): how unlikely is the mean of the last few errors, were they drawn
    from the long-term distribution of single errors, taken as normal? An error is scored against the statistics of
    the errors before it and enters them afterwards. Mean and variance are cumulative at first and exponentially
    weighted, with weight 1 / long_term, from then on.
    """

    def __init__(self, keys=1, short_term=SHORT_TERM, long_term=LONG_TERM, warm_up=WARM_UP, stored=np.float64):
        if not 1 <= short_term <= warm_up:
            raise ValueError("warm_up must be at least short_term, and that at least 1")
        self.ring = np.zeros((short_term, keys), np.float32)
        self.mean, self.variance = np.zeros((2, keys), stored)
        self.long_term, self.warm_up, self.seen = long_term, warm_up, 0

    def step(self, error):
        """Takes one error of each key, returns their likelihoods; 0.5 until warm_up errors came before."""
        error = np.asarray(error, np.float32)
        self.ring[self.seen % len(self.ring)] = error
        mean, variance = self.mean.astype(float), self.variance.astype(float)
        likelihood = np.full(len(error), 0.5)
        if self.seen >= self.warm_up:
            short = self.ring.astype(float).sum(axis=0) / len(self.ring)
            z = (short - mean) / np.maximum(np.sqrt(variance), MIN_STD)
            likelihood = 1 - 0.5 * erfc(z / math.sqrt(2))
        self.seen += 1
        weight = max(1 / self.seen, 1 / self.long_term)
        delta = error - mean
        self.mean[:] = mean + weight * delta
        self.variance[:] = (1 - weight) * (variance + weight * delta * delta)
        return likelihood


def likelihoods(errors, **parameters):
    """The likelihood of each error; errors [time, keys]."""
    anomaly = AnomalyLikelihood(errors.shape[1], **parameters)
    return np.array([anomaly.step(row) for row in errors])


def load(path):
    """The PyTorch model of a model.yaml with its weights."""
    with open(path) as file:
        description = yaml.safe_load(file)
    model = eddy_torch.build(description)
    weights = eddy_safetensors.load(os.path.join(os.path.dirname(path), description["weights"]))
    model.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    return model.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="model.yaml")
    parser.add_argument("data", help="CSV with timestamp and value")
    parser.add_argument("labels", help="JSON: a list of [from, to] for each file")
    parser.add_argument("--mean", type=float, required=True)
    parser.add_argument("--std", type=float, required=True)
    parser.add_argument("--threshold", type=float, default=THRESHOLD)
    parser.add_argument("--short-term", type=int, default=SHORT_TERM)
    parser.add_argument("--long-term", type=int, default=LONG_TERM)
    parser.add_argument("--warm-up", type=int, default=WARM_UP)
    parser.add_argument("--sensitivity", action="store_true", help="also vary each parameter")
    args = parser.parse_args()
    torch.set_num_threads(1)

    with open(args.data, newline="") as file:
        rows = list(csv.DictReader(file))
    times = [row["timestamp"] for row in rows]
    x = (np.array([float(row["value"]) for row in rows]) - args.mean) / args.std
    x = torch.tensor(x, dtype=torch.float32)[:, None]
    with torch.no_grad():
        forecast = load(args.model)(x[None])[0]
    errors = (forecast[:-1] - x[1:]).abs().numpy()  # the error of reading t + 1, made when it arrives

    with open(args.labels) as file:
        labels = next(v for k, v in json.load(file).items() if os.path.basename(k) == os.path.basename(args.data))
    windows = [np.array([a[:19] <= t <= b[:19] for t in times[1:]]) for a, b in labels]
    outside = ~np.any(windows, axis=0)
    print(f"{len(rows)} rows, {len(windows)} labelled windows, mean absolute error {errors.mean():.4f}")

    def report(threshold, short_term, long_term, warm_up, **more):
        score = likelihoods(
            errors, short_term=short_term, long_term=long_term, warm_up=warm_up, **more
        )[:, 0]
        alarms = score > threshold
        inside = [int((alarms & window).sum()) for window in windows]
        false = int((alarms & outside).sum())
        print(
            f"{threshold:9g} {short_term:5d} {long_term:5d} {warm_up:5d}   {inside}: "
            f"{sum(n > 0 for n in inside)} of {len(inside)}, false {false} = {100 * false / outside.sum():.3f}%"
        )
        return score

    print("threshold short  long  warm   readings above the threshold in each window")
    chosen = dict(
        threshold=args.threshold,
        short_term=args.short_term,
        long_term=args.long_term,
        warm_up=args.warm_up,
    )
    score = report(**chosen)
    for window, (start, _) in zip(windows, labels):
        first = np.flatnonzero((score > args.threshold) & window)
        print(f"  window from {start[:19]}: {'first at ' + times[first[0] + 1] if len(first) else 'not found'}")
    if args.sensitivity:
        for short_term in (5, 8, 10, 12, 16, 24, 32):
            report(**{**chosen, "short_term": short_term})
        for long_term in (500, 700, 1000, 1500, 2000, 4000, 8000):
            report(**{**chosen, "long_term": long_term})
        for warm_up in (100, 250, 500, 1000, 1500):
            report(**{**chosen, "warm_up": warm_up})
        for threshold in (0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999):
            report(**{**chosen, "threshold": threshold})
        single = report(**chosen, stored=np.float32)
        print(f"statistics stored as float32: likelihoods differ by at most {np.abs(single - score).max():.2g}")


if __name__ == "__main__":
    main()
