"""Law: placement groups, which moto does not have.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreatePlacementGroup.html,
API_DescribePlacementGroups.html, API_DeletePlacementGroup.html; codes in errors-overview.html
(InvalidPlacementGroup.Duplicate, .InUse, .Unknown).
"""

from fnmatch import fnmatchcase
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.responses import EC2Response
from moto.moto_api._internal import mock_random

from sandbox.ec2.model.errors import refused
from sandbox.ec2.model.tagging import read_tags
from sandbox.world.facts import PlacementGroup
from sandbox.world.world import ACCOUNT, current

_STRATEGIES = ("cluster", "partition", "spread")
_UNKNOWN = "InvalidPlacementGroup.Unknown"


class PlacementGroups(EC2Response):
    def create_placement_group(self) -> ActionResult:
        name, strategy = self._get_param("GroupName"), self._get_param("Strategy") or "cluster"
        if not name:
            raise refused("MissingParameter", "The request must contain the parameter groupName")
        if strategy not in _STRATEGIES:
            raise refused("InvalidParameterValue", f"Value ({strategy}) for parameter strategy is invalid.")
        groups = current().placement_groups
        if (self.region, name) in groups:
            raise refused("InvalidPlacementGroup.Duplicate", f"The Placement Group '{name}' already exists.")
        partitions = self._get_int_param("PartitionCount") or (2 if strategy == "partition" else None)
        level = self._get_param("SpreadLevel") or ("rack" if strategy == "spread" else None)
        group = PlacementGroup(f"pg-{mock_random.get_random_hex(17)}", name, strategy, partitions, level)
        groups[self.region, name] = group
        if tags := read_tags(self.params).get("placement-group"):
            self.ec2_backend.create_tags([group.id], tags)
        return ActionResult({"PlacementGroup": self._describe_group(group)})

    def describe_placement_groups(self) -> ActionResult:
        names, ids = self._get_param("GroupNames", []), self._get_param("GroupIds", [])
        groups = {
            group.name: group for (region, _), group in current().placement_groups.items() if region == self.region
        }
        for name in names:
            if name not in groups:
                raise refused(_UNKNOWN, f"The Placement Group '{name}' is unknown.")
        for group_id in ids:
            if group_id not in {group.id for group in groups.values()}:
                raise refused("InvalidPlacementGroupId.NotFound", f"The Placement Group ID '{group_id}' does not exist")
        named = [
            self._describe_group(group)
            for group in groups.values()
            if (not names or group.name in names) and (not ids or group.id in ids)
        ]
        filters = self._get_param("Filters", [])
        return ActionResult({"PlacementGroups": [group for group in named if _passes(group, filters)]})

    def delete_placement_group(self) -> ActionResult:
        name, world = self._get_param("GroupName"), current()
        if (self.region, name) not in world.placement_groups:
            raise refused(_UNKNOWN, f"The Placement Group '{name}' is unknown.")
        if any(
            self._is_alive(instance) for instance, facts in world.instances.items() if facts.placement_group == name
        ):
            raise refused(
                "InvalidPlacementGroup.InUse", f"The placement group {name} is in use and may not be deleted."
            )
        group = world.placement_groups.pop((self.region, name))
        self.ec2_backend.tags.pop(group.id, None)
        return EmptyResult()

    def _is_alive(self, instance_id: str) -> bool:
        instance = self.ec2_backend.get_instance_by_id(instance_id)
        return instance is not None and instance.state != "terminated"

    def _describe_group(self, group: PlacementGroup) -> dict[str, Any]:
        told = {
            "GroupId": group.id, "GroupName": group.name, "Strategy": group.strategy, "State": "available",
            "GroupArn": f"arn:aws:ec2:{self.region}:{ACCOUNT}:placement-group/{group.name}",
            "PartitionCount": group.partitions, "SpreadLevel": group.level,
            "Tags": [{"Key": key, "Value": value} for key, value in self.ec2_backend.tags.get(group.id, {}).items()],
        }  # fmt: skip
        return {key: value for key, value in told.items() if value is not None}


_FILTERS = {"group-name": "GroupName", "group-arn": "GroupArn", "state": "State", "strategy": "Strategy",
            "spread-level": "SpreadLevel"}  # fmt: skip


def _passes(group: dict[str, Any], filters: list[dict[str, Any]]) -> bool:
    tags = {tag["Key"]: tag["Value"] for tag in group["Tags"]}
    for wanted in filters:
        name, values = wanted["Name"], wanted.get("Values") or []
        if name == "tag-key":
            present = list(tags)
        elif name.startswith("tag:"):
            present = [tags[name[4:]]] if name[4:] in tags else []
        elif name in _FILTERS:
            present = [str(group.get(_FILTERS[name], ""))]
        else:
            raise refused("InvalidParameterValue", f"The filter '{name}' is invalid")
        if not any(fnmatchcase(value, pattern) for value in present for pattern in values):
            return False
    return True
