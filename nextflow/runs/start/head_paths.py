"""Paths behind `--`: a head has no files of this computer, and what it writes on its own disk goes with it.

It is started in a folder of its own, where the files of a project from S3 lie under project/ (stage_from_s3 in
nextflow/entrypoint/project.sh). Source of the options: `nextflow run`, Nextflow documentation, "Command line".
"""

import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from cloud.session import Cloud
from kiln.errors import UserError
from nextflow.runs.pipeline import Pipeline
from nextflow.runs.start import project
from nextflow.runs.start.folder import list_files

_READ = ("-c", "-config", "-lib")
_WRITTEN = ("-o", "-output-dir")
_ADDRESS = re.compile(r"(s3|https?)://.")
_STAGED = "project/"


def check(cloud: Cloud, pipeline: Pipeline, words: Sequence[str]) -> None:
    """Raise UserError for a path that the head could not read, or whose files nobody would ever see."""
    for option, path in _list_values(words, _WRITTEN):
        if not path.startswith("s3://"):
            raise UserError(
                f"{option} {path} is no address in S3", "the head's own disk goes with its machine",
                f"Try {option} s3://BUCKET/FOLDER.",
            )  # fmt: skip
    for option, listed in _list_values(words, _READ):
        for path in listed.split(","):  # as Nextflow reads it
            if not _ADDRESS.match(path):
                _check_read(cloud, pipeline, option, path)


def _list_values(words: Sequence[str], options: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The options with their values, behind = or as the next word; "" where that is missing."""
    for place, word in enumerate(words):
        option, equals, value = word.partition("=")
        if option in options:
            yield option, value if equals else next(iter(words[place + 1 :]), "")


def _check_read(cloud: Cloud, pipeline: Pipeline, option: str, path: str) -> None:
    if not path:
        raise UserError(
            f"{option} has no path", "Nextflow takes the next word for it", f"Try {option} s3://BUCKET/FILE."
        )
    staged = posixpath.normpath(path)
    if staged.startswith(_STAGED) and _has(cloud, pipeline, staged.removeprefix(_STAGED)):
        return
    raise UserError(
        f"the head cannot read {option} {path}",
        "it runs on a machine of AWS, and has no files of this computer but the pipeline's",
        _advise(cloud, pipeline, option, path),
    )


def _advise(cloud: Cloud, pipeline: Pipeline, option: str, path: str) -> str:
    """What to type in its place: the pipeline's own files lie under project/ there."""
    for inside in _list_inside(pipeline, path):
        if _has(cloud, pipeline, inside):
            return f"The pipeline's files lie under {_STAGED} there: {option} {_STAGED}{inside}."
    if option == "-lib":
        return "Put the folder into the pipeline's, as lib/: Nextflow looks there by itself."
    to = f"{option} s3://BUCKET/{posixpath.basename(path)}"
    in_s3 = f"aws s3 cp {path} s3://BUCKET/, and {to}"
    if pipeline.kind == "folder":
        return f"Put the file into {pipeline.named}, and give {option} {_STAGED}NAME; or into S3: {in_s3}."
    return f"Put the file into S3: {in_s3}. What should hold for every run goes into the pipeline's nextflow.config."


def _list_inside(pipeline: Pipeline, path: str) -> Iterator[str]:
    """How the file may be called below the pipeline's folder: as it is typed, or where it lies on this computer."""
    if not path.startswith(("/", "~")):
        yield posixpath.normpath(path)
    if pipeline.path:
        whole = Path(path).absolute()
        if whole.is_relative_to(pipeline.path.absolute()):
            yield whole.relative_to(pipeline.path.absolute()).as_posix()


def _has(cloud: Cloud, pipeline: Pipeline, name: str) -> bool:
    """Whether the head will have this file of the pipeline, or (of a folder here) this folder."""
    if pipeline.kind == "git" or name.startswith(".."):
        return False
    if pipeline.path:
        return any(file == name or file.startswith(f"{name}/") for file, _ in list_files(pipeline.path))
    return project.read_file(cloud, pipeline, name) is not None
