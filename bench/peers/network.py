"""Images per second of SqueezeNet alone in PyTorch: no files, no decoding, no resizing.

    python3 network.py --backbone MODEL [--batches 1,4,8,32] [--threads 2] [--channels-last]
                       [--seconds 5]

For each batch size: random images, prepared beforehand, a warm-up of about a second, then timed
runs for --seconds (three at least). A run is as many forward passes as make about 32 images, so
runs are of like length at every batch size. "images_per_second" is that of the median run;
"slowest" and "fastest" are those of the extreme ones, to show how quiet the machine was.
"images_per_processor_second" hardly falls while other programs want the cores, too, as long as
--threads is 1: threads that wait for each other in a loop take processor time as well. Prints one
JSON line per batch size.

Three things outside the script slow PyTorch 1.13 down, so say with the figures how they were set:
- At batch 1, and for 1x1 convolutions below batch 16 with --threads 1, PyTorch sends small
  convolutions to the system's BLAS in place of oneDNN. Debian's default, libblas3, is the slow
  reference BLAS: install libopenblas0-pthread for a fair figure there.
- glibc gives large blocks back to the system after each layer, and the page faults cost much at
  large batches. MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000 in the
  environment keeps them (the process then holds more memory).
- Its OpenMP threads spin while they wait for each other. That is best on a quiet machine; where
  other processes want the cores, rates can fall tenfold; OMP_WAIT_POLICY=PASSIVE softens that.
"""

import argparse
import json
import statistics
import time

import numpy as np
import torch

from coreml_squeezenet import SIZE, load, to_input

IMAGES_PER_RUN = 32


def timed_runs(network, batch, passes, seconds, at_least):
    """Seconds of each run: of the clock, and of processor time."""
    times = []
    end = time.perf_counter() + seconds
    while len(times) < at_least or time.perf_counter() < end:
        start, work = time.perf_counter(), time.process_time()
        for _ in range(passes):
            network(batch)
        times.append((time.perf_counter() - start, time.process_time() - work))
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--backbone", required=True, help="the SqueezeNet .mlmodel")
    parser.add_argument("--batches", default="1,4,8,32",
                        type=lambda text: [int(size) for size in text.split(",")])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--seconds", type=float, default=5)
    args = parser.parse_args()
    if min(args.batches + [args.threads]) < 1:
        parser.error("--batches and --threads start at 1")

    torch.set_num_threads(args.threads)
    network = load(args.backbone, args.channels_last)
    random = np.random.default_rng(1)
    for size in args.batches:
        images = random.integers(0, 256, (size, SIZE, SIZE, 3), dtype=np.uint8)
        batch = to_input(list(images), args.channels_last)
        passes = max(1, IMAGES_PER_RUN // size)
        with torch.no_grad():
            timed_runs(network, batch, passes, seconds=1, at_least=1)
            times = timed_runs(network, batch, passes, args.seconds, at_least=3)
        rates = [passes * size / seconds for seconds, _ in times]
        works = [passes * size / work for _, work in times]
        print(json.dumps({
            "peer": "pytorch", "measures": "network", "batch": size, "threads": args.threads,
            "channels_last": args.channels_last, "runs": len(rates),
            "images_per_second": round(statistics.median(rates), 2),
            "images_per_processor_second": round(statistics.median(works), 2),
            "slowest": round(min(rates), 2), "fastest": round(max(rates), 2),
            "torch": torch.__version__}), flush=True)


if __name__ == "__main__":
    main()
