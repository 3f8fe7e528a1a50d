"""Makes cases of graphs written node by node, with a reference written in PyTorch beside them."""

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from onnxcases.case import Case, Input, Output, refused


class Graph:
    def __init__(self, opset=13, seed=5, domains=()):
        self.opset, self.nodes, self.weights, self.inputs, self.outputs = opset, [], [], [], []
        self.random = np.random.RandomState(seed)
        self.domains = domains
        self.names = 0

    def input(self, name, *shape, type=TensorProto.FLOAT):
        self.inputs.append(helper.make_tensor_value_info(name, type, shape))
        return name

    def weight(self, *shape, scale=0.5):
        return self.constant(np.float32(self.random.randn(*shape) * scale))

    def constant(self, value):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def ints(self, *values):
        return self.constant(np.array(values, dtype=np.int64))

    def op(self, op, inputs, count=1, domain="", **attributes):
        outputs = [f"t{self.names + i}" for i in range(count)]
        self.names += count
        self.nodes.append(helper.make_node(op, inputs, outputs, name=f"{op}_{len(self.nodes)}", domain=domain, **attributes))
        return outputs[0] if count == 1 else outputs

    def output(self, name, tensor, *shape, type=TensorProto.FLOAT):
        for node in self.nodes:
            node.input[:] = [name if i == tensor else i for i in node.input]
            node.output[:] = [name if o == tensor else o for o in node.output]
        self.outputs.append(helper.make_tensor_value_info(name, type, shape or None))

    def value(self, name):
        for weight in self.weights:
            if weight.name == name:
                array = numpy_helper.to_array(weight)
                return torch.from_numpy(array.astype(np.float64 if array.dtype == np.float32 else array.dtype))
        raise KeyError(name)

    def bytes(self):
        graph = helper.make_graph(self.nodes, "g", self.inputs, self.outputs, self.weights)
        sets = [helper.make_opsetid("", self.opset)] + [helper.make_opsetid(d, 1) for d in self.domains]
        model = helper.make_model(graph, opset_imports=sets)
        model.ir_version = 3 if self.opset < 9 else 7 if self.opset < 15 else 8 if self.opset < 21 else 10
        if model.ir_version == 3:  # weights are inputs too
            for weight in self.weights:
                graph_input = helper.make_tensor_value_info(weight.name, weight.data_type, weight.dims)
                model.graph.input.append(graph_input)
        return model.SerializeToString()


def built(name, graph, reference, inputs, outputs, rows=22, **meta):
    inputs = [inputs] if isinstance(inputs, Input) else inputs
    outputs = [Output("y", outputs)] if isinstance(outputs, str) else outputs

    def in_torch(*tensors):
        made = reference(*[torch.from_numpy(np.ascontiguousarray(t)) for t in tensors])
        made = made if isinstance(made, (tuple, list)) else [made]
        return [tensor.detach().numpy() for tensor in made]

    return Case(name, graph.bytes(), in_torch, inputs, outputs, rows, **meta)


def built_refused(name, graph, words):
    refused(name, graph.bytes(), words)
