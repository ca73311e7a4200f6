"""`--on-error keep|ask`: what stays when a build fails, so that a person can look at it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from images.builder.keys import Keys
from images.builder.launch import Launched
from images.plan.boot import Boot
from images.record.report import Report
from kiln import atomic, typed
from kiln.asking import ask, can_ask
from kiln.errors import Interrupted, UserError
from kiln.screen import Screen
from kiln.undo import Undo

THE_AMI = "the AMI"
OnError = Literal["cleanup", "keep", "ask"]


def parse_on_error(text: str) -> OnError:
    """The value of --on-error; raises UserError for any other text."""
    for value in get_args(OnError):
        if value == text:
            return cast(OnError, value)
    raise UserError(f"--on-error cannot be {text}", hint=f"One of: {', '.join(get_args(OnError))}.")


@dataclass
class Kept:
    """What there is to keep so far."""

    keys: Keys | None = None
    machine: Launched | None = None


@contextmanager
def keep_on_error(wish: OnError, undo: Undo, boot: Boot, report: Report, what: str = "the builder") -> Iterator[Kept]:
    """Where a failure passes and the person wants it so, keep what `undo` would remove. An interrupt always undoes."""
    kept = Kept()
    try:
        yield kept
    except Interrupted:
        raise
    except Exception as error:
        nothing_to_see = kept.machine is None and what != THE_AMI
        if not undo.depth or nothing_to_see or not _wants_it_kept(wish, what, error, report.screen):
            raise
        undo.forget()
        report.kept = f"{what} {kept.machine.instance_id}" if kept.machine else what
        hint = f"It ends by itself at its time limit; {typed.command('clean --apply')} removes it now."
        if kept.machine and kept.keys:
            write_key(boot, kept.machine, kept.keys)
            until = f"{kept.machine.ends_at:%H:%M} UTC"
            look, sweep = typed.command(f"ssh {kept.machine.instance_id}"), typed.command("clean --apply")
            hint = f"Look at it: {look} (until {until}), then {sweep}."
        report.screen.say(f"! {what} is kept. {hint}")
        raise


def _wants_it_kept(wish: OnError, what: str, error: Exception, screen: Screen) -> bool:
    """Whether the person wants to keep it."""
    if wish != "ask":
        return wish == "keep"
    if not can_ask():
        return False
    shown = error.what if isinstance(error, UserError) else repr(error)
    return ask(screen, f"✗ {shown}\n  Keep {what} to look at it?")


def write_key(boot: Boot, machine: Launched, keys: Keys) -> None:
    """The login key (0600) and what `invoke ssh` needs, beside the journal; `clean` removes both."""
    atomic.write(boot.folder / "key", keys.private, mode=0o600)
    kept: dict[str, Any] = {
        "build": boot.build_id,
        "instance": machine.instance_id,
        "host": machine.host,
        "user": boot.spec.builder.user,
        "host_key": keys.host.public,
        "proxy_command": boot.spec.builder.connect.proxy_command,
    }
    atomic.write(boot.folder / "kept.json", json.dumps(kept, indent=1) + "\n", mode=0o600)
