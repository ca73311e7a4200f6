"""The security group of a head node: port 22 is open to one range (CIDR), or to nobody."""

from typing import Any

from cloud import errors, tags, wait
from cloud.pages import list_all
from cloud.session import Cloud
from nextflow.head.names import HEAD, Head

_RANGES = {"IpRanges": "CidrIp", "Ipv6Ranges": "CidrIpv6"}


def find_groups(cloud: Cloud, head: Head) -> list[dict[str, Any]]:
    """List its security groups, as EC2 describes them."""
    filters = [{"Name": f"tag:{HEAD}", "Values": [head.environment]}]
    return list_all(cloud.ec2, "describe_security_groups", "SecurityGroups", Filters=filters)


def open_group(cloud: Cloud, head: Head, vpc: str, ssh_from: str | None) -> str:
    """Make it, or take the one that is there; then that range alone may reach port 22. Returns its id."""
    group = _find_in(cloud, head, vpc) or _make(cloud, head, vpc)
    permitted = [rule for rule in group.get("IpPermissions", ()) if not _is(rule, ssh_from)]
    if permitted:
        cloud.ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=permitted)
    if ssh_from and len(permitted) == len(group.get("IpPermissions", ())):
        kind = "Ipv6Ranges" if ":" in ssh_from else "IpRanges"
        opened = [{_RANGES[kind]: ssh_from, "Description": "Kiln"}]
        rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, kind: opened}
        cloud.ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[rule])
    return str(group["GroupId"])


def _find_in(cloud: Cloud, head: Head, vpc: str) -> dict[str, Any] | None:
    return next((group for group in find_groups(cloud, head) if group["VpcId"] == vpc), None)


def _make(cloud: Cloud, head: Head, vpc: str) -> dict[str, Any]:
    """Make it; a name that is taken is of a group that a broken run made a moment ago, and EC2 will show."""
    try:
        made = cloud.ec2.create_security_group(
            GroupName=head.name, Description="Kiln: SSH to a head node from one address", VpcId=vpc,
            TagSpecifications=tags.make_specifications(head.tags, "security-group"),
        )  # fmt: skip
    except Exception as error:
        if errors.code(error) != "InvalidGroup.Duplicate":
            raise
        hint = f"A security group {head.name} that is not Kiln's must be renamed or deleted."
        return wait.until(
            lambda: _find_in(cloud, head, vpc), what=f"news of the group {head.name}", timeout=30, hint=hint
        )
    return {"GroupId": made["GroupId"]}


def _is(rule: dict[str, Any], ssh_from: str | None) -> bool:
    """Whether the rule opens port 22 to that range, and to nothing else."""
    ranges = [opened[field] for kind, field in _RANGES.items() for opened in rule.get(kind, ())]
    return (rule.get("FromPort"), rule.get("ToPort")) == (22, 22) and ranges == [ssh_from]
