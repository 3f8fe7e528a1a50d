"""Writes what the operators of ONNX take, from the onnx package (made with 1.23.1, operator set 28).

One line an operator: name, fewest and most inputs, most outputs (* for any number), attributes with
their types; all versions of operator set 7 and later taken together.

    python3 make_onnx_operators.py > src/main/resources/dev/eddy/model/onnx/operators.txt
"""

import collections

import onnx.defs

OLDEST = 7
ANY = 2**31 - 1

versions = collections.defaultdict(list)
for schema in onnx.defs.get_all_schemas_with_history():
    if schema.domain == "":
        versions[schema.name].append(schema)

for name, schemas in sorted(versions.items()):
    first = max((s.since_version for s in schemas if s.since_version <= OLDEST), default=OLDEST)
    used = [s for s in schemas if s.since_version >= first]
    attributes = collections.defaultdict(set)
    for schema in used:
        for attribute in schema.attributes.values():
            attributes[attribute.name].add(str(attribute.type).split(".")[-1])
    most = [max(s.max_input for s in used), max(s.max_output for s in used)]
    words = [name, str(min(s.min_input for s in used))]
    words += ["*" if count >= ANY else str(count) for count in most]
    words += [f"{a}:{'|'.join(sorted(types))}" for a, types in sorted(attributes.items())]
    print(" ".join(words))
