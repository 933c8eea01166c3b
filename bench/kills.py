"""Kills nightly runs at random moments on a standalone cluster, and compares what they leave in the end.

    python3 bench/kills.py --backbone SqueezeNet.mlmodel --data PHOTOS --out FOLDER [--rounds 20] [--seed 1]

First an undisturbed run, of which the moments are shares. Then, in each round, on a work directory of its own:
nightly is started, the driver, an executor or a worker is killed (SIGKILL) at a moment drawn by lot, a killed
worker is started again, and nightly is started until it is done. A moment is so far into a stage as its share of
the undisturbed run says, counted from the stage's beginning, as the machine may be slower or faster by then. In the
end all work directories are compared with the undisturbed one (io.headgraft.bench.WorkDirectoryDigest). Prints a
line a round and exits with 1 if anything differs. Interrupted (Ctrl-C), it compares the rounds that are done. Build first; the settings are those
of bench/kills.conf.
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from cluster import ROOT, Cluster

MOST_RUNS = 5
# What a run logs when they are done. The first holds the start of Spark, the last the end of the process.
STAGES = ["list", "extract", "train", "emit", "gate", "end"]


def stage(log):
    """The number of the stage that a run is at."""
    done = re.findall(r"Workflow: (\w+): ", log.read_text(errors="replace"))
    return next(number for number, name in enumerate(STAGES) if name not in done)


def undisturbed_times(night):
    """Runs a night and gives the seconds after which each stage ended."""
    start = time.monotonic()
    process = night.start()
    ends = []
    while process.poll() is None:
        while len(ends) < stage(night.log):
            ends.append(time.monotonic() - start)
        time.sleep(0.1)
    if process.returncode != 0:
        sys.exit(f"the undisturbed run failed, see {night.log}")
    return (ends + [time.monotonic() - start] * len(STAGES))[:len(STAGES)]


# Short lives: compiling Spark's queries, and Java a second time, would take most of them.
QUICK = ["--conf", "spark.sql.codegen.wholeStage=false", "--conf", "spark.sql.codegen.factoryMode=NO_CODEGEN",
         "--conf", "spark.databricks.delta.snapshotPartitions=2", "--conf", "spark.sql.shuffle.partitions=2"]


class Night:
    def __init__(self, cluster, args, name):
        self.cluster = cluster
        self.log = args.out / f"{name}.log"
        self.work = args.out / f"{name}-work"
        self.arguments = ["--backbone", args.backbone, "--data", args.data, "--workdir", self.work,
                          "--config", ROOT / "bench/kills.conf"]

    def start(self):
        return self.cluster.submit("NightlyJob", self.arguments, self.log, QUICK)


def kill(cluster, driver, target, chance):
    """Kills the target; returns False if there was none at that moment."""
    if target == "driver":
        driver.kill()
    elif target == "worker":
        cluster.replace_worker(chance.choice(cluster.workers))
    else:
        executors = cluster.executors()
        if not executors:
            return False
        os.kill(chance.choice(executors), signal.SIGKILL)
    return True


def await_moment(night, driver, share, ends):
    """Waits until a run is as far as an undisturbed one is after that share of its time."""
    moment = share * ends[-1]
    number = next(number for number, end in enumerate(ends) if moment <= end)
    begin = ends[number - 1] if number else 0
    start = time.monotonic()
    while driver.poll() is None and stage(night.log) < number:
        time.sleep(0.1)
    slower = (time.monotonic() - start) / begin if number else 1
    pause = time.monotonic() + (moment - begin) * slower
    while driver.poll() is None and time.monotonic() < pause and stage(night.log) == number:
        time.sleep(0.05)


def disturb(cluster, driver, target, chance):
    # An executor may not be there yet: then a moment later.
    while driver.poll() is None and not kill(cluster, driver, target, chance):
        time.sleep(0.5)


def digests(works):
    output = subprocess.run(
        [ROOT / "bench/run", "WorkDirectoryDigest", *map(str, works)],
        check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--backbone", required=True, type=lambda path: Path(path).resolve())
    parser.add_argument("--data", required=True, type=lambda path: Path(path).resolve())
    parser.add_argument("--out", required=True, type=lambda path: Path(path).resolve())
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if args.out.exists() and any(args.out.iterdir()):
        sys.exit(f"{args.out} is not empty")
    chance = random.Random(args.seed)
    targets = (["driver", "executor", "worker"] * args.rounds)[:args.rounds]
    # Evenly over the run's time, and by lot within each part of it.
    shares = [(part + chance.random()) / args.rounds for part in range(args.rounds)]
    chance.shuffle(shares)

    os.environ["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1"
    cluster = Cluster(args.out / "cluster")
    try:
        undisturbed = Night(cluster, args, "undisturbed")
        ends = undisturbed_times(undisturbed)
        print("undisturbed: " + ", ".join(f"{name} {end:.1f} s" for name, end in zip(STAGES, ends)), flush=True)
        nights = [undisturbed]
        for number, (target, share) in enumerate(zip(targets, shares), 1):
            night = Night(cluster, args, f"round-{number}")
            start = time.monotonic()
            driver = night.start()
            await_moment(night, driver, share, ends)
            at = STAGES[stage(night.log)]
            after = time.monotonic() - start
            disturb(cluster, driver, target, chance)
            start = time.monotonic()
            codes = [driver.wait()]
            while codes[-1] != 0 and len(codes) < MOST_RUNS:
                codes.append(night.start().wait())
            print(f"round {number}: {target} killed after {after:.1f} s, in '{at}'; exit codes {codes}; "
                  f"{time.monotonic() - start:.1f} s to the end", flush=True)
            if codes[-1] != 0:
                sys.exit(f"it does not come to an end, see {night.log}")
            nights.append(night)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    finally:
        cluster.close()

    expected, *found = digests(night.work for night in nights)
    print(json.dumps(expected))
    worse = 0
    for number, digest in enumerate(found, 1):
        different = [key for key in expected if key not in ("workdir", "remains") and digest[key] != expected[key]]
        worse += bool(different)
        print(f"round {number}: {'the same' if not different else f'DIFFERENT: {different} {digest}'}; "
              f"{digest['rows']} rows, {digest['rows'] - digest['distinct']} twice, remains {digest['remains']}")
    print(f"{len(found) - worse} of {len(found)} rounds ended as the undisturbed run did")
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
