"""Trains the forecaster of a transformer's loads and oil temperature, and evaluates its forecasts of 24 hours.

  python3 models/train_transformer_load.py models/transformer-load/model.yaml ETTh1.csv
  python3 models/train_transformer_load.py models/transformer-load/model.yaml ETTh1.csv --evaluate
  python3 models/train_transformer_load.py models/transformer-load/model.yaml ETTh1.csv --sample config/samples/transformer-load.csv

ETTh1.csv is of the Electricity Transformer Dataset (Zhou et al., 2021): date and seven columns, an hour a row. As is
usual with it, the first 8,640 rows (twelve months) train, the next 2,880 choose the weights, the 2,880 after them
test. Half of the loss is of the next hour, half of 24 hours fed with the model's own forecasts. Levels drift over the
years, so the model is kept from seeing them: the taps of each filter add up to 0, and what it forecasts is a change.

The sample is no row of that file, but simulated: the mean day of the training rows, level and oil temperature
wandering, noise.
"""

import argparse
import csv
import datetime

import numpy as np
import torch
import torch.nn.functional as F

import eddy_training

TRAIN, VALIDATE, TEST = 8640, 2880, 2880
HORIZON, LEAD, LENGTH = 24, 24, 72  # hours: forecast; before the first loss; of a training stretch


def read(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    return rows[0][1:], np.array([[float(v) for v in row[1:]] for row in rows[1:]])


def roll(model, x, starts):
    """Feeds x [batch, time, 7] to the model, then from each start hour on the model's own forecasts.

    Returns the forecasts of the next hour [batch, time, 7], and of the 24 hours after each start [batch * starts, 24, 7].
    """
    conv, _, gru, dense, _ = model
    taps = conv.kernel_size[0]

    def step(day, h=None):
        hidden, h = gru(torch.tanh(conv(day)).transpose(1, 2), h)
        return day[:, :, taps - 1 :].transpose(1, 2) + dense(hidden), hidden, h

    padded = F.pad(x.transpose(1, 2), (taps - 1, 0))
    next_hour, hidden, _ = step(padded)
    day = torch.cat([padded[:, :, s : s + taps] for s in starts])
    h = torch.cat([hidden[:, s] for s in starts])[None].contiguous()
    frames = [torch.cat([next_hour[:, s] for s in starts])]
    for _ in range(HORIZON - 1):
        day = torch.cat([day[:, :, 1:], frames[-1][:, :, None]], dim=2)
        frame, _, h = step(day, h)
        frames.append(frame[:, 0])
    return next_hour, torch.stack(frames, dim=1)


def ahead(x, starts):
    """What came in the 24 hours after each start."""
    return torch.cat([x[:, s + 1 : s + 1 + HORIZON] for s in starts])


def train(model, x, generator):
    fit, held = x[:TRAIN], x[TRAIN : TRAIN + VALIDATE]
    taps = model[0].weight

    def forget_levels():
        with torch.no_grad():
            taps.sub_(taps.mean(2, keepdim=True))

    def loss_of_step():
        forget_levels()
        starts = torch.randint(0, TRAIN - LENGTH - HORIZON - 1, (48,), generator=generator).tolist()
        batch = torch.stack([fit[s : s + LENGTH + HORIZON + 1] for s in starts])
        seen = batch[:, :LENGTH]
        cut = [LENGTH - 1]
        next_hour, rolled = roll(model, seen, cut)
        one = F.smooth_l1_loss(next_hour[:, LEAD:], batch[:, LEAD + 1 : LENGTH + 1], beta=0.2)
        return one + F.smooth_l1_loss(rolled, ahead(batch, cut), beta=0.2)

    def held_loss():
        forget_levels()
        hours = list(range(167, VALIDATE - HORIZON - 1, 11))
        _, rolled = roll(model, held[None], hours)
        return F.smooth_l1_loss(rolled, ahead(held[None], hours), beta=0.2)

    eddy_training.fit(model, loss_of_step, held_loss, steps=600, rate=5e-3, every=50)


def evaluate(model, x, columns):
    """Streams everything, and compares the forecasts that start in each hour of the test rows."""
    end = TRAIN + VALIDATE + TEST
    hours = list(range(TRAIN + VALIDATE - 1, end - HORIZON - 1))
    with torch.no_grad():
        next_hour, rolled = roll(model, x[None, :end], hours)
    truth = ahead(x[None], hours)
    last = torch.stack([x[s].expand(HORIZON, -1) for s in hours])
    yesterday = torch.stack([x[s + 1 - HORIZON : s + 1] for s in hours])
    error = (next_hour[0, hours] - x[[s + 1 for s in hours]]).abs().mean()
    still = (x[hours] - x[[s + 1 for s in hours]]).abs().mean()
    print(f"{len(hours)} starts; next hour: mean absolute error {error:.4f}, of the last value {still:.4f}")
    for name, forecast in (("model", rolled), ("same hour yesterday", yesterday), ("last value", last)):
        off = forecast - truth
        each = ", ".join(f"{c} {e:.3f}" for c, e in zip(columns, off.abs().mean((0, 1))))
        print(f"24 hours, {name}: mean absolute error {off.abs().mean():.4f}, squared {off.pow(2).mean():.4f} ({each})")


def sample(path, columns, values, days=10, seed=3):
    random = np.random.default_rng(seed)
    train = values[:TRAIN]
    day = np.array([train[hour::24].mean(0) for hour in range(24)])
    noise = 0.15 * (train - np.tile(day, (TRAIN // 24, 1))).std(0)
    start, level = datetime.datetime(2030, 5, 6), np.zeros(len(columns))
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["date"] + columns)
        for hour in range(24 * days):
            level = 0.98 * level + random.normal(0, 0.7 * noise)
            row = day[hour % 24] + level + random.normal(0, noise)
            out.writerow([start + datetime.timedelta(hours=hour)] + [f"{v:.3f}" for v in row])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="model.yaml; the weights are written or read where it says")
    parser.add_argument("data", help="ETTh1.csv")
    parser.add_argument("--evaluate", action="store_true")
    parser.add_argument("--sample", metavar="FILE", help="only write a small simulated input")
    args = parser.parse_args()
    columns, values = read(args.data)
    if args.sample:
        sample(args.sample, columns, values)
        return
    description, model, generator = eddy_training.begin(args.model)
    mean, std = values[:TRAIN].mean(0), values[:TRAIN].std(0)
    mean, std = ([float(f"{v:.5g}") for v in of] for of in (mean, std))  # as a config states them
    print("mean and std: " + "; ".join(f"{c} {m}, {s}" for c, m, s in zip(columns, mean, std)))
    x = torch.tensor((values - mean) / std, dtype=torch.float32)
    if args.evaluate:
        model = eddy_training.load(args.model)
    else:
        train(model, x, generator)
        eddy_training.save(args.model, description, model)
    evaluate(model, x, columns)


if __name__ == "__main__":
    main()
