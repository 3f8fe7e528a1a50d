"""Trains a classifier of a camera's noisy frames, and measures it on frames it hasn't seen.

  python3 models/train_shapes.py models/shapes/model.yaml
  python3 models/train_shapes.py models/shapes/model.yaml --evaluate
  python3 models/train_shapes.py models/shapes/model.yaml --sample config/samples/shapes.csv

The frames are drawn: 28 by 28 grey values from 0 to 15, one shape a frame that drifts and turns, lighter or darker than
its ground, filled or an outline, in noise that often hides it. Every 5 to 12 frames another one takes its place.
"""

import argparse
import csv

import numpy as np
import torch
import torch.nn.functional as F

import eddy_training

SIDE, MEAN, STD = 28, 7.5, 4.5
KINDS = ("circle", "square", "triangle", "cross")
LENGTH = 16  # frames of a training sequence


def distance(kind, x, y, size):
    """How far outside of a shape about the origin each point is; below 0 inside."""
    if kind == "circle":
        return np.hypot(x, y) - size
    if kind == "square":
        return np.maximum(np.abs(x), np.abs(y)) - 0.88 * size
    if kind == "triangle":
        return np.maximum(y, np.abs(x) * np.sqrt(3) / 2 - y / 2) - 0.55 * size
    arm = 0.3 * size
    return np.minimum(np.maximum(np.abs(x) - arm, np.abs(y) - size), np.maximum(np.abs(x) - size, np.abs(y) - arm))


def stretch(random, kind, count):
    """Frames [count, SIDE, SIDE] of one shape that drifts and turns."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE]
    size = random.uniform(7, 11)
    at = random.uniform(size + 1, SIDE - size - 1, 2)
    angle, drift, turn = random.uniform(0, 2 * np.pi), random.normal(0, 0.5, 2), random.normal(0, 0.1)
    ground, contrast = random.uniform(4, 11), random.uniform(5, 7)
    light = contrast if ground < 7.5 else -contrast
    outline = random.random() < 0.4
    frames = []
    for _ in range(count):
        dx, dy = columns - at[1], rows - at[0]
        x = np.cos(angle) * dx + np.sin(angle) * dy
        y = np.cos(angle) * dy - np.sin(angle) * dx
        inside = -distance(kind, x, y, size)
        cover = np.clip(inside + 0.5, 0, 1)
        if outline:
            cover = cover * np.clip(2.5 - inside, 0, 1)
        frame = ground + light * cover + random.normal(0, random.uniform(0.8, 2.2), (SIDE, SIDE))
        frames.append(np.clip(np.rint(frame), 0, 15))
        at, angle = np.clip(at + drift, size, SIDE - size), angle + turn
    return np.stack(frames)


def sequence(random, length):
    """Frames [length, SIDE, SIDE] and the kind in each."""
    frames, kinds = [], []
    while len(kinds) < length:
        kind, count = int(random.integers(0, len(KINDS))), int(random.integers(5, 13))
        frames.append(stretch(random, KINDS[kind], count))
        kinds += [kind] * count
    return np.concatenate(frames)[:length], np.array(kinds[:length])


def sequences(seed, count, length=LENGTH):
    random = np.random.default_rng(seed)
    frames, kinds = zip(*[sequence(random, length) for _ in range(count)])
    x = torch.tensor((np.stack(frames) - MEAN) / STD, dtype=torch.float32)[:, :, None]
    return x, torch.tensor(np.stack(kinds))


def train(model, generator):
    x, kinds = sequences(1, 4000)
    held, held_kinds = sequences(2, 200)

    def loss(frames, wanted):
        return F.nll_loss(torch.log(model(frames) + 1e-9).flatten(0, 1), wanted.flatten())

    def loss_of_step():
        rows = torch.randint(0, len(x), (16,), generator=generator)
        return loss(x[rows], kinds[rows])

    eddy_training.fit(model, loss_of_step, lambda: loss(held, held_kinds), steps=2000, rate=5e-3)


def evaluate(model):
    x, kinds = sequences(3, 300, 60)
    with torch.no_grad():
        right = (torch.cat([model(part) for part in x.split(50)]).argmax(-1) == kinds).numpy()
    new = np.diff(kinds.numpy(), axis=1, prepend=-1) != 0
    since = np.zeros(new.shape, int)
    for t in range(1, new.shape[1]):
        since[:, t] = np.where(new[:, t], 0, since[:, t - 1] + 1)
    print(f"{right.size} frames: {100 * right.mean():.1f}% right")
    print("by frames since the shape came: " + ", ".join(f"{n} {100 * right[since == n].mean():.1f}%" for n in range(6)))


def sample(path, seed=4):
    """A camera's 40 frames, five shapes of eight; the shape column is not read by the pipeline."""
    random = np.random.default_rng(seed)
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["time", "camera", "pixels", "shape"])
        time = 1_900_000_000_000
        for kind in ("square", "circle", "cross", "triangle", "circle"):
            for frame in stretch(random, kind, 8):
                out.writerow([time, "gate", " ".join(str(int(v)) for v in frame.flatten()), kind])
                time += 100


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
