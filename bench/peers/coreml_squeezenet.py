"""SqueezeNet v1.1 in PyTorch, with its weights read straight from a Core ML .mlmodel file.

The other scripts in this folder import it. Run by itself it measures no speed: it checks the
network against a folder of 227x227 images with a features.csv (a header line, then one line per
image: its file name and its 1000 features) and prints the largest absolute difference. It exits
with 1 where that is above 1e-3.

    python3 coreml_squeezenet.py MODEL REFERENCE_FOLDER

Needs torch, numpy and Pillow. The .mlmodel is a protocol-buffers message; the few fields needed
here are read by hand, so no protobuf package is used.
"""

import argparse
import csv
import os
import sys

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

SIZE = 227
MEAN_BGR = (104.0, 117.0, 123.0)

# Field numbers of the Core ML messages.
NETWORKS = (403, 500)  # Model: neuralNetworkClassifier, neuralNetwork
LAYER = 1  # of a network
LAYER_NAME, LAYER_CONVOLUTION = 1, 100
CONVOLUTION_WEIGHTS, CONVOLUTION_BIAS = 90, 91
FLOAT32_VALUES, FLOAT16_VALUES = 1, 2  # of WeightParams


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(message):
    """Yields (field number, value): an int for a varint, else the bytes of the field."""
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(message, at)
        else:
            if kind == 2:
                length, at = varint(message, at)
            elif kind in (1, 5):
                length = 8 if kind == 1 else 4
            else:
                raise ValueError(f"wire type {kind} is not in use in Core ML files")
            value = message[at:at + length]
            if len(value) < length:
                raise ValueError("the file ends inside a field")
            at += length
        yield key >> 3, value


def numbers(weight_params):
    """The values of a WeightParams message as a flat float32 array."""
    for field, dtype in ((FLOAT32_VALUES, "<f4"), (FLOAT16_VALUES, "<f2")):
        data = b"".join(value for number, value in fields(weight_params) if number == field)
        if data:
            return np.frombuffer(data, dtype).astype(np.float32)
    raise ValueError("only float32 and float16 weights are read, not quantized ones")


def read_convolutions(path):
    """Layer name -> (weights, bias), as flat arrays, of every convolution in the file."""
    with open(path, "rb") as file:
        model = memoryview(file.read())
    found = {}
    networks = (value for number, value in fields(model) if number in NETWORKS)
    for layer in (value for net in networks for number, value in fields(net) if number == LAYER):
        parts = dict(fields(layer))
        if LAYER_CONVOLUTION in parts:
            params = dict(fields(parts[LAYER_CONVOLUTION]))
            found[bytes(parts[LAYER_NAME]).decode()] = (
                numbers(params[CONVOLUTION_WEIGHTS]), numbers(params[CONVOLUTION_BIAS]))
    return found


class Fire(nn.Module):
    def __init__(self, channels, squeeze, expand):
        super().__init__()
        self.squeeze1x1 = nn.Conv2d(channels, squeeze, 1)
        self.expand1x1 = nn.Conv2d(squeeze, expand, 1)
        self.expand3x3 = nn.Conv2d(squeeze, expand, 3, padding=1)

    def forward(self, x):
        x = F.relu(self.squeeze1x1(x), inplace=True)
        return F.relu(torch.cat((self.expand1x1(x), self.expand3x3(x)), 1), inplace=True)


class SqueezeNet(nn.Module):
    """N x 3 x 227 x 227 BGR values less MEAN_BGR -> N x 1000 features."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 3, stride=2)
        self.fire2 = Fire(64, 16, 64)
        self.fire3 = Fire(128, 16, 64)
        self.fire4 = Fire(128, 32, 128)
        self.fire5 = Fire(256, 32, 128)
        self.fire6 = Fire(256, 48, 192)
        self.fire7 = Fire(384, 48, 192)
        self.fire8 = Fire(384, 64, 256)
        self.fire9 = Fire(512, 64, 256)
        self.conv10 = nn.Conv2d(512, 1000, 1)
        self.pool = nn.MaxPool2d(3, stride=2, ceil_mode=True)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x), inplace=True))
        x = self.pool(self.fire3(self.fire2(x)))
        x = self.pool(self.fire5(self.fire4(x)))
        x = self.fire9(self.fire8(self.fire7(self.fire6(x))))
        x = F.relu(self.conv10(x), inplace=True)
        return F.adaptive_avg_pool2d(x, 1).flatten(1)


def load(path, channels_last=False):
    """The network with the weights of the .mlmodel at path, ready for inference."""
    network = SqueezeNet().eval().requires_grad_(False)
    shapes = {name: tensor.shape for name, tensor in network.state_dict().items()}
    weights = {}
    for layer, arrays in read_convolutions(path).items():
        for kind, array in zip(("weight", "bias"), arrays):
            name = layer.replace("/", ".") + "." + kind
            if name not in shapes:
                raise ValueError(f"{path}: {layer} is not a layer of SqueezeNet v1.1")
            weights[name] = torch.from_numpy(array).reshape(shapes[name])
    network.load_state_dict(weights)  # strict: every layer must be there
    return network.to(memory_format=torch.channels_last) if channels_last else network


def to_input(images, channels_last=False):
    """A list of 227x227x3 uint8 RGB arrays -> the network's input."""
    rgb = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2)  # as stored: channels last
    layout = torch.channels_last if channels_last else torch.contiguous_format
    bgr = rgb.flip(1).to(torch.float32, memory_format=layout)
    return bgr.sub_(torch.tensor(MEAN_BGR).view(1, 3, 1, 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("reference_folder")
    args = parser.parse_args()
    with open(os.path.join(args.reference_folder, "features.csv"), newline="") as file:
        rows = list(csv.reader(file))[1:]
    images = []
    for name, *_ in rows:
        with Image.open(os.path.join(args.reference_folder, name)) as image:
            images.append(np.asarray(image.convert("RGB")))
    expected = np.array([row[1:] for row in rows], dtype=np.float64)
    worst = 0.0
    for channels_last in (False, True):
        with torch.no_grad():
            features = load(args.model, channels_last)(to_input(images, channels_last)).numpy()
        if features.shape != expected.shape:
            sys.exit(f"{features.shape} features, {expected.shape} expected")
        difference = float(np.abs(features - expected).max())
        worst = max(worst, difference)
        print(f"channels_last={channels_last}: {len(images)} images, "
              f"largest absolute difference {difference:.3g}")
    sys.exit(0 if worst < 1e-3 else 1)  # a NaN fails too


if __name__ == "__main__":
    main()
