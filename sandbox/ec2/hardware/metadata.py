"""The metadata tree of an instance, as its IMDS shows it.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata-categories.html,
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
"""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from sandbox.ec2.hardware import identity, role_credentials
from sandbox.world.world import current


def make_tree(instance: Any) -> dict[str, bytes]:
    """Path without "/latest" → body, for every leaf."""
    leaves = {f"meta-data/{path}": value for path, value in _list_leaves(instance).items()}
    leaves |= {f"dynamic/instance-identity/{name}": text for name, text in identity.list_leaves(instance).items()}
    found = {path: str(value).encode() for path, value in leaves.items()}
    if instance.user_data:
        found["user-data"] = base64.b64decode(str(instance.user_data))
    return found


def _list_leaves(instance: Any) -> dict[str, str]:
    mac = instance.nics[0].mac_address
    groups = "\n".join(group.name for group in _list_groups(instance))
    leaves = {
        "ami-id": instance.image_id,
        "ami-launch-index": str(instance.ami_launch_index),
        "ami-manifest-path": "(unknown)",
        "hostname": instance.private_dns_name,
        "instance-action": "none",
        "instance-id": instance.id,
        "instance-life-cycle": instance.lifecycle or "on-demand",
        "instance-type": instance.instance_type,
        "local-hostname": instance.private_dns_name,
        "local-ipv4": instance.private_ip,
        "mac": mac,
        "placement/availability-zone": instance.availability_zone,
        "placement/availability-zone-id": _find_zone_id(instance),
        "placement/region": instance.region_name,
        "profile": "default-hvm",
        "reservation-id": current().instances[instance.id].reservation_id,
        "security-groups": groups,
        "services/domain": "amazonaws.com",
        "services/partition": "aws",
    }
    if instance.public_ip:
        leaves |= {"public-ipv4": instance.public_ip, "public-hostname": instance.public_dns_name}
    leaves |= {
        f"iam/{path}": json.dumps(body, indent=2) for path, body in role_credentials.list_leaves(instance).items()
    }
    leaves |= {f"spot/{path}": value for path, value in _list_notice(instance).items()}
    leaves |= {f"network/interfaces/macs/{mac}/{path}": value for path, value in _list_interface(instance).items()}
    leaves |= {f"block-device-mapping/{name}": device for name, device in _list_devices(instance).items()}
    key = instance.ec2_backend.key_pairs.get(instance.key_name)
    if key:
        leaves |= {"public-keys/": f"0={key.key_name}", "public-keys/0/openssh-key": key.public_key.strip() + "\n"}
    if instance.metadata_options.instance_metadata_tags == "enabled":
        leaves |= {f"tags/instance/{tag['key']}": tag["value"] for tag in instance.get_tags()}
    return leaves


def _find_zone_id(instance: Any) -> str:
    zones = RegionsAndZonesBackend.zones[instance.region_name]
    return next((zone.zone_id for zone in zones if zone.name == instance.availability_zone), "")


def _list_notice(instance: Any) -> dict[str, str]:
    """`instance-action`, and `termination-time` where it is terminated; nothing, and so 404, before the notice."""
    notice = current().instances[instance.id].interruption
    if notice is None:
        return {}
    time = datetime.fromtimestamp(notice.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    leaves = {"instance-action": json.dumps({"action": notice.action, "time": time})}
    return leaves | ({"termination-time": time} if notice.action == "terminate" else {})


def _list_interface(instance: Any) -> dict[str, str]:
    nic = instance.nics[0]
    leaves = {
        "device-number": "0",
        "interface-id": nic.id,
        "local-hostname": instance.private_dns_name,
        "local-ipv4s": instance.private_ip,
        "mac": nic.mac_address,
        "owner-id": instance.owner_id,
        "security-group-ids": "\n".join(group.id for group in _list_groups(instance)),
        "security-groups": "\n".join(group.name for group in _list_groups(instance)),
        "subnet-id": instance.subnet_id,
        "subnet-ipv4-cidr-block": nic.subnet.cidr_block,
        "vpc-id": instance.vpc_id,
    }
    if instance.public_ip:
        leaves |= {"public-ipv4s": instance.public_ip, "public-hostname": instance.public_dns_name}
    return leaves


def _list_devices(instance: Any) -> dict[str, str]:
    names = sorted(instance.block_device_mapping, key=lambda name: (name != instance.root_device_name, name))
    root = instance.root_device_name
    others = {f"ebs{number}": name for number, name in enumerate((name for name in names if name != root), start=1)}
    return {"ami": root, "root": root, **others}


def _list_groups(instance: Any) -> list[Any]:
    return list({group.id: group for group in instance.nics[0].group_set}.values())
