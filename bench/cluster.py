"""A standalone Spark cluster on this machine: a master and workers, each a process of its own.

SPARK_HOME names the Spark; without it, one is put together of what Maven has (bench/spark-home).
"""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JAR = ROOT / "jobs/target/headgraft-jobs-all.jar"
HOST = "127.0.0.1"


def free_port():
    with socket.socket() as server:
        server.bind((HOST, 0))
        return server.getsockname()[1]


class Cluster:
    """A master and so many workers of one core each; all that it writes lies in a folder.

    Pinned workers have a core of the machine to themselves, as on machines of their own: what compiles and collects
    garbage beside the task of an executor is no second core's work.
    """

    def __init__(self, folder, workers=2, memory="3g", pinned=False):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.memory = memory
        self.pinned = pinned
        self.home = os.environ.get("SPARK_HOME")
        if not self.home:
            self.home = str(self.folder / "spark-home")
            subprocess.run([ROOT / "bench/spark-home", self.home], check=True)
        self.port, self.page = free_port(), free_port()
        self.url = f"spark://{HOST}:{self.port}"
        self.master = self._daemon("master", "org.apache.spark.deploy.master.Master", "--host", HOST,
                                   "--port", str(self.port), "--webui-port", str(self.page))
        self.workers = []
        self.started = 0
        for _ in range(workers):
            self.start_worker()
        self.await_workers()

    def environment(self):
        # Labels stand in file names, which Java reads by the locale.
        return dict(os.environ, SPARK_HOME=self.home, SPARK_CONF_DIR=str(ROOT / "conf"),
                    SPARK_LOCAL_IP=HOST, LC_ALL="C.UTF-8", SPARK_DAEMON_MEMORY="256m")

    def _daemon(self, name, *arguments, prefix=()):
        log = open(self.folder / f"{name}.log", "ab")
        return subprocess.Popen([*prefix, f"{self.home}/bin/spark-class", *arguments], stdout=log, stderr=log,
                                env=self.environment(), cwd=self.folder)

    def start_worker(self):
        self.started += 1
        name = f"worker-{self.started}"
        pin = ["taskset", "-c", str((self.started - 1) % os.cpu_count())] if self.pinned else []
        self.workers.append(self._daemon(
            name, "org.apache.spark.deploy.worker.Worker", "--host", HOST, "--cores", "1", "--memory",
            self.memory, "--work-dir", str(self.folder / name), "--webui-port", str(free_port()), self.url, prefix=pin))

    def await_workers(self):
        while True:
            try:
                with urllib.request.urlopen(f"http://{HOST}:{self.page}/json/", timeout=5) as page:
                    alive = len(re.findall(rb'"state"\s*:\s*"ALIVE"', page.read()))
                if alive >= len(self.workers):
                    return
            except OSError:
                pass
            if self.master.poll() is not None:
                raise SystemExit(f"the master has ended, see {self.folder}/master.log")
            time.sleep(0.2)

    def submit(self, job, arguments, log, options=()):
        """Starts spark-submit in client mode: the process is the driver."""
        command = [f"{self.home}/bin/spark-submit", "--master", self.url,
                   "--properties-file", str(ROOT / "conf/spark-defaults.conf"),
                   "--conf", f"spark.driver.host={HOST}", "--conf", "spark.executor.memory=1g",
                   "--conf", "spark.ui.enabled=false", *options, "--class", f"io.headgraft.jobs.{job}",
                   str(JAR), *map(str, arguments)]
        with open(log, "ab") as output:
            return subprocess.Popen(command, stdout=output, stderr=output, env=self.environment(),
                                    cwd=self.folder)

    def executors(self):
        """The process ids of the executors, which are children of the workers."""
        parents = {worker.pid for worker in self.workers}
        found = []
        for process in Path("/proc").iterdir():
            if process.name.isdigit():
                try:
                    stat = (process / "stat").read_text()
                    if (int(stat.rsplit(")", 1)[1].split()[1]) in parents
                            and b"CoarseGrainedExecutorBackend" in (process / "cmdline").read_bytes()):
                        found.append(int(process.name))
                except OSError:
                    pass  # It has ended meanwhile.
        return sorted(found)

    def replace_worker(self, worker):
        worker.kill()
        worker.wait()
        self.workers.remove(worker)
        self.start_worker()
        self.await_workers()

    def close(self):
        for executor in self.executors():
            try:
                os.kill(executor, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for process in [*self.workers, self.master]:
            process.kill()
            process.wait()
