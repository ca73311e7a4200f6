"""Whether the security groups let machines reach ECS, ECR, S3 and CloudWatch Logs, over TCP port 443 (pure)."""

import ipaddress
from collections.abc import Sequence

from environments.kinds.ec2.security_groups import DesiredGroup, ExistingGroup
from environments.network.rules import HTTPS, allows_https_out, leads_to_internet
from environments.plan.steps import Step


def find_existing(steps: Sequence[Step]) -> list[ExistingGroup]:
    """Find the security groups of the machines; none where one of them is still to be made, open to everywhere."""
    groups = [step.existing for step in steps if isinstance(step.desired, DesiredGroup)]
    existing = [group for group in groups if isinstance(group, ExistingGroup)]
    return existing if len(existing) == len(groups) else []


def is_inside_only(groups: Sequence[ExistingGroup]) -> bool:
    """Check whether groups let HTTPS out to the inside alone: to private addresses, groups, AWS's lists."""
    rules = [rule for group in groups for rule in group.egress]
    return allows_https_out(rules) and not leads_to_internet(rules)


def warn(groups: Sequence[ExistingGroup], lacking: Sequence[str] = ()) -> tuple[str, ...]:
    """Warn where no group lets HTTPS out, or only to endpoints that are `lacking`."""
    if not groups:
        return ()
    ids = ", ".join(group.id for group in groups)
    reach = "machines reach ECS, ECR, S3 and CloudWatch Logs over TCP port 443, and never join without it"
    if not any(allows_https_out(group.egress) for group in groups):
        return (
            f"the security groups of the machines ({ids}) let no HTTPS out: {reach}; {write_command(groups[0].id)}",
        )
    return ("; ".join(say_inside_only(ids, lacking, groups[0].id)),) if lacking else ()


def say_inside_only(ids: str, lacking: Sequence[str], first: str) -> tuple[str, str]:
    """Say that groups let HTTPS out to the inside alone, where the endpoints are lacking; and the command."""
    what = (
        f"the security groups of the machines ({ids}) let HTTPS out to private addresses, other groups or AWS's lists "
        f"alone, and the VPC has no endpoint that works for {', '.join(lacking)}: machines never join without it"
    )
    return what, write_command(first)


def write_command(group: str) -> str:
    """Write the command that opens a security group's way out."""
    return (
        f"aws ec2 authorize-security-group-egress --group-id {group} --ip-permissions "
        f"IpProtocol=tcp,FromPort={HTTPS},ToPort={HTTPS},IpRanges='[{{CidrIp={_ANYWHERE}}}]'"
    )


_ANYWHERE = str(ipaddress.IPv4Network((0, 0)))
