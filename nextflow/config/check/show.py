"""What a check came to, in words and as a document (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from kiln import words
from nextflow.config.check.model import Ask, Judged, Note, Verdict

MARKS = {Verdict.FITS: "✓", Verdict.NEVER: "✗", Verdict.REFUSED: "✗", Verdict.UNKNOWN: "?", Verdict.ELSEWHERE: "-"}
_WORST = (Verdict.NEVER, Verdict.REFUSED, Verdict.UNKNOWN, Verdict.FITS, Verdict.ELSEWHERE)

_WORDS = {Verdict.FITS: "fits", Verdict.NEVER: "would wait for ever", Verdict.REFUSED: "would be refused"}


@dataclass(frozen=True)
class Checked:
    """A file that was checked against an environment."""

    environment: str
    region: str
    file: str
    judged: Sequence[Judged]
    notes: Sequence[Note]

    @property
    def is_well(self) -> bool:
        return not self.notes and all(judged.misfit is None for judged in self.judged)


def render(checked: Checked) -> str:
    """Write a line for each process, and below it what never starts, with the remedy."""
    lines = [f"{checked.file} on {checked.environment} in {checked.region}"]
    for process, attempts in groupby(checked.judged, key=lambda judged: judged.ask.process):
        lines += _render_process(process, list(attempts))
    for note in checked.notes:
        lines += [f"! {note.what}", f"    why   {note.why}", f"    fix   {note.fix}"]
    return "\n".join([*lines, *_sum_up(checked.judged)])


def _sum_up(all_judged: Sequence[Judged]) -> list[str]:
    """The processes that never start, by what becomes of them."""
    lines = []
    for verdict in (Verdict.NEVER, Verdict.REFUSED):
        names = dict.fromkeys(judged.ask.process for judged in all_judged if judged.verdict is verdict)
        lines += [f"{_WORDS[verdict]}: {', '.join(names)}"] if names else []
    if not lines and any(judged.verdict is Verdict.UNKNOWN for judged in all_judged):
        return ["nothing of what is known before the run would wait for ever"]
    return lines or ["nothing would wait for ever"]


def _render_process(process: str, attempts: list[Judged]) -> list[str]:
    worst = min((judged.verdict for judged in attempts), key=_WORST.index)
    lines = [f"{MARKS[worst]} {process}"]
    for judged in _without_repeats(attempts):
        lines.append(f"    attempt {judged.ask.attempt}: {_describe(judged)}")
        if judged.misfit:
            lines += [f"      {judged.misfit.what}", f"      why   {judged.misfit.why}"]
            lines += [f"      fix   {judged.misfit.fix}"]
    return lines


def _without_repeats(attempts: list[Judged]) -> list[Judged]:
    """Leave out attempts that are as the one before."""
    kept: list[Judged] = []
    for judged in attempts:
        if not kept or _key(judged) != _key(kept[-1]):
            kept.append(judged)
    return kept


def _key(judged: Judged) -> tuple[object, ...]:
    ask = judged.ask
    return judged.queue, judged.verdict, ask.vcpus, ask.memory, ask.gpus, ask.unknown


def _describe(judged: Judged) -> str:
    asks = _describe_ask(judged.ask)
    if judged.verdict is Verdict.ELSEWHERE:
        return judged.why
    if judged.verdict is Verdict.UNKNOWN:
        return f"{asks} on {judged.queue}: not known before it runs ({judged.why})"
    return f"{asks} on {judged.queue}: {_WORDS[judged.verdict]}"


def _describe_ask(ask: Ask) -> str:
    gpus = f", {words.count(ask.gpus, 'GPU')}" if ask.gpus else ""
    vcpus = "unknown vCPUs" if ask.vcpus is None else words.count(ask.vcpus, "vCPU")
    about = "about " if ask.spare else ""
    return f"{vcpus}, {'unknown memory' if ask.memory is None else f'{about}{ask.memory} MiB'}{gpus}"


def make_document(checked: Checked) -> dict[str, Any]:
    """Give it as a document for programs; memory in MiB."""
    return {
        "environment": checked.environment, "region": checked.region, "file": checked.file, "fits": checked.is_well,
        "processes": [
            {
                "process": judged.ask.process, "attempt": judged.ask.attempt, "queue": judged.queue,
                "vcpus": judged.ask.vcpus, "memory_mib": judged.ask.memory, "gpus": judged.ask.gpus,
                "verdict": judged.verdict.value, "what": judged.misfit.what if judged.misfit else "",
                "why": judged.misfit.why if judged.misfit else judged.why,
                "fix": judged.misfit.fix if judged.misfit else "",
            }
            for judged in checked.judged
        ],
        "notes": [{"what": note.what, "why": note.why, "fix": note.fix} for note in checked.notes],
    }  # fmt: skip
