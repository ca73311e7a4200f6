"""Waiting until a machine's SSH answers: EC2 calls it running a minute before."""

import socket

from cloud import wait

PORT = 22
_TIMEOUT = 300  # seconds
_HINT = (
    "A firewall on the way may be the reason, or a subnet without a route to the internet: --ssh-from none leads there "
    "by SSM. aws ec2 get-console-output shows what the machine says."
)


def await_ssh(host: str, port: int = PORT) -> None:
    """Wait until it sends SSH's first line; raises UserError where it does not within five minutes."""
    wait.until(
        lambda: True if answers(host, port) else None, what=f"an answer of {host} to SSH", timeout=_TIMEOUT, hint=_HINT
    )


def answers(host: str, port: int = PORT) -> bool:
    """Return whether it sends SSH's first line."""
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
