"""For which parameter of a pipeline something is uploaded, by what the environment's definition says (pure)."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from environments.spec.environment import EnvironmentSpec

_FEW = 3  # letters: less is a part of many words


@dataclass(frozen=True)
class Parameter:
    """A parameter by its name; `value` is what it has in S3, or ""; `certain`: the definition names this folder."""

    name: str
    value: str
    certain: bool


def find_parameter(spec: EnvironmentSpec, path: Path, bucket: str, address: str) -> Parameter | None:
    """Find the parameter whose local path or address this is; else one whose name speaks of the folder's."""
    params = spec.nextflow.params
    in_s3 = {name: fill(value, bucket) for name, value in params.awsbatch.items()}
    for name, value in {**params.slurm, **in_s3}.items():
        here = name in params.slurm and Path(params.slurm[name]) in (path, path.absolute())
        if here or (address and value.rstrip("/") == address.rstrip("/")):
            return Parameter(name, in_s3.get(name, ""), certain=True)
    for name in dict.fromkeys((*in_s3, *params.slurm)):
        local = params.slurm.get(name, "").rstrip("/").rpartition("/")[2]
        if local == name_of(path) or _split(name) & _split(name_of(path)):
            return Parameter(name, in_s3.get(name, ""), certain=False)
    return None


def fill(value: str, bucket: str) -> str:
    """Fill in `{bucket}`, the environment's work bucket."""
    return value.replace("{bucket}", bucket)


def find_prefix(spec: EnvironmentSpec, path: Path, bucket: str) -> str:
    """Decide where something goes without --to: where the definition's parameter has it, else under its own name."""
    parameter = find_parameter(spec, path, bucket, "")
    begin = f"s3://{bucket}/"
    if parameter and parameter.certain and parameter.value.startswith(begin):
        return parameter.value.removeprefix(begin).rstrip("/")
    return name_of(path)


def name_of(path: Path) -> str:
    """Its own name, also where it was typed as . or .. (links stay as they are)."""
    return Path(os.path.normpath(path.absolute())).name


def _split(text: str) -> set[str]:
    """The words of a name or path, in small letters and without a plural s."""
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", text)
    singular = {"indices": "index", "fastqs": "fastq"}
    return {singular.get(word.lower(), word.lower().removesuffix("s")) for word in words if len(word) > _FEW}
