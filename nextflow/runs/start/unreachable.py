"""Values of parameters that are paths of this computer: neither a head nor its tasks can read them, or keep them.

Whether a parameter is a path, the pipeline alone knows: so that is remarked, and not refused.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kiln import typed
from nextflow.runs.pipeline import OUTPUTS

_MAGIC = re.compile(r"[*?\[{]")
_DEFAULT = re.compile(rf"\bparams\.({'|'.join(OUTPUTS)})\s*=\s*['\"]([^'\"$\n]*)['\"]")
_LONGEST = 1000  # characters of a path


def remark(words: Sequence[str], values: Mapping[str, Any]) -> Iterator[str]:
    """Remark on parameters behind `--` and in the file of parameters."""
    given = [*_list_given(words), *((str(name), value) for name, value in values.items() if isinstance(value, str))]
    for name, value in given:
        if name in OUTPUTS:
            if value and "://" not in value:
                yield (
                    f"! {name}: {value} would be on the head's own disk, which goes with its machine: "
                    "--output s3://BUCKET/FOLDER keeps the results"
                )
        elif is_here(value):
            yield (
                f"! {name}: {value} lies on this computer, where neither the head nor its tasks can read it: "
                f"{typed.command('upload --path PATH')} prints an address that they can"
            )


def remark_results(texts: Iterable[str], given: Mapping[str, Any], words: Sequence[str], output: str) -> Iterator[str]:
    """Remark on results that stay on the head's disk: no address is given, and the pipeline's own default is a folder.

    `texts` are files of the project, `output` the address that is known, "" for none.
    """
    named = {*given, *(name for name, _ in _list_given(words))}
    for name, folder in _DEFAULT.findall("\n".join(texts)):
        if not output and name not in named and folder and "://" not in folder:
            yield (
                f"! no --output is given, and the pipeline's own {name} is {folder}: on the head's own disk, which "
                "goes with its machine: --output s3://BUCKET/FOLDER keeps the results"
            )
            return


def _list_given(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Parameters behind `--` (their names begin with two dashes) with their values."""
    for place, word in enumerate(words):
        if word.startswith("--") and len(word) > 2:
            option, equals, value = word.partition("=")
            following = next(iter(words[place + 1 :]), "")
            yield option.removeprefix("--"), value if equals else "" if following.startswith("-") else following


def is_here(value: str) -> bool:
    """Whether a value looks like a path, and something lies there on this computer; of a glob, its folder."""
    if "://" in value or len(value) > _LONGEST or not re.search(r"/.|./|.\.\w", value):
        return False
    plain = _MAGIC.split(value)[0]
    if plain != value:
        plain = plain.rpartition("/")[0]
    try:
        return bool(plain) and Path(plain).expanduser().exists()
    except (OSError, RuntimeError, ValueError):
        return False
