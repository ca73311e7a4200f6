"""What is typed to head-up, as values that hold."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from images.plan.address import find_allowed_range
from images.spec.builder import Builder
from kiln import site
from kiln.errors import UserError
from kiln.models import Seconds

_LEAST, _MOST = 600, 365 * 86400  # seconds


@dataclass(frozen=True)
class Asked:
    """What was typed: `ssh_from` is a CIDR, auto or none (the way in is SSM), "" the site's; `time_limit` a text, 12 h.

    `nextflow` is the path of a program in Nextflow's place, none, or "" for the pinned one.
    """

    env: str = "genomics"
    instance_type: str = "t3.small"
    ami: str = "latest"
    ssh_from: str = ""
    time_limit: str = "12 h"
    nextflow: str = ""

    @property
    def seconds(self) -> int:
        """The time limit; raises UserError for what is no time, less than a machine's start takes, or over a year."""
        hint = "Try --time-limit '12 h' (s, min, h or d)."
        try:
            limit = TypeAdapter(Seconds).validate_python(self.time_limit)
        except ValidationError as error:
            raise UserError(f"{self.time_limit} is no time", _why(error), hint) from None
        if limit < _LEAST:
            raise UserError(f"{self.time_limit} is too short", "a machine takes minutes to start", hint)
        if limit > _MOST:
            raise UserError(f"{self.time_limit} is too long", "a head node ends within a year", hint)
        return limit

    def find_range(self) -> str | None:
        """Find who may reach port 22, a CIDR, or None for nobody; raises UserError for what is none of them."""
        named = self.ssh_from or load_site().get("ssh_from") or "auto"
        try:
            meant = Builder(ssh_from=named)
        except ValidationError as error:
            raise UserError(f"--ssh-from cannot be {named}", _why(error), "Try --ssh-from auto.") from None
        return find_allowed_range(meant)


def load_site() -> dict[str, Any]:
    """Load what the site's settings say of builders: a head node is reached as they are."""
    return dict(site.load_defaults(builder=Builder).get("builder") or {})


def find_proxy() -> str:
    """Find the command whose stdin and stdout are the connection (%h address, %p port, %i instance); "" for none."""
    return str((load_site().get("connect") or {}).get("proxy_command") or "")


def _why(error: ValidationError) -> str:
    return str(error.errors()[0]["msg"]).removeprefix("Value error, ")
