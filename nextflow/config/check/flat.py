"""A resolved configuration as `nextflow config -flat` prints it, by the parser of 24.10 or the newer one (pure).

A line to an option, `NAME = VALUE`; closures stand there as their source text, so that a value may span lines. The
newer parser prints the entries of a map as options of their own (`process.resourceLimits.memory = '120 GB'`).
"""

import re
from collections.abc import Iterable, Mapping

from kiln.errors import UserError
from nextflow.config.check.tokens import count_open

_PART = r"(?:[A-Za-z_$][\w$:-]*|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_ENTRY = re.compile(rf"(?P<name>{_PART}(?:\.{_PART})*) = (?P<value>.*)", re.S)
_OPTION_ONLY = re.compile(r"(process|params|aws|executor|docker|singularity|manifest|trace)\.|workDir\b")
_NOISE = re.compile(r"\s*$|(WARN|NOTE|Nextflow |N E X T F L O W)")
_LIKE_OPTION = re.compile(r"[={}]")  # without: what Nextflow tells before, of the pipeline that it fetches
LONGEST = 500  # lines of a value
HOW = "Give what this prints: nextflow config -flat -profile awsbatch PIPELINE > resolved.config"


def is_flat(head: str) -> bool:
    """Tell whether a file's first lines have an option of Nextflow's in them, as they are printed flat."""
    return any((match := _ENTRY.match(line)) and _OPTION_ONLY.match(match["name"]) for line in head.splitlines())


def read_flat(name: str, lines: Iterable[str]) -> dict[str, str]:
    """Read the options' values as they are printed. Raises UserError for what is no option, or breaks off."""
    options: dict[str, str] = {}
    rows = iter(enumerate(lines, start=1))
    for number, line in rows:
        match = _ENTRY.match(line.rstrip("\r\n"))
        if match is None:
            if _NOISE.match(line) or not (options or _LIKE_OPTION.search(line)):
                continue
            raise UserError(
                f"{name} is no resolved configuration", f"line {number} is no option: {line.strip()[:60]}", HOW
            )
        value = match["value"]
        while not _is_whole(value):
            last, more = next(rows, (0, ""))
            if not last or last - number > LONGEST:
                raise UserError(f"{name} breaks off", f"the value that begins in line {number} does not end", HOW)
            value += f"\n{more.rstrip()}"
        options[match["name"].replace('"', "'")] = value
    return options


def gather_maps(options: Mapping[str, str], name: str) -> dict[str, str]:
    """Return the entries of a map that stand as options of their own: `NAME.cpus` → cpus."""
    return {key.removeprefix(f"{name}."): value for key, value in options.items() if key.startswith(f"{name}.")}


def _is_whole(value: str) -> bool:
    try:
        return count_open(value) <= 0
    except ValueError:
        # A text that spans lines is not closed yet; what this reader cannot split ends with its line.
        return value.count("'''") % 2 == 0 and value.count('"""') % 2 == 0 and value.count("{") <= value.count("}")
