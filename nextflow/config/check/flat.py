"""A resolved configuration as `nextflow config -flat` prints it, by the parser of 24.10 or the newer one (pure).

A line to an option, `NAME = VALUE`; closures stand there as their source text, so that a value may span lines, and so
does a text into which something was filled: nothing in it is escaped (ConfigHelper.render0), quotes neither. The newer
parser prints the entries of a map as options of their own (`process.resourceLimits.memory = '120 GB'`).
"""

import re
from collections.abc import Iterable, Mapping

from kiln.errors import UserError
from nextflow.config.check.groovy.tokens import count_open

_PART = r"(?:[A-Za-z_$][\w$:-]*|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_ENTRY = re.compile(rf"(?P<name>{_PART}(?:\.{_PART})*) = (?P<value>.*)", re.S)
_OPTION_ONLY = re.compile(r"(process|params|aws|executor|docker|singularity|manifest|trace)\.|workDir\b")
_SCOPES = (
    "process|params|env|executor|aws|azure|google|k8s|docker|singularity|apptainer|podman|charliecloud|sarus|shifter|"
    "conda|spack|manifest|trace|report|timeline|dag|mail|notification|weblog|plugins|validation|tower|wave|fusion|"
    "cloudcache|lineage|nextflow|workflow|prov|co2footprint"
)
# What begins an option wherever it stands: a value's own lines are indented, or name no scope.
_OPTION = re.compile(rf"(?:(?:{_SCOPES})\.(?:{_PART}\.)*{_PART}|workDir|outputDir) = ")
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
    last, begin = "", 0
    before: tuple[int, str] | None = None
    for number, line in enumerate(lines, start=1):
        match = _ENTRY.match(line.rstrip("\r\n"))
        if match and (_OPTION.match(line) or not last or _is_whole(options[last])):
            last, begin = match["name"].replace('"', "'"), number
            options[last] = match["value"]
        elif last and _goes_on(options[last]):
            if number - begin > LONGEST:
                raise _break_off(name, begin)
            options[last] += f"\n{line.rstrip()}"
        elif not _NOISE.match(line):
            if options or _LIKE_OPTION.search(line):
                raise _refuse(name, number, line)
            before = before or (number, line)
    if before and not options:
        raise _refuse(name, *before)
    if last and not (_is_whole(options[last]) or options[last].rstrip().endswith(("}", "]"))):
        raise _break_off(name, begin)
    return options


def _refuse(name: str, number: int, line: str) -> UserError:
    return UserError(f"{name} is no resolved configuration", f"line {number} is no option: {line.strip()[:60]}", HOW)


def _break_off(name: str, line: int) -> UserError:
    return UserError(f"{name} breaks off", f"the value that begins in line {line} does not end", HOW)


def gather_maps(options: Mapping[str, str], name: str) -> dict[str, str]:
    """Return the entries of a map that stand as options of their own: `NAME.cpus` → cpus."""
    return {key.removeprefix(f"{name}."): value for key, value in options.items() if key.startswith(f"{name}.")}


def _goes_on(value: str) -> bool:
    """What spans lines may go on where it seems to be at its end: a bracket may stand in a regular expression, a quote
    in a text."""
    return not _is_whole(value) or (value.startswith(("{", "'")) and "\n" in value)


def _is_whole(value: str) -> bool:
    if value.startswith("'") and not value.startswith("'''"):
        return len(value) > 1 and value.rstrip().endswith("'")
    try:
        return count_open(value) <= 0
    except ValueError:
        # A text that spans lines is not closed yet; what this reader cannot split ends with its line.
        return value.count("'''") % 2 == 0 and value.count('"""') % 2 == 0 and value.count("{") <= value.count("}")
