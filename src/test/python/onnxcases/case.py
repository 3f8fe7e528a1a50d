"""A model in an ONNX file with what it must give.

A layout names the axes of a tensor: N batch of 1, T time, other letters the axes of a row. What a
frame is determined by is found by trying: it is determined after a row if every sequence that
begins like that, of whatever length, has it with the same values.
"""

import base64
import json
import os
import shutil
import zlib

import numpy as np

CASES = {}
ROWS = 22
FOLLOW = [(0, 1), (1, 1), (2, 30), (3, 1), (4, -30), (5, 4), (9, 1), (12, 9)]


class Case:
    def __init__(self, name, model, reference, inputs, outputs, rows=ROWS, multiple=1, **meta):
        assert name not in CASES, name
        self.name, self.model, self.reference = name, model, reference
        self.inputs, self.outputs = inputs, outputs
        self.rows, self.multiple, self.meta = rows, multiple, meta
        CASES[name] = self


def size(shape):
    return int(np.prod(shape)) if len(shape) else 1


class Input:
    """layout such as "NCT", shape of a row such as (3,); tokens: how many there are, else 0."""

    def __init__(self, name, layout, *shape, tokens=0):
        self.name, self.layout, self.shape, self.tokens = name, layout, shape, tokens

    def tensor(self, rows):
        values = rows.reshape((len(rows),) + self.shape)
        order = "T" + "".join(axis for axis in self.layout if axis not in "NT")
        values = values.transpose([order.index(a) for a in self.layout if a != "N"])
        if "N" in self.layout:
            values = np.expand_dims(values, self.layout.index("N"))
        return values.astype(np.int64) if self.tokens else values


class Output:
    """layout with T: a sequence; without: a single row, at the end."""

    def __init__(self, name, layout):
        self.name, self.layout = name, layout

    def rows(self, tensor):
        values = np.asarray(tensor, dtype=np.float64)
        assert values.ndim == len(self.layout), (self.name, values.shape, self.layout)
        if "T" not in self.layout:
            return values.reshape(1, -1)
        values = np.moveaxis(values, self.layout.index("T"), 0)
        return values.reshape(len(values), -1)


def draw(case, rows, seed, scale=1):
    random = np.random.RandomState(zlib.crc32(case.name.encode()) % 2**31 + seed)
    parts = []
    for entry in case.inputs:
        width = size(entry.shape)
        if entry.tokens:
            parts.append(random.randint(0, entry.tokens, (rows, width)).astype(np.float64))
        else:
            values = np.round(random.randn(rows, width), 2)
            values = values * scale if scale > 0 else np.abs(values) * scale
            parts.append(np.float32(values).astype(np.float64))
    return np.concatenate(parts, axis=1)


def run(case, rows):
    """Rows in, rows out; no rows where the sequence is too short."""
    tensors, start = [], 0
    for entry in case.inputs:
        width = size(entry.shape)
        tensors.append(entry.tensor(rows[:, start : start + width]))
        start += width
    made = case.reference(*tensors)
    made = made if isinstance(made, (list, tuple)) else [made]
    outputs = [output.rows(tensor) for output, tensor in zip(case.outputs, made)]
    return np.concatenate(outputs, axis=1)


def ready(case, rows, frames):
    """For each frame the row after which it is determined; as many as there are rows: the end."""
    count = len(rows)
    if case.meta.get("mode") == "stepper":
        return np.arange(count)
    after = np.full(len(frames), count)
    for last in range(count - 1, -1, -1):
        same = np.ones(len(frames), dtype=bool)
        for seed, (more, scale) in enumerate(FOLLOW):
            length = last + 1 + more
            length += -length % case.multiple
            other = draw(case, length, 100 + 20 * last + seed, scale)
            other[: last + 1] = rows[: last + 1]
            try:
                got = run(case, other)
            except (RuntimeError, IndexError, ValueError):
                got = frames[:0]
            near = np.zeros(len(frames), dtype=bool)
            both = min(len(got), len(frames))
            near[:both] = np.all(np.abs(got[:both] - frames[:both]) < 1e-7, axis=1)
            same &= near
        after[same] = last
    return np.maximum.accumulate(after) if len(after) else after


def meta_of(case):
    meta = {
        "mode": case.meta.get("mode", "sequence"),
        "inputs": [{"name": i.name, "layout": i.layout, "row_shape": i.shape} for i in case.inputs],
        "outputs": [{"name": o.name, "layout": o.layout} for o in case.outputs],
        "tolerance": {"atol": 2e-5, "rtol": 1e-4},
    }
    for key in ("options", "note"):
        if key in case.meta:
            meta[key] = case.meta[key]
    return meta


def refused(name, model, words):
    """A model that must be refused; the message has a word of each list."""
    CASES[name] = (name, model, words)


def rounded(rows, form):
    return [[float(form % value) for value in row] for row in rows]


def packed(case):
    """All there is of a case, for JSON."""
    if isinstance(case, tuple):
        name, model, words = case
        return {"name": name, "model": encoded(model), "error_should_mention": words}
    rows = draw(case, case.rows, 0)
    frames = run(case, rows)
    made = {"name": case.name, "model": encoded(case.model), "rows": rounded(rows, "%.4g")}
    made.update(expected=rounded(frames, "%.6g"), ready=ready(case, rows, frames).tolist(), **meta_of(case))
    return made


def encoded(model):
    return base64.b64encode(model).decode()


def write(case, folder):
    """The same as a folder of files, as .ci/CheckOnnx.java reads them."""
    name, model = case[:2] if isinstance(case, tuple) else (case.name, case.model)
    folder = os.path.join(folder, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with open(os.path.join(folder, "model.onnx"), "wb") as file:
        file.write(model)
    refusal = isinstance(case, tuple)
    meta = {"strictness": "must", "error_should_mention": case[2]} if refusal else meta_of(case)
    with open(os.path.join(folder, "meta.json"), "w") as file:
        file.write(json.dumps(meta) + "\n")
    if refusal:
        return
    rows = draw(case, case.rows, 0)
    frames = run(case, rows)
    after = ready(case, rows, frames)
    names = []
    for entry in case.inputs:
        count = size(entry.shape)
        names += [f"{entry.name}_{i}" for i in range(count)] if count > 1 else [entry.name]
    table(folder, "input.csv", names, rows, "%.4g")
    table(folder, "expected.csv", [f"y_{i}" for i in range(frames.shape[1])], frames, "%.6g")
    timing = [[i, row, 0, row == case.rows] for i, row in enumerate(after)]
    table(folder, "alignment.csv", ["frame", "ready_after_row", "oldest_row", "needs_end_of_stream"], timing, "%d")


def table(folder, name, names, rows, form):
    with open(os.path.join(folder, name), "w") as file:
        file.write(",".join(names) + "\n")
        for row in rows:
            file.write(",".join(form % value for value in row) + "\n")
