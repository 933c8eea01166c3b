"""Nearest neighbours beside scikit-learn's brute force, in turns, on two cores.

    python3 bench/neighbours.py FOLDER [--rows 20000] [--k 20] [--rounds 5]

FOLDER is what io.headgraft.bench.ExportFeatures wrote. Among so many rows, made of its training rows, the neighbours of as many others are
found, and vote by the inverse of their distances: both standardize, search and vote within their time. Prints a line a round, then
medians, their ratio, and on how many rows both agree. Build first; needs Debian's python3-sklearn.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from fits import ROOT, read, taken


def theirs(folder, k):
    """Features in single precision, as ours are: scikit-learn computes distances in double precision."""
    (rows, labels), (wanted, _) = (read(folder, split) for split in ("train", "validation"))
    rows, wanted = rows.astype(np.float32), wanted.astype(np.float32)
    begin = time.perf_counter()
    scaler = StandardScaler().fit(rows)
    search = KNeighborsClassifier(k, weights="distance", algorithm="brute").fit(scaler.transform(rows), labels)
    found = search.predict(scaler.transform(wanted))
    return time.perf_counter() - begin, found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--rows", type=int, default=20000)
    parser.add_argument("--k", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        taken(args.folder, args.rows, Path(folder))
        taken(args.folder, args.rows, Path(folder), "validation", seed=2)
        ours = subprocess.Popen([ROOT / "bench/run", "-Xmx4g", "NeighbourSearch", folder],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        seconds = {"headgraft": [], "scikit-learn": []}
        for number in range(args.rounds + 1):
            print(args.k, file=ours.stdin, flush=True)
            answer = json.loads(ours.stdout.readline())
            took, found = theirs(folder, args.k)
            agree = np.mean(found == np.array(answer["labels"]))
            print(f"round {number}: headgraft {answer['seconds']:.2f} s, scikit-learn {took:.2f} s, agree on {agree:.2%} "
                  f"(load {os.getloadavg()[0]:.1f})", flush=True)
            if number:
                # The round before the first warms up.
                seconds["headgraft"].append(answer["seconds"])
                seconds["scikit-learn"].append(took)
        ours.stdin.close()
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    print(f"{args.rows} among {args.rows} rows: headgraft {medians['headgraft']:.2f} s, scikit-learn {medians['scikit-learn']:.2f} s: "
          f"{medians['scikit-learn'] / medians['headgraft']:.2f} times as fast")


if __name__ == "__main__":
    main()
