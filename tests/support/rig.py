"""A machine, a relay in front of it, and a `Remote` that goes through the relay: what the tests of SSH share."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import paramiko

from provision.ssh.events import Event, Output
from provision.ssh.remote import Address, Remote, Timing
from tests.support.keys import new_key
from tests.support.relay import Relay
from tests.support.sshd import Host


@dataclass
class Rig:
    host: Host
    relay: Relay
    key: paramiko.PKey
    host_key: paramiko.PKey
    stack: ExitStack
    events: list[Event] = field(default_factory=list)

    @property
    def address(self) -> Address:
        return Address("127.0.0.1", "kiln", self.relay.port)

    @property
    def output(self) -> list[str]:
        return [event.line for event in self.events if isinstance(event, Output)]

    def remote(self, rejoin_s: float = 20.0) -> Remote:
        """Not connected yet; closed at the end."""
        timing = Timing(connect_s=5.0, rejoin_s=rejoin_s)
        return self.stack.enter_context(Remote(self.address, self.key, self.host_key, timing))

    def connected(self, rejoin_s: float = 20.0) -> Remote:
        remote = self.remote(rejoin_s)
        remote.connect(20)
        return remote


@contextmanager
def rig(root: Path, rtt_s: float = 0.0) -> Iterator[Rig]:
    key, host_key = new_key(), new_key()
    with (
        Host(root, key, host_key) as host,
        Relay(host.port, rtt_s) as relay,
        ExitStack() as stack,
    ):
        yield Rig(host, relay, key, host_key, stack)
