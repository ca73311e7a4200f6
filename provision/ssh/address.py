"""Where a machine answers by SSH, for how long an answer is awaited, and the error of a connection that broke."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from kiln.errors import UserError

LOST_AFTER_S = 45.0  # without a sign of life; the runner gives one every 5 s


class ConnectionLostError(UserError):
    """The connection broke, or nothing came through it any more; the machine may be well."""


@dataclass(frozen=True)
class Address:
    """Where a machine answers. In `proxy_command`, %h, %p and %r stand for host, port and user, as in ssh_config."""

    host: str
    user: str
    port: int = 22
    proxy_command: str | None = None

    def __str__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}"


@dataclass(frozen=True)
class Timing:
    """Time limits of a connection, in seconds, and the clock that they go by.

    `connect_s` is how long one attempt to connect may take, `rejoin_s` how long a machine that answered once may be out
    of reach, a reboot included.
    """

    connect_s: float = 10.0
    rejoin_s: float = 300.0
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


DEFAULT_TIMING = Timing()
