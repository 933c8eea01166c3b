"""The head's mini-batch SGD as one writes it in PyTorch, on the features that Headgraft's heads have.

    python3 sgd.py FOLDER [--threads 2] [--epochs 30] [--seed 1]

FOLDER is what io.headgraft.bench.ExportFeatures wrote. As head.sgd of conf/headgraft.conf has it: nine settings,
momentum 0.9, a cosine, batches of 32 rows, all epochs, the best by log-loss on the validation split; then training
anew on training and validation split, and one test. Prints one JSON line a setting, with steps a second, then one
for what was chosen.
"""

import argparse
import itertools
import json
import math
import time

import torch
from sklearn.preprocessing import StandardScaler

from heads import read, scores, together

LEARNING_RATES = {"sgd": [0.003, 0.01, 0.03], "adam": [0.001, 0.003, 0.01]}
PENALTIES = [0.0001, 0.001, 0.01]
MOMENTUM = 0.9
BATCH = 32
EPOCHS = 30


def batches(count, batch):
    """A new order, its last batch filled up from its start."""
    order = torch.randperm(count)
    missing = -count % batch
    return torch.cat([order, order[:missing]]).split(batch)


def optimizer_of(layer, name, rate, l2):
    parameters = [{"params": [layer.weight], "weight_decay": l2}, {"params": [layer.bias]}]
    return torch.optim.Adam(parameters, lr=rate) if name == "adam" else torch.optim.SGD(parameters, lr=rate, momentum=MOMENTUM)


def train(rows, labels, rate, l2, epochs, batch=BATCH, name="sgd", seed=1):
    """The layer, steps, seconds."""
    torch.manual_seed(seed)
    layer = torch.nn.Linear(rows.shape[1], int(labels.max()) + 1)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimizer = optimizer_of(layer, name, rate, l2)
    steps = math.ceil(len(labels) / batch) * epochs
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    begin = time.perf_counter()
    for _ in range(epochs):
        for some in batches(len(labels), batch):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(layer(rows[some]), labels[some]).backward()
            optimizer.step()
            schedule.step()
    return layer, steps, time.perf_counter() - begin


def judged(layer, rows, labels):
    """Log-loss, and how many are right."""
    with torch.no_grad():
        return scores(layer(rows).double().numpy(), labels)


def tensors(rows, labels, scaler):
    return torch.from_numpy(scaler.transform(rows)).float(), torch.from_numpy(labels).long()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)

    training, validation, test = (read(args.folder, s) for s in ("train", "validation", "test"))
    scaler = StandardScaler().fit(training[0])
    rows, labels = tensors(*training, scaler)
    held_out = tensors(*validation, scaler)[0]
    begin = time.perf_counter()
    found = {}
    for rate, l2 in itertools.product(LEARNING_RATES["sgd"], PENALTIES):
        layer, steps, seconds = train(rows, labels, rate, l2, args.epochs, seed=args.seed)
        found[rate, l2], right = judged(layer, held_out, validation[1])
        print(json.dumps({
            "learning_rate": rate, "l2": l2, "validation_log_loss": found[rate, l2],
            "validation_accuracy": right / len(validation[1]), "steps": steps, "seconds": round(seconds, 3),
            "steps_per_second": round(steps / seconds)}), flush=True)
    rate, l2 = min(found, key=found.get)
    everything = together(training, validation)
    scaler = StandardScaler().fit(everything[0])
    layer, _, _ = train(*tensors(*everything, scaler), rate, l2, args.epochs, seed=args.seed)
    loss, right = judged(layer, tensors(*test, scaler)[0], test[1])
    print(json.dumps({
        "peer": "pytorch", "threads": args.threads, "learning_rate": rate, "l2": l2,
        "epochs": args.epochs, "test_right": right, "test_photos": len(test[1]),
        "test_accuracy": right / len(test[1]), "test_log_loss": loss,
        "seconds": round(time.perf_counter() - begin, 3), "torch": torch.__version__}))


if __name__ == "__main__":
    main()
