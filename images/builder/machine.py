"""A machine under Kiln's hands: started, connected, worked on, checked."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloud.session import Cloud
from images.builder import instances, launch
from images.builder.launch import Launched, Order
from images.record.report import Report
from kiln import words
from kiln.errors import UserError
from kiln.undo import Undo
from provision.model.recipe import Check, File, Recipe, Step

if TYPE_CHECKING:
    from provision.ssh.remote import Remote

CONNECT = 300  # seconds until SSH must answer
CLOUD_INIT = 600


@dataclass(frozen=True)
class Proof:
    """A check that ran: `output` is what it printed."""

    name: str
    ok: bool
    seconds: float
    output: str


def start(cloud: Cloud, undo: Undo, order: Order, report: Report) -> Launched:
    """Key pair, security group, instance: running, with an address."""
    with report.step(order.purpose) as line:
        key_name = launch.make_key_pair(cloud, undo, order)
        group = launch.make_security_group(cloud, undo, order)
        machine = launch.run(cloud, undo, order, key_name, group)
        reach = f"ssh from {order.boot.ssh_from} only" if order.boot.ssh_from else "no open port"
        place = f"{machine.placement.instance_type}, {machine.placement.subnet.zone}"
        line.note = f"{machine.instance_id} {place}, {reach}, off by itself at {machine.ends_at:%H:%M} UTC"
        report.machines.append(machine.instance_id)
        report.journal.event("instance", id=machine.instance_id, purpose=order.purpose, host=machine.host)
    return machine


@contextmanager
def connected(cloud: Cloud, machine: Launched, order: Order, report: Report) -> Iterator["Remote"]:
    """An SSH connection to a machine whose cloud-init has finished; raises UserError with the console's last lines."""
    from provision.ssh.remote import Address, Remote

    proxy = order.builder.connect.proxy_command
    if proxy:
        proxy = proxy.replace("%i", machine.instance_id)
    address = Address(machine.host, order.builder.user, proxy_command=proxy)
    with Remote(address, order.keys.login_key, [order.keys.host_key]) as remote:
        with report.step("connect") as line:
            try:
                remote.connect(CONNECT)
            except UserError as error:
                raise _with_console(error, instances.read_console(cloud, machine.instance_id)) from error
            line.note = "host key as expected"
        with report.step("cloud-init"):
            remote.wait_for_cloud_init(CLOUD_INIT)
        yield remote


def _with_console(error: UserError, console: str) -> UserError:
    shown = (
        f"the machine's console ends with:\n{console}" if console else "the machine has printed nothing on its console"
    )
    return UserError(error.what, error.why, error.hint, output="\n".join(filter(None, (error.output, shown))))


def provision(remote: "Remote", recipe: Recipe, checks: Sequence[Check], report: Report) -> list[Proof]:
    """Run files and steps, then `checks`, with one upload; raises UserError as `perform` and `check` do."""
    report.screen.say("  provision")
    return _all_passed(_run(remote, report, recipe.files, recipe.steps, checks, heading="checks on the builder"))


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
            "Look at the output above; --on-error keep leaves the machine for invoke ssh.",
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
    heading: str = "",
) -> list[Proof]:
    """`heading` is shown above the first check."""
    from provision.ssh import events
    from provision.ssh.bundle import bundle

    proofs: list[Proof] = []
    failed: list[events.Ended] = []
    live = report.screen.line("", indent=4)

    def on_event(event: events.Event) -> None:
        match event:
            case events.Began(task):
                live.title = task.name
                report.journal.log(f"== {task.name}")
                live.live("")
            case events.Output(_, text):
                report.journal.log(text)
                live.live(text)
            case events.Ended():
                ended(event)
            case events.Rebooting(task):
                report.screen.say(f"    … {task.name}: the machine restarts")
            case events.Rejoining(why):
                report.screen.say(f"    … the connection was lost ({why}); the machine goes on, Kiln connects again")

    def ended(event: events.Ended) -> None:
        report.remote_step(event.task.name, event.seconds, ok=event.ok)
        if isinstance(event.task, Check):
            proofs.append(Proof(event.task.name, event.ok, event.seconds, "\n".join(event.output)))
        elif not event.ok:
            failed.append(event)

    remote.perform(bundle(files, steps, checks), on_event)
    if failed:
        raise failed[0].error()
    return proofs


def as_json(proofs: Sequence[Proof]) -> list[dict[str, object]]:
    return [json.loads(json.dumps(proof.__dict__)) for proof in proofs]
