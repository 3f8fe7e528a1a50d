"""Writes small ONNX models with what they must give, for the Java tests to run.

  /usr/bin/python3 src/test/python/make_onnx_fixtures.py [--only WORD | FOLDER [WORD]]

Without a folder all cases, or those anew whose name has the word, go into src/test/resources/onnx/cases.json.gz, a line
each. With a folder, those whose name
has the word go there, each as a folder of files for .ci/CheckOnnx.java. Expected are values in float64 of PyTorch 1.13;
models are its exporter's (onnx 1.12), or written node by node as other exporters write them. Seeds are fixed.
"""

import gzip
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from onnxcases import applications, case, convolutions, functions, graphs, networks, patterns, recurrent, shapes, spec, states  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
PACK = os.path.join(ROOT, "src", "test", "resources", "onnx", "cases.json.gz")


def line(one):
    return json.dumps(case.packed(one), separators=(",", ":")) + "\n"


def main():
    for family in (convolutions, recurrent, functions, graphs, spec, networks, shapes, states, patterns, applications):
        family.add()
    old = {}
    if sys.argv[1:2] == ["--only"]:
        with gzip.open(PACK, "rt") as file:
            old = {json.loads(line)["name"]: line for line in file if not any(part in json.loads(line)["name"] for part in sys.argv[2].split(","))}
    elif len(sys.argv) > 1:
        word = sys.argv[2] if len(sys.argv) > 2 else ""
        for name, one in case.CASES.items():
            if any(part in name for part in word.split(",")):
                case.write(one, sys.argv[1])
        return
    os.makedirs(os.path.dirname(PACK), exist_ok=True)
    lines = "".join(old.get(name) or line(one) for name, one in case.CASES.items())
    with open(PACK, "wb") as file:
        file.write(gzip.compress(lines.encode(), 9, mtime=0))
    print(len(case.CASES), "cases,", os.path.getsize(PACK), "bytes")


main()
