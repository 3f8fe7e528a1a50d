"""Trains a classifier of accelerometer sessions, and measures it on people it hasn't seen.

  python3 models/train_activity.py models/activity/model.yaml
  python3 models/train_activity.py models/activity/model.yaml --evaluate
  python3 models/train_activity.py models/activity/model.yaml --sample config/samples/activity.csv

The samples are simulated, 20 a second, three axes in g: gravity, from which the phone hangs tilted by up to 60 degrees
in any direction, and the movements of the body around it. Each person has a pace, a strength and a phone position. Paces and
strengths of the activities overlap; stairs differ from walking by a harder, less even step and a slow sway.
"""

import argparse
import csv

import numpy as np
import torch
import torch.nn.functional as F

import eddy_training

RATE = 20
KINDS = ("rest", "walk", "run", "stairs", "cycle")
SECONDS = (3.0, 7.0)  # a session's length


def rotation(random):
    """A tilt by up to 60 degrees after any turn about the vertical."""
    turn, tilt = random.uniform(0, 2 * np.pi), random.uniform(0, np.pi / 3)
    about, over = np.cos(turn), np.cos(tilt)
    z = np.array([[about, -np.sin(turn), 0], [np.sin(turn), about, 0], [0, 0, 1]])
    x = np.array([[1, 0, 0], [0, over, -np.sin(tilt)], [0, np.sin(tilt), over]])
    return x @ z


def session(random, kind):
    """Samples [time, 3] of one session."""
    count = int(RATE * random.uniform(*SECONDS))
    t = np.arange(count) / RATE
    body, start = np.zeros((count, 3)), random.uniform(0, 2 * np.pi)
    if kind in ("walk", "run", "stairs"):
        pace, strength, second = {
            "walk": (random.uniform(1.5, 2.2), random.uniform(0.15, 0.45), random.uniform(0.1, 0.4)),
            "run": (random.uniform(2.1, 3.1), random.uniform(0.4, 1.2), random.uniform(0.1, 0.4)),
            "stairs": (random.uniform(1.2, 1.9), random.uniform(0.2, 0.5), random.uniform(0.5, 0.9)),
        }[kind]
        uneven = random.uniform(0.15, 0.4) if kind == "stairs" else random.uniform(0, 0.15)
        step = 2 * np.pi * pace * t + start
        body[:, 2] = strength * (np.sin(step) * (1 + uneven * np.sin(step / 2)) + second * np.sin(2 * step + 1))
        body[:, 0] = random.uniform(0.3, 0.6) * strength * np.sin(step + 0.8)
        body[:, 1] = random.uniform(0.3, 0.6) * strength * np.sin(step / 2)
        if kind == "stairs":
            body[:, 0] += 0.1 * np.sin(2 * np.pi * random.uniform(0.3, 0.5) * t + start)
    elif kind == "cycle":
        pedal = 2 * np.pi * random.uniform(0.9, 1.6) * t + start
        strength = random.uniform(0.08, 0.3)
        body[:, 0] = strength * np.sin(pedal)
        body[:, 1] = 0.6 * strength * np.cos(pedal)
        body[:, 2] = 0.3 * strength * np.sin(2 * pedal) + 0.04 * random.normal(size=count)
    else:
        at = random.integers(0, count)
        body[at : at + 5] += random.normal(0, 0.12, 3)  # a shift in the seat
    body += random.normal(0, 0.05, body.shape)
    return (body + [0, 0, 1]) @ rotation(random).T


def sessions(seed, count):
    random = np.random.default_rng(seed)
    kinds = random.integers(0, len(KINDS), count)
    return [torch.tensor(session(random, KINDS[k]), dtype=torch.float32) for k in kinds], torch.tensor(kinds)


def probabilities(model, batch):
    """Of sessions of any length: the recurrent layer's frame that is the session's last."""
    padded = torch.nn.utils.rnn.pad_sequence(batch, batch_first=True)
    ends = torch.tensor([(len(s) - 1) // 2 for s in batch])
    conv, relu, gru, _, dense, softmax = model
    x = conv(F.pad(padded.transpose(1, 2), (conv.kernel_size[0] - 1, 0))).transpose(1, 2)
    hidden, _ = gru(relu(x))
    return softmax(dense(hidden[torch.arange(len(batch)), ends]))


def train(model, generator):
    fit, kinds = sessions(1, 4000)
    held, held_kinds = sessions(2, 500)

    def loss(batch, wanted):
        return F.nll_loss(torch.log(probabilities(model, batch) + 1e-9), wanted)

    def loss_of_step():
        rows = torch.randint(0, len(fit), (64,), generator=generator)
        return loss([fit[r] for r in rows.tolist()], kinds[rows])

    eddy_training.fit(model, loss_of_step, lambda: loss(held, held_kinds), steps=1500, rate=5e-3)


def evaluate(model):
    test, kinds = sessions(3, 2000)
    with torch.no_grad():
        said = probabilities(model, test).argmax(-1)
    print(f"{len(test)} sessions: {100 * (said == kinds).float().mean():.1f}% right; rows what it was, columns what was said")
    for k, name in enumerate(KINDS):
        print(f"  {name:7}" + "".join(f"{int(((kinds == k) & (said == c)).sum()):6}" for c in range(len(KINDS))))


def sample(path, seed=4):
    """Three people, 5 sessions each with 10 to 30 minutes between; the activity column is not read by the pipeline."""
    random = np.random.default_rng(seed)
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["time", "person", "x", "y", "z", "activity"])
        rows = []
        for person in ("ada", "ben", "cho"):
            time = 1_900_000_000_000 + int(random.integers(0, 60_000))
            for k in random.permutation(len(KINDS)):
                for row in session(random, KINDS[k]):
                    rows.append([time, person] + [f"{v:.3f}" for v in row] + [KINDS[k]])
                    time += 1000 // RATE
                time += int(random.integers(600_000, 1_800_000))
        out.writerows(sorted(rows, key=lambda row: row[0]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="model.yaml; the weights are written or read where it says")
    parser.add_argument("--evaluate", action="store_true")
    parser.add_argument("--sample", metavar="FILE", help="only write a small input")
    args = parser.parse_args()
    if args.sample:
        sample(args.sample)
        return
    if args.evaluate:
        model = eddy_training.load(args.model)
    else:
        description, model, generator = eddy_training.begin(args.model)
        train(model, generator)
        eddy_training.save(args.model, description, model)
    evaluate(model)


if __name__ == "__main__":
    main()
