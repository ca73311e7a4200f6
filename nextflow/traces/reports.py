"""An execution report: a page of HTML with the run's data in a script, which is JavaScript and not JSON.

Source: Nextflow's report template (`window.data = { "trace": […], "summary": … };`). All values are texts; of a run of
more than 10,000 tasks `"trace"` is null (https://www.nextflow.io/docs/latest/reports.html#execution-report).
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from kiln.errors import UserError
from nextflow.traces.rows import RowReader
from nextflow.traces.task import Attempt

_BEGIN = re.compile(r"window\.data\s*=\s*\{")
_DATA = re.compile(r"""["']?\btrace["']?\s*:\s*(\[|null\b)""")
# What JavaScript takes in a text and JSON does not: \' and \x41 (Groovy escapes so), and a comma before a bracket.
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.S)
_PLAIN = '"\\/bfnrt'


def read_report(path: Path, page: str) -> Iterator[Attempt]:
    """Read the attempts of the report's data. Raises UserError for a page without, or without tasks in it."""
    # The page's own program names window.data too, before it is set.
    begin = _BEGIN.search(page)
    match = _DATA.search(page, begin.end() if begin else 0)
    if match is None:
        raise UserError(
            f"{path} is no Nextflow execution report", "the page holds no data of a run", "give the report or the trace"
        )
    if match[1] == "null":
        raise UserError(
            f"{path} holds no tasks",
            "Nextflow leaves them out of a report of more than 10,000 tasks",
            "give the run's trace file (-with-trace)",
        )
    reader = RowReader(())
    for number, row in enumerate(_read_rows(path, page, match.start(1)), start=1):
        if reader.columns != tuple(row):
            reader = RowReader(tuple(row))
        try:
            yield reader.read(["" if value is None else str(value) for value in row.values()])
        except ValueError as error:
            raise UserError(f"task {number} in {path} cannot be read", str(error), "give the run's trace") from None


def _read_rows(path: Path, page: str, begin: int) -> list[dict[str, object]]:
    text = _ESCAPE.sub(_to_json, page[begin:])
    try:
        rows, _ = json.JSONDecoder(strict=False).raw_decode(re.sub(r",(\s*[\]}])", r"\1", text))
    except ValueError as error:
        raise UserError(
            f"the tasks in {path} cannot be read", f"its data breaks off or is damaged: {error}", "give the run's trace"
        ) from None
    return [row for row in rows if isinstance(row, dict)]


def _to_json(match: re.Match[str]) -> str:
    escaped = match[1]
    if escaped[0] == "x":
        return f"\\u00{escaped[1:]}"
    return match[0] if escaped[0] in _PLAIN or escaped[0] == "u" else escaped
