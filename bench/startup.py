#!/usr/bin/env python3
"""How long commands take from process start to end, and where a night with nothing new spends its seconds.

    python3 bench/startup.py --backbone SqueezeNet.mlmodel --data PHOTOS --workdir WORKDIR [--rounds 5]

WORKDIR holds a finished nightly of PHOTOS, made by this build: it is copied, and the copy is worked on. Each round runs all commands, as
they are and with -Xshare:off (without any archive of classes), one after the other; medians and all figures are printed.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent

LOG = """status = error
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
appender.file.type = File
appender.file.name = file
appender.file.fileName = {file}
appender.file.append = false
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{{UNIX_MILLIS}} %c{{1}}: %m%n
"""

# What has been done when the log says so for the first time, in this order.
PARTS = [
    ("JVM, command line, configuration, backbone", r"SparkContext: Running Spark version"),
    ("Spark's context", r"BlockManager: Initialized BlockManager"),
    ("Spark's session, lease, listing the folder", r"DeltaLog: Loading version"),
    ("Delta: log of the data set's table; first query planned", r"Snapshot: DELTA: Compute snapshot"),
    ("Delta: files of the data set's table, by Spark", r"FileScanRDD: Reading File path: \S*/dataset/[^_]"),
    ("the data set's rows, and comparing", r"Workflow: list:"),
    ("the same for the features, and what they lack", r"Workflow: extract:"),
    ("run.json, end of Spark", r"Successfully stopped SparkContext"),
]


def timed(arguments, options, log=None):
    """Runs a command; its wall seconds, and those of the processors."""
    environment = dict(os.environ, HEADGRAFT_JAVA_OPTS=options)
    before = os.times()
    start = time.time()
    done = subprocess.run([ROOT / "headgraft", *map(str, arguments)], env=environment, capture_output=True, text=True)
    end = time.time()
    after = os.times()
    if done.returncode != 0:
        sys.exit(f"{arguments} ended with {done.returncode}:\n{done.stderr}")
    if arguments[0] == "nightly" and "Nothing is new" not in done.stdout:
        sys.exit("The work directory was not made by this build from these photos: the night was not quiet")
    processors = after.children_user + after.children_system - before.children_user - before.children_system
    return {"wall": end - start, "processors": processors, "parts": parts(log, start, end) if log else None}


def parts(log, start, end):
    """The seconds between the marks in a log."""
    lines = pathlib.Path(log).read_text().splitlines()
    seconds = {}
    last = start
    for name, mark in PARTS:
        when = next((int(line.split(" ", 1)[0]) / 1000 for line in lines
                     if re.match(r"\d+ ", line) and re.search(mark, line)), None)
        if when is None:
            sys.exit(f"The log says nothing of '{mark}'")
        seconds[name] = when - last
        last = when
    seconds["end of the process"] = end - last
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backbone", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--workdir", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    photo = sorted(path for path in pathlib.Path(arguments.data).rglob("*") if path.is_file())[0]
    with tempfile.TemporaryDirectory() as folder:
        workdir = pathlib.Path(folder) / "work"
        shutil.copytree(arguments.workdir, workdir)
        run = json.loads((workdir / "champion.json").read_text())["run"]
        model = workdir / "runs" / run / "models/classifier.mlmodel"
        log = pathlib.Path(folder) / "spark.log"
        configuration = pathlib.Path(folder) / "log4j2.properties"
        configuration.write_text(LOG.format(file=log))
        nightly = ["nightly", "--backbone", arguments.backbone, "--data", arguments.data, "--workdir", workdir]
        commands = {
            "inspect": ["inspect", model],
            "validate": ["validate", model],
            "predict": ["predict", "--model", model, photo],
            "embed": ["embed", "--backbone", arguments.backbone, photo],
            "nightly": nightly,
        }
        timed(["--version"], "")  # builds and prepares, if that has yet to be done
        measured = {}
        for _ in range(arguments.rounds):
            for name, command in commands.items():
                for how, options in (("archive", ""), ("none", "-Xshare:off")):
                    measured.setdefault((name, how), []).append(timed(command, options))
            measured.setdefault(("nightly", "parts"), []).append(
                timed(nightly, f"-Dlog4j2.configurationFile={configuration}", log))
    print("| command | archive of classes | seconds, median | all | of the processors, median |\n|---|---|---|---|---|")
    for (name, how), figures in measured.items():
        if how != "parts":
            walls = [figure["wall"] for figure in figures]
            used = statistics.median(figure["processors"] for figure in figures)
            print(f"| {name} | {how} | {statistics.median(walls):.2f} | "
                  f"{', '.join(f'{wall:.2f}' for wall in walls)} | {used:.2f} |")
    print("\n| quiet nightly | seconds, median |\n|---|---|")
    split = [figure["parts"] for figure in measured[("nightly", "parts")]]
    for name in split[0]:
        print(f"| {name} | {statistics.median(figure[name] for figure in split):.2f} |")


if __name__ == "__main__":
    main()
