"""Photos on disk to committed features: Headgraft beside PyTorch, and how time grows with the photos.

    python3 bench/photos.py peers  --backbone SqueezeNet.mlmodel --data PHOTOS [--count 4500] [--variants 0] [--rounds 5]
    python3 bench/photos.py growth --backbone SqueezeNet.mlmodel --data PHOTOS [--counts 500,1000,2000,8000,32000]

Both make JPEGs of 224x224 first, each of other bytes: photos of PHOTOS, resized, with a little noise. Ours is the whole process `headgraft
extract` into a new work directory, from which the seconds of its stages are read too. The peers are bench/peers/extract.py with channels-last, as one
process of two threads and as two processes of one thread, batches of 4, 8 and 32, on at most 1,000 of the photos, their time without loading.

peers: in turns, then medians, ours over the best peer, and over the network alone (io.headgraft.bench.NetworkSpeed).
growth: a line a count, then slope and intercept of the least squares.

Build first; needs Debian's python3-torch, python3-pil and python3-numpy, and should run with that python3.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
SIDE = 224
OF_PEERS = 1000
STAGE = re.compile(r": (list|extract): .*, ([0-9.]+) s$", re.MULTILINE)
ROWS = re.compile(r": extract: ([0-9,]+) rows extracted")


def make(data, folder, count):
    """So many photos, in two label folders."""
    sources = sorted(path for path in Path(data).rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    random = np.random.default_rng(1)
    for i in range(count):
        with Image.open(sources[i % len(sources)]) as photo:
            photo.draft("RGB", (SIDE, SIDE))
            pixels = np.asarray(photo.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.int16)
        pixels = np.clip(pixels + random.integers(-4, 5, pixels.shape), 0, 255).astype(np.uint8)
        path = folder / ("even", "odd")[i % 2] / f"{i}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path, quality=90)


def ours(args, folder, variants):
    """Seconds of the process, and of its stages, and the rows: held-out photos have no variants."""
    with tempfile.TemporaryDirectory() as work:
        begin = time.monotonic()
        done = subprocess.run(
            [ROOT / "headgraft", "extract", "--backbone", args.backbone, "--data", folder, "--workdir", work,
             "--set", f"augment.variants={variants if variants else '[]'}"], capture_output=True, text=True)
        seconds = time.monotonic() - begin
    if done.returncode:
        sys.exit(done.stderr)
    rows = int(ROWS.search(done.stderr)[1].replace(",", ""))
    return seconds, {name: float(took) for name, took in STAGE.findall(done.stderr)}, rows


def peer(args, folders, threads, batch):
    """Images a second of so many processes at a time."""
    environment = dict(os.environ, MALLOC_MMAP_THRESHOLD_="4000000000", MALLOC_TRIM_THRESHOLD_="8000000000")
    processes = [subprocess.Popen(
        [sys.executable, ROOT / "bench/peers/extract.py", "--backbone", args.backbone, "--data", folder,
         "--batch", str(batch), "--threads", str(threads), "--channels-last"],
        stdout=subprocess.PIPE, text=True, env=environment) for folder in folders]
    answers = [json.loads(process.communicate()[0]) for process in processes]
    return sum(answer["images_per_second"] for answer in answers)


def network(args):
    done = subprocess.run(
        [ROOT / "bench/run", "NetworkSpeed", args.backbone, "onnxruntime", "2", "4", "5"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return float(re.search(r"median ([0-9.]+) images/s", done.stdout)[1])


def load():
    return f"load {os.getloadavg()[0]:.1f}"


def peers(args, folder):
    photos = folder / "photos"
    make(args.data, photos, args.count)
    few = [folder / "few-0", folder / "few-1"]
    for i, path in enumerate(sorted(photos.rglob("*.jpg"))[:OF_PEERS]):
        target = few[i % 2] / path.name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(path, target)
    both = folder / "few"
    both.mkdir()
    for half in few:
        shutil.copytree(half, both / half.name)
    rates = {}
    for number in range(args.rounds):
        seconds, stages, rows = ours(args, photos, args.variants)
        found = {"ours, process": rows / seconds, "ours, its stages": rows / sum(stages.values()),
                 "ours, extract": rows / stages["extract"], "our network": network(args)}
        for batch in (4, 8, 32):
            found[f"peer, 1 x 2 threads, batch {batch}"] = peer(args, [both], 2, batch)
            found[f"peer, 2 x 1 thread, batch {batch}"] = peer(args, few, 1, batch)
        print(f"round {number + 1}: " + "; ".join(f"{k} {v:.1f}" for k, v in found.items()) + f" ({load()})", flush=True)
        for name, rate in found.items():
            rates.setdefault(name, []).append(rate)
    medians = {name: statistics.median(each) for name, each in rates.items()}
    best = max(rate for name, rate in medians.items() if name.startswith("peer"))
    print("medians, rows/s: " + "; ".join(f"{name} {rate:.1f}" for name, rate in medians.items()))
    for name in ("ours, process", "ours, its stages", "ours, extract"):
        print(f"{name}: {medians[name] / best:.2f} times the best peer, "
              f"{medians[name] / medians['our network']:.2f} of our network alone")


def growth(args, folder):
    counts = [int(count) for count in args.counts.split(",")]
    seconds = []
    for count in counts:
        photos = folder / str(count)
        make(args.data, photos, count)
        took, stages, _ = ours(args, photos, 0)
        shutil.rmtree(photos)
        seconds.append(took)
        print(f"{count} photos: {took:.1f} s, of which {stages} ({load()})", flush=True)
    slope, intercept = np.polyfit(counts, seconds, 1)
    print(f"{slope * 1e3:.2f} ms a photo, {intercept:.1f} s before; largest deviation "
          f"{np.abs(np.polyval((slope, intercept), counts) - seconds).max():.1f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("question", choices=["peers", "growth"])
    parser.add_argument("--backbone", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--count", type=int, default=4500)
    parser.add_argument("--variants", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--counts", default="500,1000,2000,8000,32000")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        {"peers": peers, "growth": growth}[args.question](args, Path(folder))


if __name__ == "__main__":
    main()
