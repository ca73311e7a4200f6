"""Law: an id that is malformed, unknown or too new to be seen is refused, by whichever call it is named.

Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html. New ids: "Eventual consistency",
https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.ec2.model.errors import refused
from sandbox.world.world import World

_REST = re.compile("[0-9a-f]{8}|[0-9a-f]{17}")


@dataclass(frozen=True)
class Kind:
    prefix: str
    malformed: str
    unknown: str
    message: str
    exists: Callable[[Any, str], bool]
    several: str = ""

    def check(self, backend: Any, world: World, values: list[str]) -> None:
        """Raise AWS's error when one of `values` names nothing of this kind."""
        for value in values:
            head, _, rest = value.partition("-")
            if head != self.prefix or not _REST.fullmatch(rest):
                raise refused(self.malformed, f'Invalid id: "{value}" (expecting "{self.prefix}-...")')
        unknown = [value for value in values if not world.is_visible(value) or not self.exists(backend, value)]
        if len(unknown) > 1 and self.several:
            raise refused(self.unknown, self.several.format(", ".join(unknown)))
        if unknown:
            raise refused(self.unknown, self.message.format(unknown[0]))


def _subnet_exists(backend: Any, value: str) -> bool:
    return any(value in subnets for subnets in backend.subnets.values())


_INSTANCE = Kind(
    "i",
    "InvalidInstanceID.Malformed",
    "InvalidInstanceID.NotFound",
    "The instance ID '{}' does not exist",
    lambda b, v: b.get_instance_by_id(v) is not None,
    "The instance IDs '{}' do not exist",
)
_IMAGE = Kind(
    "ami",
    "InvalidAMIID.Malformed",
    "InvalidAMIID.NotFound",
    "The image id '[{}]' does not exist",
    lambda b, v: v in b.amis,
    "The image ids '[{}]' do not exist",
)
_GROUP = Kind(
    "sg",
    "InvalidGroupId.Malformed",
    "InvalidGroup.NotFound",
    "The security group '{}' does not exist",
    lambda b, v: b.get_security_group_from_id(v) is not None,
)
_SUBNET = Kind(
    "subnet",
    "InvalidSubnetID.Malformed",
    "InvalidSubnetID.NotFound",
    "The subnet ID '{}' does not exist",
    _subnet_exists,
)
_VPC = Kind(
    "vpc", "InvalidVpcID.Malformed", "InvalidVpcID.NotFound", "The vpc ID '{}' does not exist", lambda b, v: v in b.vpcs
)
_VOLUME = Kind(
    "vol",
    "InvalidVolumeID.Malformed",
    "InvalidVolume.NotFound",
    "The volume '{}' does not exist.",
    lambda b, v: v in b.volumes,
)
_SNAPSHOT = Kind("snap", "InvalidSnapshotID.Malformed", "InvalidSnapshot.NotFound",
                 "The snapshot '{}' does not exist.", lambda b, v: v in b.snapshots)  # fmt: skip

_KEY_PAIR = Kind(
    "key",
    "InvalidParameterValue",
    "InvalidKeyPair.NotFound",
    "The key pair ID '{}' does not exist",
    lambda b, v: any(k.id == v for k in b.key_pairs.values()),
)

_TEMPLATE = Kind(
    "lt",
    "InvalidLaunchTemplateId.Malformed",
    "InvalidLaunchTemplateId.NotFound",
    "The specified launch template, with template ID {}, does not exist.",
    lambda b, v: v in b.launch_templates,
)

_BY_PARAMETER = {
    "InstanceId": _INSTANCE, "InstanceIds": _INSTANCE, "ImageId": _IMAGE, "ImageIds": _IMAGE,
    "GroupId": _GROUP, "GroupIds": _GROUP, "SecurityGroupIds": _GROUP, "Groups": _GROUP,
    "SubnetId": _SUBNET, "SubnetIds": _SUBNET, "VpcId": _VPC, "VpcIds": _VPC,
    "LaunchTemplateId": _TEMPLATE, "LaunchTemplateIds": _TEMPLATE,
    "KeyPairId": _KEY_PAIR, "KeyPairIds": _KEY_PAIR,
    "VolumeId": _VOLUME, "VolumeIds": _VOLUME, "SnapshotId": _SNAPSHOT, "SnapshotIds": _SNAPSHOT,
}  # fmt: skip
_BY_PREFIX = {kind.prefix: kind for kind in _BY_PARAMETER.values()}
_TAGGED = "Resources"
# Source ids live in their own region; launch templates are not checked until they are used.
_UNCHECKED = {"LaunchTemplateData"}


def check_all(backend: Any, world: World, parameters: Mapping[str, Any]) -> None:
    """Raise for the first id among a request's parameters that AWS would not know."""
    for name, values in _find_named_values(parameters):
        if name == _TAGGED:
            for value in values:
                if kind := _BY_PREFIX.get(value.partition("-")[0]):
                    kind.check(backend, world, [value])
        elif kind := _BY_PARAMETER.get(name):
            # DescribePlacementGroups names groups of its own by GroupIds.
            kind.check(backend, world, [value for value in values if not value.startswith("pg-")])


def is_gone(backend: Any, resource_id: str) -> bool:
    """Return whether an id of a kind that is known here names nothing any more."""
    kind = _BY_PREFIX.get(resource_id.partition("-")[0])
    return kind is not None and not kind.exists(backend, resource_id)


def _find_named_values(parameters: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for name, value in parameters.items():
        if name in _UNCHECKED:
            continue
        members = value if isinstance(value, list) else [value]
        for member in members:
            if isinstance(member, Mapping):
                yield from _find_named_values(member)
        texts = [member for member in members if isinstance(member, str)]
        if texts:
            yield name, texts
