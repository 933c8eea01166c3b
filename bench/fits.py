"""L-BFGS against scikit-learn's, fit by fit, until both are as near to the same minimum.

    python3 bench/fits.py FOLDER [--rows 30000] [--l2 0.01] [--rounds 5] [--sweep]

FOLDER is what io.headgraft.bench.ExportFeatures wrote. Of its training rows so many are taken; where there are fewer,
they come again with each feature multiplied by a number from 0.8 to 1.25, drawn by lot. First both find out which of
their tolerances is the loosest that comes within 1e-6, relative, of the lowest objective that any fit has reached, or
as near as the other one comes with its tightest: scikit-learn also stops where an iteration gains less than 2.2e-9.
Then they take turns with it. --sweep measures the whole path of penalties from the strongest on, each begun at the
minimum before it, with one tolerance for all. Prints a line a fit, then medians and their ratio. Build first; needs
Debian's python3-sklearn. Both use two cores.
"""

import argparse
import json
import operator
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench/peers"))
from heads import fit, objective, read  # noqa: E402

OURS = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10]
PEERS = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7]
NEAR = 1e-6
SWEEP = [1, 0.1, 0.01, 0.001, 0.0001]


def taken(folder, count, out, split="train", seed=1):
    """Writes a split of so many rows, made of the training rows."""
    rows, labels = read(folder, "train")
    random = np.random.default_rng(seed)
    order = random.permutation(len(labels))
    at = np.resize(order, count)
    factors = np.exp(random.uniform(-np.log(1.25), np.log(1.25), (count, rows.shape[1])))
    if split == "train":
        factors[:len(labels)] = 1
    (out / "meta.json").write_text((Path(folder) / "meta.json").read_text())
    (rows[at] * factors).astype("<f4").tofile(out / f"{split}.f32")
    labels[at].astype("<i4").tofile(out / f"{split}.labels.i32")


class Ours:
    name, tolerances = "headgraft", OURS

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [ROOT / "bench/run", "-Xmx4g", "PenaltyFits", folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def path(self, tolerance, penalties):
        print(tolerance, *penalties, file=self.process.stdin, flush=True)
        lines = [self.process.stdout.readline() for _ in penalties]
        if not all(lines):
            sys.exit("io.headgraft.bench.PenaltyFits has ended: see above why")
        fits = [json.loads(line) for line in lines]
        return [tuple(each[key] for key in ("seconds", "processor-seconds", "iterations", "objective")) for each in fits]


class Peer:
    name, tolerances = "scikit-learn", PEERS

    def __init__(self, folder):
        rows, self.labels = read(folder, "train")
        self.rows = StandardScaler().fit_transform(rows)

    def path(self, tolerance, penalties):
        fits, start = [], None
        for l2 in penalties:
            begin = time.process_time()
            start, seconds = fit(self.rows, self.labels, l2, start, tolerance=tolerance)
            processor = time.process_time() - begin
            value, _ = objective(start.coef_, start.intercept_, self.rows, self.labels, l2)
            fits.append((seconds, processor, int(start.n_iter_[0]), value))
        return fits


def show(name, tolerance, penalties, fits):
    for l2, (seconds, processor, iterations, value) in zip(penalties, fits):
        print(f"{name}: tolerance {tolerance:g}, l2 {l2:g}: {seconds:.3f} s, {processor:.3f} s of the processor, "
              f"{iterations} iterations, objective {value:.9f} (load {os.getloadavg()[0]:.1f})", flush=True)


def goal(i, tried):
    """What both have to come down to at a penalty, and how far that is from the lowest objective, relative."""
    lowest = min(values[i] for all_ in tried.values() for _, values in all_)
    value = max(lowest * (1 + NEAR), *(all_[-1][1][i] for all_ in tried.values()))
    return value, value / lowest - 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--rows", type=int, default=30000)
    parser.add_argument("--l2", type=float, default=0.01)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sweep", action="store_true")
    args = parser.parse_args()
    penalties = SWEEP if args.sweep else [args.l2]
    with tempfile.TemporaryDirectory() as out:
        taken(args.folder, args.rows, Path(out))
        both = [Ours(out), Peer(out)]
        tried = {each.name: [] for each in both}
        for each in both:
            for tolerance in each.tolerances:
                begin = time.monotonic()
                fits = each.path(tolerance, penalties)
                show(each.name, tolerance, penalties, fits)
                tried[each.name].append((tolerance, [each_fit[-1] for each_fit in fits]))
                if len(tried[each.name]) > 1 and time.monotonic() - begin > 120:
                    break
        goals, distances = zip(*(goal(i, tried) for i in range(len(penalties))))
        chosen = {
            name: max(tolerance for tolerance, values in all_ if all(map(operator.le, values, goals)))
            for name, all_ in tried.items()}
        for l2, value, distance in zip(penalties, goals, distances):
            print(f"l2 {l2:g}: both down to {value:.9f}, {distance:.1e} above the lowest")
        print(f"tolerances {chosen}", flush=True)
        seconds = {each.name: [] for each in both}
        for number in range(args.rounds):
            # Whoever is first today is second the next time.
            for each in both[::1 if number % 2 else -1]:
                fits = each.path(chosen[each.name], penalties)
                show(each.name, chosen[each.name], penalties, fits)
                seconds[each.name].append(sum(each_fit[0] for each_fit in fits))
        medians = {name: statistics.median(all_) for name, all_ in seconds.items()}
        ratios = sorted(theirs / ours for ours, theirs in zip(seconds["headgraft"], seconds["scikit-learn"]))
        print(f"{args.rows} rows, {len(penalties)} fits: headgraft {medians['headgraft']:.3f} s, scikit-learn "
              f"{medians['scikit-learn']:.3f} s; {medians['scikit-learn'] / medians['headgraft']:.2f} times as fast "
              f"(pairs {', '.join(f'{ratio:.2f}' for ratio in ratios)})")


if __name__ == "__main__":
    main()
