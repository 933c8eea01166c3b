"""Images per second of a plain PyTorch feature extraction, from a folder of photos to a .npy.

    python3 extract.py --backbone MODEL --data FOLDER [--limit N] [--batch 32] [--threads 2]
                       [--channels-last] [--repeat 1]

The loop that most people write: list the folder, decode each photo with Pillow (turned by its
EXIF orientation, RGB), resize it to 227x227 (bilinear), run SqueezeNet batch by batch and save one
float32 row per photo. The time covers all of that, the listing, the decoding and the saving
included; it leaves out importing torch and loading the model. There is no warm-up, so the first
run also pays for the first batch of its size. Decoding runs on one thread, between the batches;
--threads is the number of threads that PyTorch uses inside the network.

Prints one JSON line. "images" were extracted, "skipped" could not be read. With --repeat, the
whole run is repeated and "seconds" is the median. --limit takes the first N files by path.
What network.py says about the BLAS, MALLOC_ and OMP_ settings holds here too.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time

import numpy as np
import torch
from PIL import Image, ImageOps

from coreml_squeezenet import SIZE, load, to_input


def list_files(folder):
    return sorted(os.path.join(parent, name)
                  for parent, _, names in os.walk(folder) for name in names)


def decode(path):
    """The photo as a 227x227x3 uint8 RGB array, or None where it cannot be read."""
    try:
        with Image.open(path) as image:
            image = ImageOps.exif_transpose(image).convert("RGB")
            return np.asarray(image.resize((SIZE, SIZE), Image.Resampling.BILINEAR))
    except Exception:  # Pillow raises many kinds for broken files
        return None


def extract(network, args):
    """Runs the whole extraction once; returns how many photos were extracted and skipped."""
    files = list_files(args.data)[:args.limit]
    features, images, skipped = [], [], 0

    def run_batch():
        with torch.no_grad():
            features.append(network(to_input(images, args.channels_last)).numpy())
        images.clear()

    for path in files:
        image = decode(path)
        if image is None:
            skipped += 1
            continue
        images.append(image)
        if len(images) == args.batch:
            run_batch()
    if images:
        run_batch()
    if not features:
        sys.exit(f"no readable image in {args.data}")
    table = np.concatenate(features)
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        np.save(file, table)
        file.flush()
    return len(table), skipped


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--backbone", required=True, help="the SqueezeNet .mlmodel")
    parser.add_argument("--data", required=True, help="a folder of photos, searched recursively")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--repeat", type=int, default=1)
    args = parser.parse_args()
    limit = 1 if args.limit is None else args.limit
    if min(limit, args.batch, args.threads, args.repeat) < 1:
        parser.error("--limit, --batch, --threads and --repeat start at 1")

    torch.set_num_threads(args.threads)
    network = load(args.backbone, args.channels_last)
    times = []
    for _ in range(args.repeat):
        start = time.perf_counter()
        images, skipped = extract(network, args)
        times.append(time.perf_counter() - start)
    seconds = statistics.median(times)
    print(json.dumps({
        "peer": "pytorch", "batch": args.batch, "threads": args.threads,
        "channels_last": args.channels_last, "images": images, "skipped": skipped,
        "repeat": args.repeat, "seconds": round(seconds, 3),
        "images_per_second": round(images / seconds, 2), "torch": torch.__version__}))


if __name__ == "__main__":
    main()
