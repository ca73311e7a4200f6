"""Volumes that machines added to their own storage, and whether their machines live."""

from types import SimpleNamespace
from typing import Any, cast

from cloud.session import Cloud
from cloud.storage_volumes import list_living_owners, list_unattached, read_owner


class Ec2:
    """An EC2 that gives the same answer to every call and keeps what it was asked."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer, self.asked = answer, list[tuple[str, Any]]()

    def get_paginator(self, operation: str) -> Any:
        def paginate(**query: Any) -> list[dict[str, Any]]:
            self.asked.append((operation, query))
            return [self.answer]

        return SimpleNamespace(paginate=paginate)


def cloud(ec2: Ec2) -> Cloud:
    return cast("Cloud", SimpleNamespace(ec2=ec2))


def volume(instance: str) -> dict[str, Any]:
    return {"VolumeId": "vol-1", "Tags": [{"Key": "kiln:storage", "Value": instance}]}


def test_the_instance_that_added_a_volume() -> None:
    assert read_owner(volume("i-1")) == "i-1"
    assert read_owner({"VolumeId": "vol-1"}) == ""


def test_unattached_are_those_with_the_tag_that_are_available_or_broken() -> None:
    ec2 = Ec2({"Volumes": [volume("i-1")]})
    assert list_unattached(cloud(ec2)) == [volume("i-1")]
    filters = [{"Name": "tag-key", "Values": ["kiln:storage"]}, {"Name": "status", "Values": ["available", "error"]}]
    assert ec2.asked == [("describe_volumes", {"Filters": filters})]


def test_living_owners_are_those_that_have_not_ended() -> None:
    states = ("pending", "running", "stopping", "stopped", "shutting-down", "terminated")
    instances = [{"InstanceId": f"i-{state}", "State": {"Name": state}} for state in states]
    ec2 = Ec2({"Reservations": [{"Instances": instances[:2]}, {"Instances": instances[2:]}]})
    volumes = [volume("i-running"), volume("i-gone"), volume("i-running")]
    assert list_living_owners(cloud(ec2), volumes) == {"i-pending", "i-running", "i-stopping", "i-stopped"}
    filters = [{"Name": "instance-id", "Values": ["i-gone", "i-running"]}]
    assert ec2.asked == [("describe_instances", {"Filters": filters})]


def test_without_volumes_nobody_is_asked() -> None:
    ec2 = Ec2({})
    assert list_living_owners(cloud(ec2), []) == frozenset()
    assert ec2.asked == []
