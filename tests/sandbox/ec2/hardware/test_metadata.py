import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sandbox.ec2.hardware import metadata
from sandbox.ec2.model.records import list_instances

Launch = Callable[..., str]


@pytest.fixture
def tree(ec2: Any, running: Launch) -> Callable[..., dict[str, bytes]]:
    def of(**changes: Any) -> dict[str, bytes]:
        instance_id = running(**changes)
        return metadata.make_tree(next(each for each in list_instances() if each.id == instance_id))

    return of


def test_the_key_is_delivered(ec2: Any, tree: Callable[..., dict[str, bytes]]) -> None:
    public = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    ec2.import_key_pair(KeyName="mine", PublicKeyMaterial=public)
    found = tree(KeyName="mine")
    assert found["meta-data/public-keys/"] == b"0=mine"
    assert found["meta-data/public-keys/0/openssh-key"] == public + b"\n"


def test_what_an_instance_is(ec2: Any, tree: Callable[..., dict[str, bytes]], describe: Any) -> None:
    found = tree(UserData="#cloud-config\n")
    instance = describe(found["meta-data/instance-id"].decode())
    mac = instance["NetworkInterfaces"][0]["MacAddress"]
    assert found["user-data"] == b"#cloud-config\n"
    assert found["meta-data/public-ipv4"].decode() == instance["PublicIpAddress"]
    assert found["meta-data/local-hostname"].decode() == instance["PrivateDnsName"]
    assert found["meta-data/placement/availability-zone"].decode() == instance["Placement"]["AvailabilityZone"]
    assert found[f"meta-data/network/interfaces/macs/{mac}/local-ipv4s"].decode() == instance["PrivateIpAddress"]
    zones = ec2.describe_availability_zones(ZoneNames=[instance["Placement"]["AvailabilityZone"]])["AvailabilityZones"]
    assert found["meta-data/placement/availability-zone-id"].decode() == zones[0]["ZoneId"]
    assert found["meta-data/services/partition"] == b"aws"
    document = json.loads(found["dynamic/instance-identity/document"])
    assert (document["instanceId"], document["region"]) == (instance["InstanceId"], "us-east-1")


def test_block_devices_are_mapped(tree: Callable[..., dict[str, bytes]]) -> None:
    found = tree(BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 10}}])
    prefix = "meta-data/block-device-mapping/"
    mapped = {name[len(prefix) :]: value for name, value in found.items() if name.startswith(prefix)}
    assert mapped == {"ami": b"/dev/xvda", "root": b"/dev/xvda", "ebs1": b"/dev/sdf"}


def test_tags_only_when_enabled(tree: Callable[..., dict[str, bytes]]) -> None:
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "builder"}]}]
    assert "meta-data/tags/instance/Name" not in tree(TagSpecifications=tags)
    shown = tree(TagSpecifications=tags, MetadataOptions={"InstanceMetadataTags": "enabled"})
    assert shown["meta-data/tags/instance/Name"] == b"builder"
