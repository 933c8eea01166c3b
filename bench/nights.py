"""Nights that begin together, and nights in a row.

    python3 bench/nights.py together --backbone SqueezeNet.mlmodel --data PHOTOS --out FOLDER [--rounds 10]
    python3 bench/nights.py in-a-row --backbone SqueezeNet.mlmodel --data PHOTOS --out FOLDER [--nights 10]

together: in each round two processes begin to write to one new work directory in the same moment, in odd rounds with
lock.wait = 0, so that one of them has to leave (exit code 3), in even ones with lock.wait = 600, so that it has to find
nothing new. All work directories are compared with the first (io.headgraft.bench.WorkDirectoryDigest); exits with 1 if
they differ or an exit code is another.

in-a-row: on a standalone cluster with two workers, the first night sees nine tenths of the photos, each one after it
one hundredth more. Prints the largest resident set of the driver and of each executor, night by night.

Build first; the settings are those of bench/kills.conf.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from cluster import ROOT, Cluster
from kills import digests

SUFFIXES = (".jpg", ".jpeg", ".png")


def nightly(args, work, log, *settings):
    options = [word for setting in settings for word in ("--set", setting)]
    with open(log, "wb") as output:
        return subprocess.Popen(
            [ROOT / "headgraft", "nightly", "--backbone", args.backbone, "--data", args.data, "--workdir", work,
             "--config", ROOT / "bench/kills.conf", *options], stdout=output, stderr=output)


def together(args):
    works, wrong = [], 0
    for number in range(1, args.rounds + 1):
        work = args.out / f"round-{number}"
        wait = 0 if number % 2 else 600
        pair = [nightly(args, work, args.out / f"round-{number}-{name}.log", f"lock.wait={wait}") for name in "ab"]
        codes = sorted(process.wait() for process in pair)
        wrong += codes != ([0, 3] if wait == 0 else [0, 0])
        print(f"round {number}: lock.wait={wait}, exit codes {codes}", flush=True)
        works.append(work)
    expected, *found = digests(works)
    print(json.dumps(expected))
    for number, digest in enumerate(found, 2):
        different = [key for key in expected if key not in ("workdir", "remains") and digest[key] != expected[key]]
        wrong += bool(different)
        print(f"round {number}: {'the same' if not different else f'DIFFERENT: {different}'}; "
              f"{digest['rows']} rows, {digest['rows'] - digest['distinct']} twice")
    sys.exit(1 if wrong else 0)


def resident(process):
    """The largest resident set so far, in MiB."""
    try:
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    except OSError:
        pass  # It has ended meanwhile.
    return 0


def grow(args, folder, share):
    """Copies more photos of each label, up to their share."""
    for label in sorted(each for each in args.data.iterdir() if each.is_dir()):
        photos = sorted(each for each in label.rglob("*") if each.suffix.lower() in SUFFIXES)
        for photo in photos[:round(len(photos) * share)]:
            target = folder / photo.relative_to(args.data)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(photo, target)


def in_a_row(args):
    photos = args.out / "photos"
    work = args.out / "work"
    cluster = Cluster(args.out / "cluster")
    try:
        for number in range(args.nights):
            grow(args, photos, 0.9 + number / 100)
            start = time.monotonic()
            driver = cluster.submit(
                "NightlyJob", ["--backbone", args.backbone, "--data", photos, "--workdir", work, "--config",
                               ROOT / "bench/kills.conf"], args.out / f"night-{number + 1}.log")
            most, executors = 0, {}
            while driver.poll() is None:
                most = max(most, resident(driver.pid))
                for executor in cluster.executors():
                    executors[executor] = max(executors.get(executor, 0), resident(executor))
                time.sleep(0.2)
            run = sorted((work / "runs").iterdir())[-1]
            record = json.loads((run / "run.json").read_text())
            print(f"night {number + 1}: exit code {driver.returncode}, {time.monotonic() - start:.1f} s; rows extracted "
                  f"{record['features']['extracted']}, reused {record['features']['reused']}; resident sets in MiB: "
                  f"driver {most}, executors {sorted(executors.values())}", flush=True)
    finally:
        cluster.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["together", "in-a-row"])
    parser.add_argument("--backbone", required=True, type=lambda path: Path(path).resolve())
    parser.add_argument("--data", required=True, type=lambda path: Path(path).resolve())
    parser.add_argument("--out", required=True, type=lambda path: Path(path).resolve())
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--nights", type=int, default=10)
    args = parser.parse_args()
    if args.out.exists() and any(args.out.iterdir()):
        sys.exit(f"{args.out} is not empty")
    args.out.mkdir(parents=True, exist_ok=True)
    together(args) if args.what == "together" else in_a_row(args)


if __name__ == "__main__":
    main()
