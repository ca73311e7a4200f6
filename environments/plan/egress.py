"""Whether security groups let machines reach ECS, ECR, S3 and CloudWatch Logs, over TCP port 443 (pure)."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from environments.kinds.ec2.security_groups import DesiredGroup, ExistingGroup
from environments.plan.steps import Step

_HTTPS = 443
Rules = Sequence[Mapping[str, Any]]


def allows_https_out(rules: Rules) -> bool:
    """Check whether rules of egress let HTTPS out; `rules` are IpPermissionsEgress of DescribeSecurityGroups."""
    return any(_covers_https(rule) and _leads_out(rule) for rule in rules)


def warn(steps: Sequence[Step]) -> tuple[str, ...]:
    """Warn where all security groups exist already and none lets HTTPS out."""
    groups = [step.existing for step in steps if isinstance(step.desired, DesiredGroup)]
    known = [group for group in groups if isinstance(group, ExistingGroup)]
    if not known or len(known) < len(groups) or any(allows_https_out(group.egress) for group in known):
        return ()
    ids = ", ".join(group.id for group in known)
    return (
        f"the security groups of the machines ({ids}) let no HTTPS out: machines reach ECS, ECR, S3 and CloudWatch "
        f"Logs over TCP port 443, and never join without it; {write_command(known[0].id)}",
    )


def write_command(group: str) -> str:
    """Write the command that opens a security group's way out."""
    return (
        f"aws ec2 authorize-security-group-egress --group-id {group} --ip-permissions "
        f"IpProtocol=tcp,FromPort={_HTTPS},ToPort={_HTTPS},IpRanges='[{{CidrIp={_ANYWHERE}}}]'"
    )


_ANYWHERE = str(ipaddress.IPv4Network((0, 0)))


def _covers_https(rule: Mapping[str, Any]) -> bool:
    if rule.get("IpProtocol") == "-1":
        return True
    return rule.get("IpProtocol") in ("tcp", "6") and rule.get("FromPort", 0) <= _HTTPS <= rule.get("ToPort", 65535)


def _leads_out(rule: Mapping[str, Any]) -> bool:
    """To addresses beyond one machine, to a prefix list (S3's), or to another group (an endpoint's)."""
    ranges = [entry["CidrIp"] for entry in rule.get("IpRanges") or ()]
    ranges += [entry["CidrIpv6"] for entry in rule.get("Ipv6Ranges") or ()]
    elsewhere = rule.get("PrefixListIds") or rule.get("UserIdGroupPairs")
    return bool(elsewhere) or any(ipaddress.ip_network(cidr, strict=False).num_addresses > 1 for cidr in ranges)
