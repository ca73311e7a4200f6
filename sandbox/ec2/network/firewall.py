"""What an instance's security groups let in: port 22 of its machine answers only where they allow it.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from ipaddress import ip_address, ip_network
from typing import Any

CALLER = ip_address("127.0.0.1")


def list_groups(instance: Any) -> list[Any]:
    """List the security groups of an instance, without repetition."""
    found = [*instance.security_groups, *(group for nic in instance.nics.values() for group in nic.group_set)]
    return list({group.id: group for group in found}.values())


def allows_ssh(instance: Any) -> bool:
    """Return whether some group of the instance lets this host's loopback in on TCP port 22."""
    return any(_lets_ssh_in(rule) for group in list_groups(instance) for rule in group.ingress_rules)


def _lets_ssh_in(rule: Any) -> bool:
    if rule.ip_protocol == "tcp":
        if not rule.from_port <= 22 <= rule.to_port:
            return False
    elif rule.ip_protocol != "-1":
        return False
    return rule.cidr_ipv4 is not None and CALLER in ip_network(rule.cidr_ipv4, strict=False)
