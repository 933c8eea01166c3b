"""Mini-batch gradient descent beside PyTorch's, in turns, on two cores.

    python3 bench/descent.py FOLDER [--optimizer sgd] [--batch 32] [--single] [--epochs 30] [--rounds 5]

FOLDER is what io.headgraft.bench.ExportFeatures wrote. The default grid of the optimizer, nine settings, is trained for so many epochs and measured on
the validation split; with --single only one of them. PyTorch (bench/peers/sgd.py) trains one setting after another, with one thread and with two; and a
grid also in two processes of one thread, which share the settings. Ours scores after each epoch within its time, theirs after the last one and outside.
Prints a line a round with steps of a setting a second and the lowest log-loss of each, then medians and ratios.
Build first; needs Debian's python3-torch and python3-sklearn.
"""

import argparse
import concurrent.futures
import itertools
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
from pathlib import Path

import torch
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench/peers"))
from heads import read  # noqa: E402
from sgd import BATCH, EPOCHS, LEARNING_RATES, PENALTIES, judged, tensors, train  # noqa: E402


class Ours:
    def __init__(self, args, settings):
        self.process = subprocess.Popen(
            [ROOT / "bench/run", "-Xmx4g", "GridTraining", args.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        of = f"head.{args.optimizer}."
        rates, penalties = (sorted(set(each)) for each in zip(*settings))
        self.line = " ".join([args.optimizer, f"{of}learning-rates={rates}".replace(" ", ""), f"{of}l2={penalties}".replace(" ", ""),
                              f"{of}mini-batch-size={args.batch}", f"{of}epochs={args.epochs}"])

    def run(self):
        """Steps a second, lowest log-loss."""
        print(self.line, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit("io.headgraft.bench.GridTraining has ended: see above why")
        answer = json.loads(line)
        return answer["steps"] / answer["seconds"], answer["validation-log-loss"]


class Peer:
    def __init__(self, args, settings):
        self.args, self.settings = args, settings
        training, self.validation = (read(args.folder, split) for split in ("train", "validation"))
        scaler = StandardScaler().fit(training[0])
        self.rows, self.labels = tensors(*training, scaler)
        self.held_out = tensors(*self.validation, scaler)[0]

    def train(self, settings, threads):
        """Steps, seconds, lowest log-loss."""
        torch.set_num_threads(threads)
        all_steps, all_seconds, losses = 0, 0, []
        for rate, l2 in settings:
            layer, steps, seconds = train(self.rows, self.labels, rate, l2, self.args.epochs, self.args.batch, self.args.optimizer)
            all_steps, all_seconds = all_steps + steps, all_seconds + seconds
            losses.append(judged(layer, self.held_out, self.validation[1])[0])
        return all_steps, all_seconds, min(losses)

    def run(self, threads):
        """Steps a second, lowest log-loss."""
        steps, seconds, loss = self.train(self.settings, threads)
        return steps / seconds, loss


class PeerProcesses:
    """Two of one thread each, the settings dealt out; the longer one's seconds count."""

    def __init__(self, args, settings):
        self.halves = [settings[::2], settings[1::2]]
        self.processes = [
            concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), PeerProcesses.begin, (args, half))
            for half in self.halves]

    @staticmethod
    def begin(args, settings):
        global peer
        peer = Peer(args, settings)

    @staticmethod
    def work():
        return peer.train(peer.settings, 1)

    def run(self):
        done = [each.result() for each in [process.submit(PeerProcesses.work) for process in self.processes]]
        steps, seconds, losses = zip(*done)
        return sum(steps) / max(seconds), min(losses)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--optimizer", choices=["sgd", "adam"], default="sgd")
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--single", action="store_true")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    settings = list(itertools.product(LEARNING_RATES[args.optimizer], PENALTIES))
    if args.single:
        settings = settings[len(settings) // 2:][:1]
    ours, peer = Ours(args, settings), Peer(args, settings)
    ways = {"headgraft": ours.run, "PyTorch, 1 thread": lambda: peer.run(1), "PyTorch, 2 threads": lambda: peer.run(2)}
    if not args.single:
        ways["PyTorch, 2 processes"] = PeerProcesses(args, settings).run
    for run in ways.values():
        run()  # warms up
    rates = {name: [] for name in ways}
    for number in range(args.rounds):
        # Whoever is first today is last the next time.
        found = {name: ways[name]() for name in list(ways)[::-1 if number % 2 else 1]}
        print(f"round {number + 1}: " + "; ".join(f"{name} {rate:.0f} steps/s, log-loss {loss:.4f}" for name, (rate, loss) in found.items())
              + f" (load {os.getloadavg()[0]:.1f})", flush=True)
        for name, (rate, _) in found.items():
            rates[name].append(rate)
    medians = {name: statistics.median(each) for name, each in rates.items()}
    print(f"{len(settings)} settings of {args.optimizer}, batches of {args.batch}, medians: "
          + "; ".join(f"{name} {rate:.0f} steps/s" + ("" if name == "headgraft" else f", ours {medians['headgraft'] / rate:.2f} times as fast")
                      for name, rate in medians.items()))


if __name__ == "__main__":
    main()
