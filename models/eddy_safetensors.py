"""Reads and writes safetensors files of float32 tensors: a JSON header with its length before it, then the raw values.

Layout: 8 bytes little-endian header length, the header {name: {dtype, shape, data_offsets}}, padded with spaces to
a multiple of 8 bytes, then the tensors, little-endian, row-major, without gaps.
"""

import json
import struct

import numpy as np


def save(path, tensors):
    """Writes a mapping of names to arrays, in its order; equal tensors give equal bytes."""
    header, blocks, offset = {}, [], 0
    for name, tensor in tensors.items():
        array = np.asarray(tensor, dtype=np.float32)
        block = array.astype("<f4").tobytes(order="C")
        header[name] = {
            "dtype": "F32",
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(block)],
        }
        blocks.append(block)
        offset += len(block)
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for block in blocks:
            file.write(block)


def load(path):
    """Reads a file into a mapping of names to float32 arrays."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    body = data[8 + length :]
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if entry["dtype"] != "F32":
            raise ValueError(f"{path}: tensor {name!r} is {entry['dtype']}, expected F32")
        start, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(body[start:end], dtype="<f4").reshape(entry["shape"]).copy()
    return tensors
