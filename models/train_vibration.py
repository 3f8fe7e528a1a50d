"""Trains a denoising autoencoder of vibration, and counts the windows with faults that it can't give back.

  python3 models/train_vibration.py models/vibration/model.yaml
  python3 models/train_vibration.py models/vibration/model.yaml --evaluate
  python3 models/train_vibration.py models/vibration/model.yaml --sample config/samples/vibration.csv

The vibration is simulated: 1,000 samples a second, in g, of a shaft that turns 23 to 27 times a second. Healthy, there are
the turning and its first two harmonics, whose amplitudes and phases differ from machine to machine and drift, and noise of
0.08 g. Three faults come in: a bearing that is struck some 90 times a second and rings at 310 Hz for some milliseconds, a
loose foot that cuts the wave off and rattles, gears that whine at 17 times the turning.
"""

import argparse
import csv

import numpy as np
import torch

import eddy_training

RATE, WIDTH, STD, NOISE = 1000, 64, 0.5, 0.08
FAULTS = ("bearing", "looseness", "gear")


def healthy(random, samples):
    """Without noise, and the shaft's angle."""
    speed = random.uniform(23, 27) + 0.15 * np.cumsum(random.normal(0, 1, samples)) / np.sqrt(RATE)
    angle = random.uniform(0, 2 * np.pi) + 2 * np.pi * np.cumsum(speed) / RATE
    wave = np.zeros(samples)
    for order, (least, most) in ((1, (0.4, 0.9)), (2, (0.1, 0.35)), (3, (0.05, 0.2))):
        swell = 1 + 0.1 * np.sin(2 * np.pi * random.uniform(0.2, 1) * np.arange(samples) / RATE)
        wave += random.uniform(least, most) * swell * np.sin(order * angle + random.uniform(0, 2 * np.pi))
    return wave, angle


def faulty(random, wave, angle, kind, strength):
    """The wave with a fault all along."""
    t = np.arange(len(wave)) / RATE
    if kind == "bearing":
        out = wave.copy()
        ring = np.exp(-np.arange(24) / 5) * np.sin(2 * np.pi * 310 * np.arange(24) / RATE)
        at = random.uniform(0, 11)
        while at < len(wave) - 24:
            out[int(at) : int(at) + 24] += strength * random.uniform(0.7, 1.3) * ring
            at += RATE / 90 * random.uniform(0.95, 1.05)
        return out
    if kind == "looseness":
        top = np.quantile(np.abs(wave), 0.6)
        rattle = 0.5 * strength * (np.abs(wave) > top) * np.sin(2 * np.pi * 180 * t + random.uniform(0, 6))
        return np.clip(wave, -top, top) + rattle
    return wave + 0.6 * strength * np.sin(17 * angle + random.uniform(0, 6))


def noisy(random, wave):
    return wave + random.normal(0, NOISE, wave.shape)


def frames(samples):
    """Windows of WIDTH samples, [windows, 1, WIDTH], scaled as the model takes them."""
    return torch.tensor(samples.reshape(-1, 1, WIDTH) / STD, dtype=torch.float32)


def windows_of_many(seed, machines, windows):
    """Clean and noisy windows of as many healthy machines."""
    random = np.random.default_rng(seed)
    clean = np.stack([healthy(random, windows * WIDTH)[0] for _ in range(machines)])
    return frames(clean), frames(noisy(random, clean))


def errors(model, x):
    """The root mean square error of each window given back, in g."""
    with torch.no_grad():
        return ((model(x[None])[0] - x).pow(2).mean((1, 2)).sqrt() * STD).numpy()


def loudness(x):
    """The root mean square of each window, in g: what one would look at without a model."""
    return (x.pow(2).mean((1, 2)).sqrt() * STD).numpy()


def train(model, generator):
    clean, seen = windows_of_many(1, 400, 25)
    held_clean, held_seen = windows_of_many(2, 40, 25)

    def loss_of_step():
        rows = torch.randint(0, len(clean), (128,), generator=generator)
        more = 0.1 / STD * torch.randn((128, 1, WIDTH), generator=generator)
        return (model((seen[rows] + more)[None])[0] - clean[rows]).pow(2).mean()

    def held_loss():
        return (model(held_seen[None])[0] - held_clean).pow(2).mean()

    eddy_training.fit(model, loss_of_step, held_loss, steps=6000, every=500)


def evaluate(model):
    _, seen = windows_of_many(4, 200, 100)
    usual, plain = errors(model, seen), loudness(seen)
    threshold, loud = float(np.quantile(usual, 0.999)), float(np.quantile(plain, 0.999))
    print(f"{len(usual)} healthy windows: error median {np.median(usual):.4f} g, 99.9% below {threshold:.4f} g")
    random = np.random.default_rng(5)
    for kind in FAULTS:
        for strength in (0.3, 0.5, 0.8):
            windows = []
            for _ in range(40):
                wave, angle = healthy(random, 25 * WIDTH)
                windows.append(frames(noisy(random, faulty(random, wave, angle, kind, strength))))
            x = torch.cat(windows)
            found = errors(model, x)
            print(
                f"{kind} {strength}: error median {np.median(found):.4f} g, {100 * (found > threshold).mean():.1f}% above; "
                f"by loudness alone {100 * (loudness(x) > loud).mean():.1f}%"
            )


def sample(path, seed=9):
    """Two machines, 40 windows each; the fault column is for whoever compares, the pipeline does not read it."""
    random = np.random.default_rng(seed)
    spans = {"press": [("bearing", 12, 16), ("gear", 28, 32)], "fan": [("looseness", 20, 24)]}
    rows = []
    for machine, faults in spans.items():
        wave, angle = healthy(random, 40 * WIDTH)
        names = [""] * len(wave)
        for kind, start, end in faults:
            part = slice(start * WIDTH, end * WIDTH)
            wave[part] = faulty(random, wave[part], angle[part], kind, 0.8)
            names[part] = [kind] * len(wave[part])
        for i, (value, name) in enumerate(zip(noisy(random, wave), names)):
            rows.append([1_900_000_000_000 + i, machine, f"{value:.3f}", name])
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["time", "machine", "vibration", "fault"])
        out.writerows(sorted(rows, key=lambda row: row[0]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="model.yaml; the weights are written or read where it says")
    parser.add_argument("--evaluate", action="store_true")
    parser.add_argument("--sample", metavar="FILE", help="only write a small input with faults")
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
