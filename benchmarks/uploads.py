"""`invoke upload` beside `aws s3 sync` of the same files, by turns, in an offline AWS: `python -m benchmarks.uploads`.

Both as a user types them, into an empty folder of S3; then both again, where everything is there. Medians of the turns.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import boto3

from sandbox.command import client, variables

ROOT = Path(__file__).parent.parent
SMALL, LARGE, TURNS = 1_000, 3, 3
SMALL_SIZE, LARGE_SIZE = 4 * 1024, 96 * 1024**2  # bytes
GOAL = 0.9  # of the speed of aws s3 sync
BUCKET = "bench-uploads"
ENVIRONMENT = f"""\
name: bench
image: nextflow-al2023
launch_template: nextflow-al2023
buckets: {{work: {{name: {BUCKET}, existing: true}}}}
compute_environments: {{bench: {{}}}}
queues: {{bench: {{compute_environments: [bench]}}}}
"""


def main() -> int:
    aws = shutil.which("aws")
    if aws is None:
        print("uploads: there is no aws on the PATH to compare with")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return compare(Path(folder), aws)


def compare(folder: Path, aws: str) -> int:
    """Measure both; 1 where `invoke upload` is slower than the goal allows."""
    data, env = write_files(folder / "data"), folder / "bench.yaml"
    env.write_text(ENVIRONMENT)
    running = client.start(folder / "home", machines=False, report=print)
    try:
        with mock.patch.dict(os.environ):
            variables.turn_process_to(running)
            boto3.client("s3").create_bucket(Bucket=BUCKET)
            times: dict[str, list[float]] = {}
            for turn in range(TURNS):
                for again in ("", ", again"):
                    upload = ["-m", "invoke", "upload", "--path", str(data), "--to", f"kiln{turn}", "--env", str(env)]
                    sync = ["s3", "sync", "--only-show-errors", str(data), f"s3://{BUCKET}/sync{turn}"]
                    times.setdefault(f"invoke upload{again}", []).append(measure([sys.executable, *upload]))
                    times.setdefault(f"aws s3 sync{again}", []).append(measure([aws, *sync]))
    finally:
        client.stop(folder / "home")
    return show({name: statistics.median(seconds) for name, seconds in times.items()})


def write_files(folder: Path) -> Path:
    """Write 1,000 small files in ten folders, and 3 large ones."""
    for number in range(SMALL):
        file = folder / f"{number % 10}" / f"{number}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(os.urandom(SMALL_SIZE))
    for number in range(LARGE):
        (folder / f"large{number}").write_bytes(os.urandom(LARGE_SIZE))
    return folder


def measure(command: list[str]) -> float:
    """Return the seconds of a command."""
    began = time.monotonic()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def show(seconds: dict[str, float]) -> int:
    print(f"\n{SMALL:,} files of {SMALL_SIZE // 1024} KiB and {LARGE} of {LARGE_SIZE // 1024**2} MiB")
    for name, lasted in seconds.items():
        print(f"{name:>24} {lasted:>8.2f} s")
    share = seconds["aws s3 sync"] / seconds["invoke upload"]
    print(f"{'speed of upload / sync':>24} {share:>8.2f}          goal {GOAL}")
    return int(share < GOAL)


if __name__ == "__main__":
    sys.exit(main())
