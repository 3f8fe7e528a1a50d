"""Trains a model of the bytes of log lines, and measures how surprising lines are that it hasn't seen.

  python3 models/train_log_text.py models/log-text/model.yaml FIRST.log ... --held-out OTHER.log
  python3 models/train_log_text.py models/log-text/model.yaml --held-out OTHER.log --evaluate
  python3 models/train_log_text.py models/log-text/model.yaml --held-out OTHER.log --sample config/samples/log.csv

The logs are what runs of Eddy with its own broker write:

  ./eddy run config/machine-temperature.yaml --embedded --input READINGS.csv --debug 2> FIRST.log

Of each line with a time the rest counts, its first 120 bytes, without spaces at the end. Each line is a sequence of
its own. A line's surprise is the mean over its bytes but the first, in bits a byte.
"""

import argparse
import csv
import math
import re

import numpy as np
import torch
import torch.nn.functional as F

import eddy_training

LONGEST = 120
LINE = re.compile(r"(\d\d:\d\d:\d\d\.\d\d\d) (.*)")
ODD = (
    "ERROR k.server.ReplicaManager [Broker id=1] disk /dev/sdb1 failed: input/output error, going read-only",
    "WARN  o.a.k.s.StreamThread heap almost exhausted: 98% used after full GC, pausing for 41 seconds",
    "INFO  k.network.SocketServer GET /admin/login.php?user=root' OR '1'='1 HTTP/1.1",
    "segfault at 7f3a ip 00007f3a1b2c sp 00007ffd error 4 in librocksdbjni.so",
    "INFO  o.a.k.clients.Metadata zqxjv kkwpt 8812 ##@! ~~ vvvq",
)


def read(path):
    """Times and lines of a log."""
    with open(path, encoding="utf-8", errors="replace") as file:
        found = [m for m in map(LINE.match, file) if m]
    return [(m[1], m[2].encode()[:LONGEST].decode(errors="ignore").strip()) for m in found]


def batch(lines):
    """Bytes [lines, LONGEST, 1] as floats, and which of them count as a next byte."""
    x = torch.zeros(len(lines), LONGEST, 1)
    counts = torch.zeros(len(lines), LONGEST - 1)
    for i, line in enumerate(lines):
        data = np.frombuffer(line.encode(), np.uint8)
        x[i, : len(data), 0] = torch.tensor(data.astype(np.float32))
        counts[i, : len(data) - 1] = 1
    return x, counts


def nats(model, lines):
    """The surprise of each next byte [lines, LONGEST - 1], 0 behind the end, and which count."""
    x, counts = batch(lines)
    logits = model(x[:, :-1])
    surprise = F.cross_entropy(logits.flatten(0, 1), x[:, 1:, 0].long().flatten(), reduction="none")
    return surprise.view(counts.shape) * counts, counts


def bits_a_byte(model, lines):
    with torch.no_grad():
        surprise, counts = nats(model, lines)
    return (surprise.sum(1) / counts.sum(1) / math.log(2)).numpy()


def train(model, lines, generator):
    held = lines[::8]
    fit = [line for i, line in enumerate(lines) if i % 8]

    def loss(lines):
        surprise, counts = nats(model, lines)
        return surprise.sum() / counts.sum()

    def loss_of_step():
        return loss([fit[r] for r in torch.randint(0, len(fit), (24,), generator=generator).tolist()])

    eddy_training.fit(model, loss_of_step, lambda: loss(held), steps=800, rate=1e-2, every=50)


def evaluate(model, held):
    usual = bits_a_byte(model, held)
    print(
        f"{len(usual)} lines: bits a byte median {np.median(usual):.2f}, 99% below {np.quantile(usual, 0.99):.2f}, "
        f"most {usual.max():.2f}"
    )
    for line, surprise in zip(ODD, bits_a_byte(model, ODD)):
        print(f"  {surprise:.2f} {line}")


def sample(path, rows, count=150):
    """Lines spread over the log, with the odd ones among them; the odd column is not read by the pipeline."""
    rows = [rows[i] for i in np.linspace(0, len(rows) - 1, count).astype(int)]
    odd_after = {(i + 1) * count // (len(ODD) + 1): line for i, line in enumerate(ODD)}
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["time", "line", "odd"])
        for i, (time, line) in enumerate(rows):
            out.writerow([f"2030-05-06 {time}", line, ""])
            if i in odd_after:
                out.writerow([f"2030-05-06 {time}", odd_after[i], "odd"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="model.yaml; the weights are written or read where it says")
    parser.add_argument("logs", nargs="*", help="to train on")
    parser.add_argument("--held-out", required=True, metavar="LOG", help="of another run")
    parser.add_argument("--evaluate", action="store_true")
    parser.add_argument("--sample", metavar="FILE", help="only write a small input with odd lines")
    args = parser.parse_args()
    held = [(time, line) for time, line in read(args.held_out) if len(line) > 1]
    if args.sample:
        sample(args.sample, held)
        return
    held = [line for _, line in held]
    if args.evaluate:
        model = eddy_training.load(args.model)
    else:
        lines = [line for log in args.logs for _, line in read(log) if len(line) > 1]
        description, model, generator = eddy_training.begin(args.model)
        train(model, lines, generator)
        eddy_training.save(args.model, description, model)
    evaluate(model, held)


if __name__ == "__main__":
    main()
