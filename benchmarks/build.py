"""What Kiln itself costs beside the machines: `python -m benchmarks.build`, with the offline AWS running.

overhead = wall time − (boots to SSH + cloud-init + steps and checks + power-off + disk copy). The boots, the power-off
and the copy are measured by the sandbox, the steps on the machine; none of them by Kiln.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from provision.hygiene import steps as hygiene
from provision.model.recipe import Machine
from sandbox.command import client, state, variables

ROOT = Path(__file__).parent.parent


def main() -> int:
    running = client.start(report=print)
    variables.turn_process_to(running)
    image = sys.argv[1] if len(sys.argv) > 1 else "nextflow-al2023"
    with tempfile.TemporaryDirectory() as folder:
        wall, manifest = timed_build(image, Path(folder))
    show(image, wall, manifest, state.get(running.endpoint, "timings"))
    return 0


def timed_build(image: str, folder: Path) -> tuple[float, dict[str, Any]]:
    """Seconds of one forced build as a user types it, and its manifest."""
    command = [sys.executable, "-m", "invoke", "-r", str(ROOT), "build-ami", "--force", "--json", "--image", image]
    began = time.monotonic()
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True)
    return time.monotonic() - began, dict(json.loads(done.stdout)["manifest"])


def show(image: str, wall: float, manifest: dict[str, Any], timings: dict[str, dict[str, float]]) -> None:
    """Print the table; figures that have a goal are shown beside it."""
    machines = [timings[instance] for instance in manifest["machines"] if instance in timings]
    steps = sum(step["seconds"] for step in manifest["steps"] if step["depth"])
    cloud_init = sum(step["seconds"] for step in manifest["steps"] if step["name"] == "cloud-init")
    rows: list[tuple[str, float, str]] = [("wall time", wall, "s")]
    for name in ("boot_to_ssh", "power_off", "disk_copy"):
        rows.append((f"  {name.replace('_', ' ')} (sandbox)", sum(m.get(name, 0.0) for m in machines), "s"))
    rows += [("  cloud-init behind SSH", cloud_init, "s"), ("  steps and checks (machine)", steps, "s")]
    overhead = wall - sum(value for _, value, _ in rows[1:])
    builder_end = next(step["start"] + step["seconds"] for step in manifest["steps"] if step["name"] == "end builder")
    extra = seconds_beside(manifest)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    calls = manifest["calls"]
    polls = {"DescribeInstances", "DescribeImages", "DescribeSnapshots", "GetConsoleOutput", "DryRun"}
    work = sum(n for name, n in calls.items() if name not in polls)
    rows += [
        ("the builder alone, without acceptance", builder_end, "s"),
        ("  of it AWS CLI, checks and hygiene", extra, "s"),
        ("  the same steps without these", builder_end - extra, "s        what a builder of images alone does"),
        ("overhead", overhead, "s        goal 3"),
        ("AWS calls, polls and DryRuns apart", work, "         goal 45"),
        ("AWS calls in all", sum(calls.values()), ""),
        ("peak memory of the build", peak, "MiB      goal 150"),
        ("invoke --list", timed_list(), "s        goal 0.4"),
    ]
    print(f"\n{image}: one build in the offline AWS")
    for name, value, unit in rows:
        print(f"{name:<38} {value:8.1f} {unit}".rstrip())


def seconds_beside(manifest: dict[str, Any]) -> float:
    """Seconds on the builder that other image builders do not spend: the AWS CLI's, the checks', hygiene's."""
    steps = [step for step in manifest["steps"] if step["depth"]]
    checks = sum(proof["seconds"] for proof in manifest["checks"]["builder"])
    names = {step.name for step in hygiene.recipe(Machine("al2023"), keep=()).sealing}
    names |= {"aws cli"} | {step["name"] for step in steps if step["name"].startswith(("miniforge", "miniconda"))}
    return float(checks + sum(step["seconds"] for step in steps if step["name"] in names))


def timed_list() -> float:
    """Seconds of `invoke --list`, the quickest of five."""
    times = []
    for _ in range(5):
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", "invoke", "--list"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        times.append(time.monotonic() - began)
    return min(times)


if __name__ == "__main__":
    sys.exit(main())
