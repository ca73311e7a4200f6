"""The pipeline's own configuration against the machines of the environment, before anything is sent."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from kiln import typed
from kiln.errors import UserError
from nextflow.config.check import pipeline as judging
from nextflow.config.check.flat import read_flat
from nextflow.config.check.judge import Bench
from nextflow.config.check.plain import Plain, ReadFile, read_plain
from nextflow.runs import repositories
from nextflow.runs.arguments import AWSBATCH
from nextflow.runs.params import Params
from nextflow.runs.pipeline import Pipeline
from nextflow.runs.record import RunRecord

FILE = "nextflow.config"
_LIMIT = 20.0  # seconds for Nextflow to print a configuration; it takes about five


def check(
    pipeline: Pipeline, record: RunRecord, given: Params | None, text: str, read_file: ReadFile, bench: Bench
) -> tuple[str, ...]:
    """Say what was looked at and what was not; raises UserError for a process that no machine can hold.

    `text` is that of the project's nextflow.config, "" for none; `read_file` reads another file of the project.
    """
    if pipeline.kind == "git":
        fetched = repositories.describe(pipeline.named, record.arguments)
        return (f"? {FILE}: not checked: the head fetches {fetched}",)
    if not text.strip():
        return ()
    remarks, plain = _read(pipeline, record.profile, text, read_file)
    named = {word.removeprefix("--").partition("=")[0] for word in record.arguments if word.startswith("--")}
    unknown = None if record.params and not given else named
    options = judging.fill_params(plain.options, given.values if given else {}, unknown)
    judged = judging.judge_options(options, bench)
    for refused in judging.list_refused(judged):
        assert refused.misfit
        raise UserError(
            f"{refused.ask.process} of {pipeline.named} would wait for ever: {refused.misfit.what}",
            refused.misfit.why, f"In {FILE}: {refused.misfit.fix}.",
        )  # fmt: skip
    return (*remarks, *_tell_replaced(options, record.environment), *judging.describe(judged, FILE, plain.unread))


def _tell_replaced(options: Mapping[str, str], environment: str) -> Iterator[str]:
    """Of two configurations Nextflow follows that of -c, the environment's."""
    replaced = [f"process.{name}" for name in ("queue", "cpus", "memory") if f"process.{name}" in options]
    if replaced:
        yield (
            f"! {FILE}: {', '.join(replaced)} for every process: those of the environment go before them "
            f"({typed.command(f'nextflow-config --env {environment}')}); withName and withLabel stay"
        )


def _read(pipeline: Pipeline, profile: str, text: str, read_file: ReadFile) -> tuple[list[str], Plain]:
    """By Nextflow itself where this computer has it and the folder; else what is written plainly."""
    profiles = [name.strip() for name in profile.split(",") if name.strip()]
    remarks: list[str] = []
    if pipeline.path and (program := shutil.which("nextflow")):
        own = [*profiles, AWSBATCH] if AWSBATCH in text and AWSBATCH not in profiles else profiles
        try:
            printed = _print(program, pipeline.path, own)
            return remarks, Plain(read_flat(FILE, printed.splitlines()))
        except (OSError, subprocess.SubprocessError, UserError) as error:
            remarks.append(f"! nextflow config did not print {FILE}, which is read as it is written: {error}")
    return remarks, read_plain(text, [*profiles, AWSBATCH], read_file)


def _print(program: str, project: Path, profiles: list[str]) -> str:
    """What `nextflow config` prints; its log goes to a folder that is removed."""
    chosen = ["-profile", ",".join(profiles)] if profiles else []
    environment = {**os.environ, "NXF_OFFLINE": "true", "NXF_ANSI_LOG": "false"}
    with TemporaryDirectory() as folder, subprocess.Popen(
        [program, "config", "-flat", *chosen, str(project.resolve())], cwd=folder, env=environment, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    ) as child:  # fmt: skip
        try:
            printed, complaint = child.communicate(timeout=_LIMIT)
        finally:
            _end(child)
    if child.returncode:
        raise subprocess.SubprocessError(
            (complaint or printed).strip().partition("\n")[0] or f"exit {child.returncode}"
        )
    return printed


def _end(child: subprocess.Popen[str]) -> None:
    """End what still runs of it: Nextflow's launcher may have started Java as a child."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
