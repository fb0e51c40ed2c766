"""A ResNet's safetensors file as ONNX, for the peers in the bench: python onnx_model.py IN OUT"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

weights = load_file(sys.argv[1])
nodes, initializers = [], []


def constant(name: str) -> str:
    if all(name != known.name for known in initializers):
        initializers.append(numpy_helper.from_array(np.ascontiguousarray(weights[name]), name))
    return name


def node(kind: str, inputs: list[str], **attributes) -> str:
    output = f"{kind.lower()}{len(nodes)}"
    nodes.append(helper.make_node(kind, inputs, [output], **attributes))
    return output


def convolution(x: str, name: str, norm: str, stride: int) -> str:
    """A convolution with BatchNorm merged in, as an exporter in evaluation mode leaves it."""
    scale = weights[f"{norm}.weight"] / np.sqrt(weights[f"{norm}.running_var"] + np.float32(1e-5))
    weight, bias = f"{name}.merged", f"{name}.bias"
    weights[weight] = weights[f"{name}.weight"] * scale[:, None, None, None]
    weights[bias] = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
    kernel = weights[weight].shape[2]
    attributes = {"kernel_shape": [kernel] * 2, "strides": [stride] * 2, "pads": [kernel // 2] * 4}
    return node("Conv", [x, constant(weight), constant(bias)], **attributes)


x = node("Relu", [convolution("x", "conv1", "bn1", 2)])
x = node("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1] * 4)
for stage in range(1, 5):
    block = 0
    while f"layer{stage}.{block}.conv1.weight" in weights:
        name = f"layer{stage}.{block}"
        stride = 2 if stage > 1 and block == 0 else 1
        y = node("Relu", [convolution(x, f"{name}.conv1", f"{name}.bn1", 1)])
        y = node("Relu", [convolution(y, f"{name}.conv2", f"{name}.bn2", stride)])
        y = convolution(y, f"{name}.conv3", f"{name}.bn3", 1)
        if f"{name}.downsample.0.weight" in weights:
            x = convolution(x, f"{name}.downsample.0", f"{name}.downsample.1", stride)
        x = node("Relu", [node("Add", [y, x])])
        block += 1
x = node("Flatten", [node("GlobalAveragePool", [x])])
nodes.append(helper.make_node("Gemm", [x, constant("fc.weight"), constant("fc.bias")], ["y"], transB=1))

classes = weights["fc.bias"].shape[0]
graph = helper.make_graph(
    nodes,
    "resnet",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 224, 224])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, classes])],
    initializers,
)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), sys.argv[2])
