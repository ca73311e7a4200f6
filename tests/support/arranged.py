"""What a test arranges in the offline AWS: its clock, and what EC2 and others refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import ProxyHandler, Request, build_opener

from sandbox.command import state

_DIRECT = build_opener(ProxyHandler({}))  # no proxy of this shell's on the way to the loopback


def advance(offline_aws: state.State, seconds: float) -> None:
    """Move its clock on; what is due by then has happened when this returns."""
    state.post(offline_aws.endpoint, "clock", {"advance": seconds})


@contextmanager
def refusing(offline_aws: state.State, action: str, code: str, **where: str) -> Iterator[None]:
    """Have every call of an operation with these parameters refused within the block."""
    state.post(offline_aws.endpoint, "faults", {"action": action, "code": code, "times": None, "where": where})
    try:
        yield
    finally:
        url = f"{offline_aws.endpoint}/kiln-sandbox/faults"
        _DIRECT.open(Request(url, method="DELETE"), timeout=60).close()  # the sandbox's own
