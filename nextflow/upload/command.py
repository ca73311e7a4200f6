"""What `invoke upload` does, as a person sees it. Returns an exit code (kiln.errors.Exit)."""

import shlex
import time
from collections.abc import Sequence

from cloud.session import Cloud
from environments.spec import definitions
from environments.spec.environment import EnvironmentSpec
from kiln import typed, words
from kiln.errors import Exit
from kiln.files.paths import read_path
from kiln.screen import Line, Screen, print_json, print_result
from nextflow.runs.looks.bucket import find_bucket
from nextflow.upload import destination, parameter
from nextflow.upload.folder import THREADS, Uploaded, upload_folder
from nextflow.upload.parameter import Parameter
from nextflow.upload.work import Progress

_EVERY = 30.0  # seconds between lines where nobody sees the live one


def upload(path: str, to: str, include: Sequence[str], env: str, region: str | None, *, as_json: bool) -> int:
    """Upload a folder or file, print its address, and offer it as the pipeline's parameter.

    Raises UserError for what cannot be read or named, and where the environment has no bucket.
    """
    spec, cloud, screen = definitions.load(env), Cloud(region), Screen()
    folder = read_path(path, "--path")
    bucket, _ = find_bucket(cloud, spec)
    to = to or parameter.find_prefix(spec, folder, bucket)
    prefix = destination.find_key(to, bucket)
    if folder.is_file() and not to.endswith("/"):
        prefix = destination.leave_name(prefix, folder.name)
    if warning := destination.warn_of_age(prefix, spec.buckets.get("work") or next(iter(spec.buckets.values()))):
        screen.say(f"! {warning}")
    s3, began = cloud.client_for_threads("s3", THREADS), time.monotonic()
    with screen.step("upload") as line:
        done = upload_folder(s3, folder, bucket, prefix, include, _Teller(line))
        line.note = describe(done.progress)
    seconds = time.monotonic() - began
    offered = parameter.find_parameter(spec, folder, bucket, done.address)
    if as_json:
        print_json(make_document(done, offered, spec.name, seconds))
    else:
        print_result(render(done, offered, spec))
    return Exit.DONE


class _Teller:
    """Shows how far it is: on a terminal at every file, else every half minute."""

    def __init__(self, line: Line) -> None:
        self._line, self._said = line, line.started

    def __call__(self, progress: Progress) -> None:
        elapsed = max(self._line.elapsed, 0.001)
        left = (progress.size - progress.done) * elapsed / progress.done if progress.done else 0.0
        text = (
            f"{progress.done_files} of {words.count(progress.files, 'file')}, {words.format_size(progress.done)} of "
            f"{words.format_size(progress.size)}, {words.format_size(progress.sent / elapsed)}/s, "
            f"about {words.format_seconds(left)} left"
        )
        self._line.live(text)
        if time.monotonic() - self._said > _EVERY:
            self._said = time.monotonic()
            self._line.say(text)


def describe(progress: Progress) -> str:
    """Say what was done: 3 files sent (1.2 GiB), 1000 unchanged."""
    sent = f"{words.count(progress.sent_files, 'file')} sent ({words.format_size(progress.sent)})"
    return f"{sent}, {progress.unchanged} unchanged"


def render(done: Uploaded, offered: Parameter | None, spec: EnvironmentSpec) -> str:
    """Say where it is, and how a pipeline is given it."""
    lines = [f"✓ {done.address}", f"  files      {describe(done.progress)}"]
    name = offered.name if offered else "PARAMETER"
    if offered and offered.value.rstrip("/") == done.address:
        lines.append(f"  parameter  {name}: {spec.name}'s configuration has this address")
        lines.append(f"  next       {typed.command('run PIPELINE')}")
        return "\n".join(lines)
    if offered:
        lines.append(f"  parameter  {name}, by its name" if not offered.certain else f"  parameter  {name}")
    lines.append(
        f"  next       {typed.command('run PIPELINE')} -- --{name} {shlex.quote(done.address)}\n"
        f"             or in the definition, for every run: nextflow: {{params: {{awsbatch: {{{name}: "
        f"{done.address}}}}}}}"
    )
    return "\n".join(lines)


def make_document(done: Uploaded, offered: Parameter | None, environment: str, seconds: float) -> dict[str, object]:
    """Make the document of --json."""
    progress = done.progress
    return {
        "environment": environment, "address": done.address, "files": progress.files, "bytes": progress.size,
        "sent": progress.sent_files, "sent_bytes": progress.sent, "unchanged": progress.unchanged,
        "parameter": offered.name if offered else None, "seconds": round(seconds, 3),
    }  # fmt: skip
