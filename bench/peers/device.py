"""What io.headgraft.bench.DeviceTraining did, done again by PyTorch on the same batches.

    python3 device.py FOLDER [--double]

FOLDER is what DeviceTraining wrote: the values that the first trained layer reads, their labels, the
order of the rows in each epoch, and the layers before and after. Prints one JSON line: of each trained
tensor the largest difference of a number, over the largest number that it holds in the end ("weight")
and over the largest change that training made ("change"). With --double PyTorch computes in double
precision, which tells whose rounding it is.
"""

import argparse
import json
import pathlib
import time

import numpy as np
import torch


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--double", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    kind = torch.float64 if args.double else torch.float32
    meta = json.loads((args.folder / "meta.json").read_text())

    def read(name, *shape):
        numbers = np.fromfile(args.folder / (name + ".f32"), "<f4").reshape(shape)
        return torch.from_numpy(numbers).to(kind)

    rows, labels, features = meta["rows"], meta["labels"], meta["features"]
    shapes = {"head": (labels, features), "head-bias": (labels,)}
    if meta["channels"]:
        shapes["convolution"] = (features, meta["channels"], 1, 1)
        shapes["convolution-bias"] = (features,)
    layers = {name: read("start-" + name, *shape) for name, shape in shapes.items()}
    start = {name: layer.clone() for name, layer in layers.items()}
    trained = [name for name in layers
               if ("conv10" if name.startswith("convolution") else "fullyconnected0")
               in meta["layers"]]
    for name in trained:
        layers[name].requires_grad_()

    values = read("values", rows, -1)
    truth = torch.from_numpy(np.fromfile(args.folder / "labels.i32", "<i4")).long()
    orders = torch.from_numpy(
        np.fromfile(args.folder / "orders.i32", "<i4")).long().reshape(meta["epochs"], rows)

    def logits(batch):
        if meta["channels"]:
            pixels = batch.reshape(len(batch), meta["channels"], -1, 1)
            found = torch.nn.functional.conv2d(
                pixels, layers["convolution"], layers["convolution-bias"])
            found = torch.relu(found) if meta["relu"] else found
            batch = found.mean((2, 3)) * read("factor", -1) + read("shift", -1)
        return torch.nn.functional.linear(batch, layers["head"], layers["head-bias"])

    tensors = [layers[name] for name in trained]
    optimizer = (
        torch.optim.Adam(tensors, lr=meta["learning-rate"], betas=(0.9, 0.999), eps=1e-8)
        if meta["optimizer"] == "adam"
        else torch.optim.SGD(tensors, lr=meta["learning-rate"], momentum=0.9))
    begin = time.perf_counter()
    size = meta["batch"]
    for order in orders:
        filled = torch.cat([order, order[torch.arange(-rows % size) % rows]])
        for batch in filled.split(size):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(logits(values[batch]), truth[batch]).backward()
            optimizer.step()
    result = {"layers": meta["layers"], "optimizer": meta["optimizer"], "photos": rows,
              "epochs": meta["epochs"], "precision": str(kind).removeprefix("torch."),
              "seconds": round(time.perf_counter() - begin, 2),
              "our-seconds": round(meta["seconds"], 2)}
    for name in trained:
        ours = read("trained-" + name, *shapes[name])
        theirs = layers[name].detach()
        gap = (ours - theirs).abs().max().item()
        result[name] = {
            "weight": gap / theirs.abs().max().item(),
            "change": gap / (theirs - start[name]).abs().max().item()}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
