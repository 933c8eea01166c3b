"""What io.headgraft.bench.DeviceTraining did, done again by PyTorch on the same batches.

    python3 device.py FOLDER

FOLDER is what DeviceTraining wrote: the values that the first trained layer reads, their labels, the
order of the rows in each epoch, and the layers before and after. PyTorch trains in single and in double
precision. Prints one JSON line: of each trained tensor, and of each pair of the three, the largest
difference of a number over the largest number that the tensor holds in the end ("weight"), and over the
largest change that training made ("change"). What PyTorch's two precisions differ by is rounding alone.
"""

import argparse
import json
import pathlib
import time

import numpy as np
import torch


class Run:
    """A folder of DeviceTraining."""

    def __init__(self, folder):
        self.folder = folder
        self.meta = json.loads((folder / "meta.json").read_text())
        labels, features = self.meta["labels"], self.meta["features"]
        self.shapes = {"head": (labels, features), "head-bias": (labels,)}
        if self.meta["channels"]:
            self.shapes["convolution"] = (features, self.meta["channels"], 1, 1)
            self.shapes["convolution-bias"] = (features,)
        self.trained = [
            name for name in self.shapes
            if ("conv10" if name.startswith("convolution") else "fullyconnected0")
            in self.meta["layers"]]

    def read(self, name, kind, *shape):
        numbers = np.fromfile(self.folder / (name + ".f32"), "<f4").reshape(shape)
        return torch.from_numpy(numbers).to(kind)

    def layers(self, which, kind=torch.float64):
        return {name: self.read(f"{which}-{name}", kind, *shape)
                for name, shape in self.shapes.items()}

    def whole(self, name):
        return torch.from_numpy(np.fromfile(self.folder / (name + ".i32"), "<i4")).long()

    def logits(self, layers, batch):
        if self.meta["channels"]:
            pixels = batch.reshape(len(batch), self.meta["channels"], -1, 1)
            found = torch.nn.functional.conv2d(
                pixels, layers["convolution"], layers["convolution-bias"])
            found = torch.relu(found) if self.meta["relu"] else found
            batch = (found.mean((2, 3)) * self.read("factor", batch.dtype, -1)
                     + self.read("shift", batch.dtype, -1))
        return torch.nn.functional.linear(batch, layers["head"], layers["head-bias"])

    def train(self, kind):
        layers = self.layers("start", kind)
        tensors = [layers[name].requires_grad_() for name in self.trained]
        rate, size, rows = self.meta["learning-rate"], self.meta["batch"], self.meta["rows"]
        optimizer = (
            torch.optim.Adam(tensors, lr=rate, betas=(0.9, 0.999), eps=1e-8)
            if self.meta["optimizer"] == "adam"
            else torch.optim.SGD(tensors, lr=rate, momentum=0.9))
        values, truth = self.read("values", kind, rows, -1), self.whole("labels")
        for order in self.whole("orders").reshape(self.meta["epochs"], rows):
            filled = torch.cat([order, order[torch.arange(-rows % size) % rows]])
            for batch in filled.split(size):
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(
                    self.logits(layers, values[batch]), truth[batch]).backward()
                optimizer.step()
        return {name: layer.detach().double() for name, layer in layers.items()}

    def compare(self, ours, theirs, start):
        found = {}
        for name in self.trained:
            gap = (ours[name] - theirs[name]).abs().max().item()
            found[name] = {
                "weight": float(f"{gap / theirs[name].abs().max().item():.2g}"),
                "change": float(f"{gap / (theirs[name] - start[name]).abs().max().item():.2g}")}
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    run = Run(parser.parse_args().folder)
    torch.set_num_threads(1)
    begin = time.perf_counter()
    single = run.train(torch.float32)
    seconds = time.perf_counter() - begin
    double = run.train(torch.float64)
    start, ours = run.layers("start"), run.layers("trained")
    print(json.dumps({
        **{key: run.meta[key] for key in ("layers", "optimizer", "rows", "epochs")},
        "seconds": round(run.meta["seconds"], 2), "pytorch-seconds": round(seconds, 2),
        "ours-and-single": run.compare(ours, single, start),
        "ours-and-double": run.compare(ours, double, start),
        "single-and-double": run.compare(single, double, start)}))


if __name__ == "__main__":
    main()
