"""Whether VPC endpoints stand in for a way to the internet (pure).

Sources: "Amazon ECS interface VPC endpoints" and "Amazon ECR interface VPC endpoints", AWS documentation (which ones a
container instance needs; S3's, through which the layers of images come, and its bucket); "Access an AWS service using
an interface VPC endpoint", AWS PrivateLink Guide (private DNS, security groups, policies).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cloud.regions import find_partition
from cloud.rights.documents import statements_of
from cloud.rights.evaluate import permits
from environments.network.rules import allows_https_in

Described = Mapping[str, Any]
# The last part of an endpoint's service name, com.amazonaws.REGION.…; what machines do by it, and on what.
_NEEDED = {
    "ecs": ("ecs:RegisterContainerInstance", "*"),
    "ecs-agent": ("ecs:Poll", "*"),
    "ecs-telemetry": ("ecs:StartTelemetrySession", "*"),
    "ecr.api": ("ecr:GetAuthorizationToken", "*"),
    "ecr.dkr": ("ecr:BatchGetImage", "*"),
    "logs": ("logs:PutLogEvents", "*"),
    "s3": ("s3:GetObject", "arn:{partition}:s3:::prod-{region}-starport-layer-bucket/0"),
}
Groups = Mapping[str, Described]


@dataclass(frozen=True)
class Endpoints:
    """The endpoints of a VPC as EC2 describes them, and their security groups by id, as far as they are known."""

    described: Sequence[Described] = ()
    groups: Groups = field(default_factory=dict)

    def list_lacking(self, subnet: Described, table: str) -> tuple[str, ...]:
        """List the services that machines of a subnet reach by none; `table` is the id of its route table."""
        return tuple(text for service in _NEEDED if (text := self._fault(service, subnet, table)))

    def _fault(self, service: str, subnet: Described, table: str) -> str:
        """The service's name, with what is wrong with its endpoints where there are some; "" where one does."""
        own = [endpoint for endpoint in self.described if _is_of(endpoint, service)]
        faults = [_find_fault(endpoint, service, subnet, table, self.groups) for endpoint in own]
        if "" in faults:
            return ""
        return f"{service} ({faults[0]})" if faults else service


def list_groups(endpoints: Iterable[Described]) -> list[str]:
    """List the ids of the security groups that endpoints have."""
    return sorted({group["GroupId"] for endpoint in endpoints for group in endpoint.get("Groups") or ()})


def _is_of(endpoint: Described, service: str) -> bool:
    return endpoint.get("State") == "available" and endpoint["ServiceName"].split(".", 3)[-1] == service


def _find_fault(endpoint: Described, service: str, subnet: Described, table: str, groups: Groups) -> str:
    name = endpoint.get("VpcEndpointId", "its endpoint")
    if endpoint.get("VpcEndpointType") == "Gateway":
        if table and "RouteTableIds" in endpoint and table not in endpoint["RouteTableIds"]:
            return f"{name} is not in the route table {table}"
    elif endpoint.get("PrivateDnsEnabled") is False:
        return f"{name} has no private DNS names"
    own = [groups[group["GroupId"]] for group in endpoint.get("Groups") or () if group["GroupId"] in groups]
    block = subnet.get("CidrBlock", "")
    if own and block and not any(allows_https_in(group.get("IpPermissions") or (), block) for group in own):
        return f"the security groups of {name} let no HTTPS in from {block}"
    return _find_denial(endpoint, service, name)


def _find_denial(endpoint: Described, service: str, name: str) -> str:
    """The policy of an endpoint; what depends on more than action and resource is taken to be allowed."""
    document = endpoint.get("PolicyDocument")
    if not document:
        return ""
    action, resource = _NEEDED[service]
    region = endpoint["ServiceName"].split(".")[2]
    place = resource.format(partition=find_partition(region), region=region)
    if permits(statements_of(document), action, place) is not False:
        return ""
    return f"the policy of {name} does not allow {action}" + (f" on {place.removesuffix('/0')}" if place != "*" else "")
