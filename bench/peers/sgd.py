"""The head's mini-batch SGD as one writes it in PyTorch, on the features that Headgraft's heads have.

    python3 sgd.py FOLDER [--threads 2] [--epochs 40]

FOLDER is what io.headgraft.bench.ExportFeatures wrote. As head.sgd of conf/headgraft.conf has it: nine
settings, momentum 0.9, a cosine, batches of 32 rows, early stopping by log-loss on the validation split,
training anew on training and validation split for as many epochs as were best, one test. Prints one
JSON line a setting, with steps a second, then one for what was chosen.
"""

import argparse
import itertools
import json
import math
import time

import torch
from sklearn.preprocessing import StandardScaler

from heads import read, scores, together

LEARNING_RATES = [0.001, 0.003, 0.01]
PENALTIES = [0.001, 0.01, 0.1]
MOMENTUM = 0.9
BATCH = 32
PATIENCE = 10


def batches(count):
    """A new order, its last batch filled up from its start."""
    order = torch.randperm(count)
    missing = -count % BATCH
    return torch.cat([order, order[:missing]]).split(BATCH)


def train(rows, labels, held_out, rate, l2, epochs, most):
    """Best epoch, its log-loss and accuracy, the layer at the end, steps, seconds of the steps.

    The cosine ends after most epochs, however many are trained.
    """
    torch.manual_seed(1)
    layer = torch.nn.Linear(rows.shape[1], int(labels.max()) + 1)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimizer = torch.optim.SGD(
        [{"params": [layer.weight], "weight_decay": l2}, {"params": [layer.bias]}],
        lr=rate, momentum=MOMENTUM)
    steps = math.ceil(len(labels) / BATCH) * most
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    best, seconds, done = (0, math.inf, 0), 0, 0
    for epoch in range(1, epochs + 1):
        begin = time.perf_counter()
        for batch in batches(len(labels)):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(layer(rows[batch]), labels[batch]).backward()
            optimizer.step()
            schedule.step()
            done += 1
        seconds += time.perf_counter() - begin
        if held_out is not None:
            with torch.no_grad():
                loss, right = scores(layer(held_out[0]).double().numpy(), held_out[1])
            if loss < best[1]:
                best = (epoch, loss, right / len(held_out[1]))
            if epoch - best[0] >= PATIENCE:
                break
    return best, layer, done, seconds


def tensors(rows, labels, scaler):
    return torch.from_numpy(scaler.transform(rows)).float(), torch.from_numpy(labels).long()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=40)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)

    training, validation, test = (read(args.folder, s) for s in ("train", "validation", "test"))
    scaler = StandardScaler().fit(training[0])
    rows, labels = tensors(*training, scaler)
    held_out = (tensors(*validation, scaler)[0], validation[1])
    begin = time.perf_counter()
    found = {}
    for rate, l2 in itertools.product(LEARNING_RATES, PENALTIES):
        best, _, steps, seconds = train(rows, labels, held_out, rate, l2, args.epochs, args.epochs)
        found[rate, l2] = best
        print(json.dumps({
            "learning_rate": rate, "l2": l2, "best_epoch": best[0], "validation_log_loss": best[1],
            "validation_accuracy": best[2], "steps": steps, "seconds": round(seconds, 3),
            "steps_per_second": round(steps / seconds)}), flush=True)
    rate, l2 = min(found, key=lambda setting: found[setting][1])
    everything = together(training, validation)
    scaler = StandardScaler().fit(everything[0])
    epochs = found[rate, l2][0]
    _, layer, _, _ = train(*tensors(*everything, scaler), None, rate, l2, epochs, args.epochs)
    with torch.no_grad():
        loss, right = scores(layer(tensors(*test, scaler)[0]).double().numpy(), test[1])
    print(json.dumps({
        "peer": "pytorch", "threads": args.threads, "learning_rate": rate, "l2": l2,
        "epochs": epochs, "test_right": right, "test_photos": len(test[1]),
        "test_accuracy": right / len(test[1]), "test_log_loss": loss,
        "seconds": round(time.perf_counter() - begin, 3), "torch": torch.__version__}))


if __name__ == "__main__":
    main()
