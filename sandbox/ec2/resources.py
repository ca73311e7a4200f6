"""EC2's resources: their ARNs, and the condition keys that each brings along.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html (resource types)
"""

from typing import Any

from moto.ec2.models import ec2_backends

from sandbox.iam.evaluation import tags
from sandbox.iam.evaluation.tags import Keys
from sandbox.world.world import ACCOUNT

TYPES = {
    "i": "instance", "vol": "volume", "ami": "image", "snap": "snapshot", "sg": "security-group", "subnet": "subnet",
    "key": "key-pair", "lt": "launch-template", "vpc": "vpc", "eni": "network-interface", "rtb": "route-table",
    "igw": "internet-gateway", "sir": "spot-instances-request", "sgr": "security-group-rule", "nat": "natgateway",
    "vpce": "vpc-endpoint", "acl": "network-acl", "eipalloc": "elastic-ip", "pg": "placement-group",
}  # fmt: skip
_WITHOUT_ACCOUNT = ("image", "snapshot")


def make_arn(region: str, kind: str, name: str = "*") -> str:
    """Make the ARN of a resource, or of those that a call will make."""
    account = "" if kind in _WITHOUT_ACCOUNT else ACCOUNT
    return f"arn:aws:ec2:{region}:{account}:{kind}/{name}"


def kind_of(resource_id: str) -> str | None:
    return TYPES.get(resource_id.rpartition("-")[0])


def find_resource(region: str, resource_id: str) -> tuple[str, Keys, bool]:
    """Find ARN and condition keys of what an id names, and whether it exists; a key pair goes by its name or its id."""
    backend, kind = ec2_backends[ACCOUNT][region], kind_of(resource_id) or "key-pair"
    name, tagged, resource = resource_id, resource_id, None
    if kind == "key-pair":
        resource = next((p for p in backend.key_pairs.values() if resource_id in (p.key_name, p.id)), None)
        name, tagged = (resource.key_name, resource.id) if resource else (resource_id, resource_id)
    else:
        resource = _find_object(backend, kind, resource_id)
    keys = tags.list_carried(dict(backend.tags.get(tagged, {})), "ec2")
    return make_arn(region, kind, name), keys | _list_own_keys(resource, kind, region), resource is not None


def find_instance_of_volume(region: str, volume_id: str) -> str:
    """Find the instance that a volume is attached to, or ""."""
    volume = ec2_backends[ACCOUNT][region].volumes.get(volume_id)
    return str(volume.attachment.instance.id) if volume and volume.attachment else ""


def _find_object(backend: Any, kind: str, resource_id: str) -> Any:
    if kind == "instance":
        return backend.get_instance_by_id(resource_id)
    if kind == "security-group":
        return backend.get_security_group_from_id(resource_id)
    if kind == "subnet":
        return next((zone[resource_id] for zone in backend.subnets.values() if resource_id in zone), None)
    tables = {"volume": "volumes", "image": "amis", "snapshot": "snapshots", "launch-template": "launch_templates",
              "vpc": "vpcs", "network-interface": "enis"}  # fmt: skip
    # Kinds that are not looked up here count as existing when something gave them a tag.
    table = getattr(backend, tables[kind]) if kind in tables else backend.tags
    return table.get(resource_id)


def _list_own_keys(resource: Any, kind: str, region: str) -> Keys:
    if resource is None:
        return {}
    if kind == "instance":
        return {"ec2:instanceid": (resource.id,), "ec2:instancetype": (resource.instance_type,)}
    if kind == "volume":
        return {
            "ec2:volumeid": (resource.id,), "ec2:volumesize": (str(resource.size),),
            "ec2:volumetype": (resource.volume_type,), "ec2:encrypted": (str(bool(resource.encrypted)).lower(),),
        }  # fmt: skip
    if kind == "image":
        owner = str(resource.owner_id)
        return {"ec2:imageid": (resource.id,), "ec2:owner": (owner,), "ec2:public": (str(resource.is_public).lower(),)}
    if kind in ("security-group", "subnet"):
        return {"ec2:vpc": (make_arn(region, "vpc", resource.vpc_id),)}
    return {}
