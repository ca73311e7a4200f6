"""The file of parameters: what Nextflow will read in the head, checked before anything is sent.

Source: `-params-file`, Nextflow documentation: JSON or YAML by the name's ending, a map.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiln import atomic, yamlfile
from kiln.errors import UserError
from kiln.files.paths import read_path

_SUFFIXES = {".json": ".json", ".yaml": ".yaml", ".yml": ".yaml"}
_MOST = 1024 * 1024


@dataclass(frozen=True)
class Params:
    """`content` is the file as it is; `values` what it says, `suffix` .json or .yaml."""

    content: bytes
    values: dict[str, Any]
    suffix: str


def read(name: str) -> Params:
    """Read a file of parameters; raises UserError for what Nextflow could not read."""
    path = read_path(name, "--params")
    suffix = _SUFFIXES.get(path.suffix.lower(), "")
    if not suffix:
        raise UserError(
            f"--params {name} is no file of parameters", "Nextflow tells by the ending whether it is JSON or YAML",
            "Let its name end in .json, .yaml or .yml.",
        )  # fmt: skip
    content = _read_bytes(path, name)
    if not content.strip():
        raise UserError(f"--params {name} is empty", "a file is given for what stands in it", "Leave --params out.")
    values = _read_json(content, name) if suffix == ".json" else yamlfile.read(path)[0]
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise UserError(
            f"--params {name} holds no parameters", f"it is a {type(values).__name__}; parameters are names and values",
            "Write `name: value` (YAML) or {\"name\": \"value\"} (JSON).",
        )  # fmt: skip
    return Params(content, values, suffix)


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > _MOST:
            why = f"it has {path.stat().st_size} bytes; {_MOST} are allowed"
            raise UserError(f"--params {name} is too large", why, "Put long lists into a sample sheet in S3.")
        return atomic.read(path)
    except OSError as error:
        raise UserError(f"--params {name} cannot be read", error.strerror or str(error), "Check the path.") from None


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number in JSON")


def _read_json(content: bytes, name: str) -> Any:
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UserError(f"--params {name} is no JSON", str(error), "Check it with python -m json.tool.") from None
