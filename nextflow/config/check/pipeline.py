"""What a pipeline's own configuration asks for, judged before its head is sent (pure).

The head is given Kiln's configuration last: executor and queue of every process are Kiln's, and its resourceLimits cut
down what no machine has. A task that is given less than its pipeline asks for is killed in the end, so that such a
process is refused. A label may be that of no process, and a later attempt may never come: these are shown.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from nextflow.config.check.judge import Bench, judge
from nextflow.config.check.model import Judged, Verdict
from nextflow.config.check.of_config import list_asks, list_settings

_KILNS = ("process.executor", "process.queue")


def judge_options(options: Mapping[str, str], bench: Bench) -> list[Judged]:
    """Judge what AWS Batch is asked for; what another executor runs is left out."""
    own = {name: value for name, value in options.items() if name not in _KILNS}
    params = {name.removeprefix("params."): value for name, value in own.items() if name.startswith("params.")}
    return [
        judge(ask, bench)
        for settings in list_settings(own) if settings.executor in ("", "awsbatch")
        for ask in list_asks(settings, params)
    ]  # fmt: skip


def fill_params(
    options: Mapping[str, str], values: Mapping[str, Any], unknown: Collection[str] | None
) -> dict[str, str]:
    """Put a file's parameters in the place of the configuration's; `unknown` are given otherwise, None: any may be."""
    kept = {
        name: value for name, value in options.items()
        if not (name.startswith("params.") and (unknown is None or name.removeprefix("params.") in unknown))
    }  # fmt: skip
    plain = {name: value for name, value in values.items() if isinstance(value, str | int | float)}
    return kept | {f"params.{name}": _write(value) for name, value in plain.items() if name not in (unknown or ())}


def _write(value: str | float) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'" if isinstance(value, str) else str(value)


def list_refused(judged: Sequence[Judged]) -> list[Judged]:
    """List the first attempts of processes that no machine of the environment can hold."""
    hopeless = [verdict for verdict in judged if verdict.misfit and verdict.misfit.hopeless]
    return [verdict for verdict in hopeless if verdict.ask.attempt == 1 and not _is_label(verdict)]


def _is_label(judged: Judged) -> bool:
    return judged.ask.process.startswith("withLabel")


def describe(judged: Sequence[Judged], where: str, unread: Sequence[str]) -> Iterator[str]:
    """Say what fits, what would wait, and what could not be looked at; `where` it was read."""
    processes = dict.fromkeys(verdict.ask.process for verdict in judged)
    doubted = {verdict.ask.process for verdict in judged if verdict.verdict is not Verdict.FITS}
    if well := [process for process in processes if process not in doubted]:
        held = f"{where}: {', '.join(well)}: machines hold what is asked for"
        yield f"? {held}, by what could be read" if unread else f"✓ {held}"
    shown: dict[tuple[str, str], str] = {}
    for verdict in judged:
        if verdict.verdict is not Verdict.FITS:
            what = verdict.misfit.what if verdict.misfit else verdict.why
            shown.setdefault((verdict.ask.process, what), _describe(verdict, where))
    yield from shown.values()
    if unread:
        first = "; ".join(unread[:3]) + (" …" if len(unread) > 3 else "")
        yield f"? {where}: not checked is what Nextflow alone can read: {first}"


def _describe(judged: Judged, where: str) -> str:
    ask, misfit = judged.ask, judged.misfit
    if misfit is None:
        return f"? {where}: {ask.process}: not checked: {judged.why}"
    what = f"! {where}: {ask.process}, attempt {ask.attempt} on {judged.queue}: {misfit.what}"
    return f"{what}\n    why   {misfit.why}\n    fix   {misfit.fix}"
