"""The address that SSH is allowed from."""

import ipaddress
import urllib.request

from images.spec.builder import Builder
from kiln.errors import UserError

_ASK = "https://checkip.amazonaws.com"  # answers with the caller's public address; AWS's own


def find_allowed_range(builder: Builder) -> str | None:
    """A CIDR, or None where no port is to be opened; raises UserError when this computer's address is unknown."""
    if builder.ssh_from == "none":
        return None
    if builder.ssh_from != "auto":
        return str(ipaddress.ip_network(builder.ssh_from))  # 203.0.113.7 as 203.0.113.7/32: EC2 takes no other
    if builder.connect.via == "private":
        raise UserError(
            "builder.ssh_from is needed with connect.via: private",
            "the address that this computer has inside the VPC is not known here",
            "Name it: a CIDR, or none with a tunnel such as SSM Session Manager.",
        )
    try:
        with urllib.request.urlopen(_ASK, timeout=10) as answer:
            address = ipaddress.ip_address(answer.read(64).decode().strip())
    except (OSError, ValueError) as error:
        raise UserError(
            "this computer's public address is unknown",
            f"{_ASK}: {error}",
            "Name it in builder.ssh_from, such as 203.0.113.7/32.",
        ) from error
    return f"{address}/{address.max_prefixlen}"
