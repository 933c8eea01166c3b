"""Extraction on a standalone cluster: two workers of one core against one worker of one core.

    python3 bench/speedup.py --backbone SqueezeNet.mlmodel --data PHOTOS --out FOLDER [--repeat 3]

Each worker is pinned to a core of its own. Both clusters are up all the time; the runs alternate, each into a work
directory of its own. "extract" is the stage that the job logs: network loaded, images decoded, features computed and
committed; "whole" is spark-submit from its start to its end. Prints a line a run, then the medians and their ratios.
Build first.
"""

import argparse
import os
import re
import shutil
import statistics
import sys
import time
from pathlib import Path

from cluster import Cluster


def run(cluster, args, name):
    work, log = args.out / f"{name}-work", args.out / f"{name}.log"
    start = time.monotonic()
    code = cluster.submit("ExtractFeaturesJob", [
        "--backbone", args.backbone, "--data", args.data, "--workdir", work,
        "--set", f"augment.variants={args.variants}"], log).wait()
    whole = time.monotonic() - start
    if code != 0:
        sys.exit(f"{name} failed, see {log}")
    text = log.read_text(errors="replace")
    rows, seconds = re.search(r"extract: ([\d,]+) rows extracted .* ([\d.]+) s", text).groups()
    shutil.rmtree(work)
    load = os.getloadavg()[0]
    print(f"{name}: {rows} rows, extract {seconds} s, whole {whole:.1f} s (load {load:.1f})", flush=True)
    return float(seconds), whole


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--backbone", required=True, type=lambda path: Path(path).resolve())
    parser.add_argument("--data", required=True, type=lambda path: Path(path).resolve())
    parser.add_argument("--out", required=True, type=lambda path: Path(path).resolve())
    parser.add_argument("--variants", default="4")
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    clusters = {}
    seconds = {1: [], 2: []}
    try:
        for workers in seconds:
            clusters[workers] = Cluster(args.out / f"cluster-{workers}", workers, pinned=True)
        for repetition in range(1, args.repeat + 1):
            # Whoever is first today is second the next time.
            for workers in (1, 2) if repetition % 2 else (2, 1):
                seconds[workers].append(run(clusters[workers], args, f"{workers}-workers-{repetition}"))
    finally:
        for cluster in clusters.values():
            cluster.close()
    for part, what in enumerate(["extract", "whole"]):
        one, two = (statistics.median(run[part] for run in seconds[workers]) for workers in (1, 2))
        ratios = sorted(one[part] / two[part] for one, two in zip(seconds[1], seconds[2]))
        print(f"{what}: one worker {one:.1f} s, two {two:.1f} s, {one / two:.2f} times as fast; "
              f"pairs {', '.join(f'{ratio:.2f}' for ratio in ratios)}")


if __name__ == "__main__":
    main()
