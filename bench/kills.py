"""Kills nightly runs at random moments on a standalone cluster, and compares what they leave in the end.

    python3 bench/kills.py --backbone SqueezeNet.mlmodel --data PHOTOS --out FOLDER [--rounds 20] [--seed 1]

First an undisturbed run, of which the moments are shares. Then, in each round, on a work directory of its own:
nightly is started, the driver, an executor or a worker is killed (SIGKILL) at a moment drawn by lot, a killed
worker is started again, and nightly is started until it is done. In the end all work directories are compared
with the undisturbed one (io.headgraft.bench.WorkDirectoryDigest). Prints a line a round and exits with 1 if
anything differs. Interrupted (Ctrl-C), it compares the rounds that are done. Build first; the settings are those
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
STAGES = ["list", "extract", "train", "emit", "gate"]


def stage(log):
    """What the run was at, by the stages that it has logged as done."""
    done = set(re.findall(r"Workflow: (\w+): ", log.read_text(errors="replace")))
    left = [name for name in STAGES if name not in done]
    return left[0] if left else "end"


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


def disturb(cluster, driver, target, after, chance):
    time.sleep(after)
    # An executor may not be there yet: then a moment later.
    while driver.poll() is None and not kill(cluster, driver, target, chance):
        time.sleep(0.5)


def digests(works):
    classpath = [str(ROOT / "bench/target/classes"), str(ROOT / "jobs/target/headgraft-jobs.jar"),
                 (ROOT / "jobs/target/launcher.classpath").read_text().strip()]
    output = subprocess.run(
        ["java", f"@{ROOT}/conf/jvm.options", f"-Dlog4j2.configurationFile={ROOT}/conf/log4j2.properties",
         "-cp", ":".join(classpath), "io.headgraft.bench.WorkDirectoryDigest", *map(str, works)],
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
        start = time.monotonic()
        if undisturbed.start().wait() != 0:
            sys.exit(f"the undisturbed run failed, see {undisturbed.log}")
        seconds = time.monotonic() - start
        print(f"undisturbed: {seconds:.1f} s", flush=True)
        nights = [undisturbed]
        for number, (target, share) in enumerate(zip(targets, shares), 1):
            night = Night(cluster, args, f"round-{number}")
            driver = night.start()
            disturb(cluster, driver, target, share * seconds, chance)
            at = stage(night.log)
            codes = [driver.wait()]
            start = time.monotonic()
            while codes[-1] != 0 and len(codes) < MOST_RUNS:
                codes.append(night.start().wait())
            print(f"round {number}: {target} killed after {share * seconds:.1f} s, in '{at}'; exit codes {codes}; "
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
