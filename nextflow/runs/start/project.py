"""The project of a run: checked, and put where its head can read it."""

import posixpath
from pathlib import Path

from cloud import errors
from cloud.session import Cloud
from kiln import words
from kiln.errors import UserError
from kiln.screen import Screen
from nextflow.runs import pipeline as pipelines
from nextflow.runs.pipeline import Pipeline
from nextflow.runs.places import PROJECTS, split
from nextflow.runs.start.folder import upload_project

_CONFIG, _SCHEMA = "nextflow.config", "nextflow_schema.json"
_MOST = 512 * 1024  # bytes that are read of a file, to look for names
Texts = dict[str, str]


def check(cloud: Cloud, pipeline: Pipeline, arguments: tuple[str, ...]) -> Texts:
    """Check that the project has its script; returns the texts in which its parameters stand (name → text).

    Nothing is known of a repository before Nextflow has fetched it. Raises UserError for a project without a script,
    and for a bucket that is missing.
    """
    if pipeline.kind == "git":
        return {}
    texts = {_CONFIG: _read(cloud, pipeline, _CONFIG), _SCHEMA: _read(cloud, pipeline, _SCHEMA)}
    script = pipelines.find_main_script(texts[_CONFIG], arguments)
    texts[script] = _read(cloud, pipeline, script, missing=pipelines.refuse_without_script(pipeline.named, script))
    return texts


def read_file(cloud: Cloud, pipeline: Pipeline, name: str) -> str | None:
    """Read a file of the project by its name below the folder; None where there is none, and for one outside of it."""
    if name.startswith(("/", "~")) or ".." in name.split("/") or "://" in name:
        return None
    content = _read_here(pipeline.path / name) if pipeline.path else _read_in_s3(cloud, pipeline.named, name)
    return None if content is None else content.decode("utf-8", "replace")


def _read(cloud: Cloud, pipeline: Pipeline, name: str, missing: UserError | None = None) -> str:
    content = (
        _read_here(pipeline.path / name) if pipeline.path
        else _read_in_s3(cloud, pipeline.named, name, needed=bool(missing))
    )  # fmt: skip
    if content is None and missing:
        raise missing
    return (content or b"").decode("utf-8", "replace")


def _read_here(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(_MOST)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    except OSError as error:
        raise UserError(f"{path} cannot be read", error.strerror or str(error), "Check its rights.") from None


def _read_in_s3(cloud: Cloud, folder: str, name: str, *, needed: bool = False) -> bytes | None:
    """None for a file that is not there. Of a bucket that may not be listed S3 calls that access denied: so it is taken
    but for a file that is `needed`."""
    bucket, prefix = split(folder)
    name = posixpath.normpath(name)  # ./main.nf
    key = f"{prefix}/{name}" if prefix else name
    try:
        answer = cloud.client("s3").get_object(Bucket=bucket, Key=key)
    except Exception as error:
        if errors.code(error) == "NoSuchBucket":
            raise UserError(
                f"there is no bucket {bucket}", f"{folder} names it", "Check the address of the pipeline."
            ) from None
        if errors.code(error) not in ("NoSuchKey", "404", *(() if needed else errors.DENIED)):
            raise
        return None
    return bytes(answer["Body"].read(_MOST))


def place(cloud: Cloud, pipeline: Pipeline, bucket: str, screen: Screen) -> str:
    """Put a folder into the bucket by the hash of what it holds; returns the address that the head runs."""
    if pipeline.path is None:
        return pipeline.named
    address, sent = upload_project(cloud.client("s3"), pipeline.path, bucket, PROJECTS.rstrip("/"))
    screen.say(f"  project {address}: " + (f"{words.count(sent, 'file')} uploaded" if sent else "is there already"))
    return address
