"""What a pipeline's own configuration asks for, judged before its head is sent (pure).

The head is given Kiln's configuration last: executor and queue of every process are Kiln's, and its resourceLimits cut
down what no machine has. A task that is given less than its pipeline asks for is killed in the end, so that such a
process is refused. A label may be that of no process, and a later attempt may never come: these are told.
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
    return [
        one for one in judged
        if one.misfit and one.misfit.hopeless and one.ask.attempt == 1 and not one.ask.process.startswith("withLabel")
    ]  # fmt: skip


def describe(judged: Sequence[Judged], where: str, unread: Sequence[str]) -> Iterator[str]:
    """Say what fits, what would wait, and what could not be looked at; `where` it was read."""
    well = [one.ask.process for one in judged if one.verdict is Verdict.FITS]
    doubted = {one.ask.process for one in judged if one.verdict is not Verdict.FITS}
    names = [name for name in dict.fromkeys(well) if name not in doubted]
    if names:
        held = f"{where}: {', '.join(names)}: machines hold what is asked for"
        yield f"? {held}, by what could be read" if unread else f"✓ {held}"
    told = set[tuple[str, str]]()
    for one in judged:
        why = one.misfit.what if one.misfit else one.why
        if one.verdict is Verdict.FITS or (one.ask.process, why) in told:
            continue
        told.add((one.ask.process, why))
        if one.misfit is None:
            yield f"? {where}: {one.ask.process}: not checked: {why}"
        else:
            yield f"! {where}: {one.ask.process}, attempt {one.ask.attempt} on {one.queue}: {why}\n" + (
                f"    why   {one.misfit.why}\n    fix   {one.misfit.fix}"
            )
    if unread:
        first = "; ".join(unread[:3]) + (" …" if len(unread) > 3 else "")
        yield f"? {where}: not checked is what Nextflow alone can read: {first}"
