"""A recipe at work on a connected machine: its files and steps, then its checks, each shown as it ends."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from images.record.report import Report
from kiln import words
from kiln.errors import UserError
from provision.model.recipe import Check, File, Recipe, Step

if TYPE_CHECKING:
    from provision.ssh import events
    from provision.ssh.remote import Remote


@dataclass(frozen=True)
class Proof:
    """A check that ran: `output` is what it printed."""

    name: str
    ok: bool
    seconds: float
    output: str


def provision(remote: "Remote", recipe: Recipe, checks: Sequence[Check], report: Report) -> list[Proof]:
    """Run files and steps, then `checks`, with one upload; raises UserError as `perform` and `check` do."""
    report.screen.say("  provision")
    return _all_passed(_run(remote, report, recipe.files, recipe.steps, checks))


def perform(remote: "Remote", files: Sequence[File], steps: Sequence[Step], report: Report, title: str) -> None:
    """Run files and steps on the machine, shown as they end; raises UserError for the first that fails."""
    if not files and not steps:
        return
    report.screen.say(f"  {title}")
    _run(remote, report, files, steps)


def check(remote: "Remote", checks: Sequence[Check], report: Report, title: str) -> list[Proof]:
    """Run every check; raises UserError naming all that failed, with their output."""
    report.screen.say(f"  {title}")
    return _all_passed(_run(remote, report, checks=checks))


def _all_passed(proofs: list[Proof]) -> list[Proof]:
    failed = [proof for proof in proofs if not proof.ok]
    if failed:
        raise UserError(
            f"{len(failed)} of {words.count(len(proofs), 'check')} failed: {', '.join(proof.name for proof in failed)}",
            "the machine is not what the definition asks for",
            "Read the output above. To look at such a machine: invoke build-ami --on-error=keep, which ends with how "
            "to log in.",
            output="\n".join(f"✗ {proof.name}\n{_indented(proof.output)}" for proof in failed),
        )
    return proofs


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines()[-40:])


def _run(
    remote: "Remote",
    report: Report,
    files: Sequence[File] = (),
    steps: Sequence[Step] = (),
    checks: Sequence[Check] = (),
) -> list[Proof]:
    from provision.ssh.bundle import bundle

    listener = _Listener(report)
    remote.perform(bundle(files, steps, checks), listener.hear)
    if listener.failed:
        raise listener.failed[0].error()
    return listener.proofs


class _Listener:
    """Turns what the machine's runner tells into lines on the screen, the journal's log, and proofs."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.proofs: list[Proof] = []
        self.failed: list[events.Ended] = []
        self.live = report.screen.line("", indent=4)

    def hear(self, event: "events.Event") -> None:
        from provision.ssh import events

        match event:
            case events.Began(task):
                self.live.title = task.name
                self.report.journal.log(f"== {task.name}")
                self.live.live("")
            case events.Output(_, text):
                self.report.journal.log(text)
                self.live.live(text)
            case events.Ended():
                self._end(event)
            case events.Rebooting(task):
                self.report.screen.say(f"    … {task.name}: the machine restarts")
            case events.Rejoining(why):
                lost = f"    … the connection was lost ({why}); the machine goes on, Kiln connects again"
                self.report.screen.say(lost)

    def _end(self, event: "events.Ended") -> None:
        self.report.remote_step(event.task.name, event.seconds, ok=event.ok)
        if isinstance(event.task, Check):
            self.proofs.append(Proof(event.task.name, event.ok, event.seconds, "\n".join(event.output)))
        elif not event.ok:
            self.failed.append(event)


def as_json(proofs: Sequence[Proof]) -> list[dict[str, object]]:
    """Proofs as JSON has them: name, ok, seconds and output of every check."""
    return [json.loads(json.dumps(proof.__dict__)) for proof in proofs]
