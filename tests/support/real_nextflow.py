"""A real Nextflow, 24.10 from Maven Central, without its AWS plug-in: it reads configurations and runs stubs.

Maven resolves it the first time, into its own repository in the user's home; where it cannot, tests are skipped.
"""

import csv
import fcntl
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

VERSION = "24.10.0"
POM = f"""<project>
<modelVersion>4.0.0</modelVersion>
<groupId>kiln</groupId><artifactId>nextflow-for-tests</artifactId><version>1</version><packaging>pom</packaging>
<dependencies><dependency>
<groupId>io.nextflow</groupId><artifactId>nextflow</artifactId><version>{VERSION}</version>
</dependency></dependencies>
</project>
"""
OPENED = (
    "java.io", "java.lang", "java.net", "java.nio", "java.nio.file.spi", "java.util", "java.util.concurrent",
    "java.util.concurrent.atomic", "java.util.concurrent.locks", "sun.net.www.protocol.file", "sun.nio.ch",
    "sun.nio.fs",
)  # fmt: skip
# On top of the generated file: a computer of any size runs stubs of large tasks, in a folder of its own.
LOCALLY = """
process.executor = 'local'
workDir = '{work}'
executor {{
    cpus = 512
    memory = '8000 GB'
}}
trace {{
    enabled = true
    file = '{trace}'
    raw = true
    fields = 'name,status,exit,attempt,queue,memory,cpus,time'
}}
report {{
    enabled = true
    file = '{report}'
}}
timeline {{
    enabled = true
    file = '{timeline}'
}}
dag {{
    enabled = true
    file = '{dag}'
}}
"""


@dataclass(frozen=True)
class Ran:
    """A run that has ended: what it printed, and its trace's rows in the order of attempts."""

    output: str
    rows: list[dict[str, str]]

    def column(self, process: str, name: str) -> list[str]:
        rows = [row for row in self.rows if row["name"] == process]
        return [row[name] for row in sorted(rows, key=lambda row: int(row["attempt"]))]


@dataclass(frozen=True)
class RealNextflow:
    """`folder` is its home and launch folder; `classpath` are its jars."""

    folder: Path
    classpath: str

    def config(self, file: Path, profile: str) -> str:
        """What it makes of a configuration file, a line to an option; closures as their text."""
        return self._start("-C", str(file), "config", "-flat", "-profile", profile)

    def run_stub(self, script: str, config: Path, profile: str, **params: object) -> Ran:
        """Run a script's stubs on this computer, with a second file on top; fails the test where the run fails."""
        for file in self.list_written():
            file.unlink(missing_ok=True)
        return self.run_stub_again(script, config, profile, **params)

    def run_stub_again(self, script: str, config: Path, profile: str, **params: object) -> Ran:
        """Run them where the files of a former run about itself still are."""
        main, over = self.folder / "main.nf", self.folder / "over.config"
        main.write_text(script)
        trace, report, timeline, dag = self.list_written()
        over.write_text(
            LOCALLY.format(work=self.folder / "work", trace=trace, report=report, timeline=timeline, dag=dag)
        )
        given = [word for name, value in params.items() for word in (f"--{name}", str(value))]
        files = ["-c", str(config), "-c", str(over)]
        output = self._start("run", str(main), "-stub", "-ansi-log", "false", *files, "-profile", profile, *given)
        with trace.open(newline="") as lines:
            return Ran(output, list(csv.DictReader(lines, delimiter="\t")))

    def list_written(self) -> list[Path]:
        """The files that a run writes about itself: trace, report, timeline and graph."""
        return [self.folder / name for name in ("trace.txt", "report.html", "timeline.html", "dag.mmd")]

    def _start(self, *words: str) -> str:
        opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
        quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
        done = subprocess.run(
            ["java", *quick, *opened, "-cp", self.classpath, "nextflow.cli.Launcher", *words],
            cwd=self.folder, env=self._environment(), capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, f"nextflow {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _environment(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NXF_", "NF_", "AWS_"))}
        home = self.folder / "home"
        (home / "plugins").mkdir(parents=True, exist_ok=True)
        return {
            **kept, "NXF_OFFLINE": "true", "NXF_HOME": str(home), "NXF_PLUGINS_DIR": str(home / "plugins"),
            "NXF_PLUGINS_DEFAULT": "false", "NXF_ANSI_LOG": "false",
        }  # fmt: skip


def find_classpath() -> str:
    """Find its jars; skips the test where Maven or Java is missing, or Maven Central cannot be reached."""
    for program in ("mvn", "java"):
        if shutil.which(program) is None:
            pytest.skip(f"a real Nextflow needs {program} (Debian's packages maven and default-jre-headless)")
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kiln-tests" / f"nextflow-{VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file = folder / "classpath.txt"
        if not _is_whole(file):
            _resolve(folder, file)
        return file.read_text().strip()


def _is_whole(file: Path) -> bool:
    return file.is_file() and all(Path(jar).is_file() for jar in file.read_text().strip().split(os.pathsep))


def _resolve(folder: Path, file: Path) -> None:
    (folder / "pom.xml").write_text(POM)
    words = ["mvn", "-q", "-B", "-f", str(folder / "pom.xml"), "dependency:build-classpath"]
    try:
        done = subprocess.run(
            [*words, f"-Dmdep.outputFile={file}"], capture_output=True, text=True, check=False, timeout=300
        )
    except subprocess.TimeoutExpired:
        pytest.skip("Maven did not resolve Nextflow within 5 min")
    if done.returncode or not _is_whole(file):
        pytest.skip(f"Maven cannot resolve Nextflow: {(done.stdout + done.stderr).strip()[:300]}")
