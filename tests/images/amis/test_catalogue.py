"""Kiln's images as AWS knows them."""

from types import SimpleNamespace
from typing import Any, cast

from cloud.session import Cloud
from images.amis import catalogue
from images.amis.catalogue import Entry


def described(ami: str, created: str, **tags: str) -> dict[str, Any]:
    return {
        "ImageId": ami, "Name": ami.upper(), "CreationDate": created, "State": "available",
        "Tags": [{"Key": f"kiln:{key}", "Value": value} for key, value in tags.items()],
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30, "SnapshotId": f"snap-{ami}"}},
            {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
            {"DeviceName": "/dev/sdc", "Ebs": {"VolumeSize": 5}},
        ],
    }  # fmt: skip


OLD = described("ami-1", "2026-01-01T00:00:00.000Z", image="x", key="k", status="tested", base="ami-0", build="b")
NEW = described("ami-2", "2026-01-02T00:00:00.000Z", image="x", key="k", status="candidate")


def listed(*images: dict[str, Any], image: str | None = None) -> tuple[list[Entry], dict[str, Any]]:
    """The entries, and the question that was asked."""
    asked: dict[str, Any] = {}

    def paginate(**query: Any) -> list[dict[str, Any]]:
        asked.update(query)
        return [{"Images": list(images)}]

    ec2 = SimpleNamespace(get_paginator=lambda operation: SimpleNamespace(paginate=paginate))
    return catalogue.list_entries(cast("Cloud", SimpleNamespace(ec2=ec2)), image), asked


def test_the_newest_first_and_this_accounts_alone() -> None:
    entries, asked = listed(OLD, NEW)
    assert [entry.id for entry in entries] == ["ami-2", "ami-1"]
    assert asked["Owners"] == ["self"]
    assert asked["Filters"] == [{"Name": "tag:kiln:image", "Values": ["*"]}]
    assert listed(image="x")[1]["Filters"] == [{"Name": "tag:kiln:image", "Values": ["x"]}]


def test_what_its_tags_and_disks_say() -> None:
    [entry], _ = listed(OLD)
    assert (entry.name, entry.image, entry.key, entry.status) == ("AMI-1", "x", "k", "tested")
    assert (entry.base, entry.build, entry.state) == ("ami-0", "b", "available")
    assert (entry.size, entry.snapshots) == (35, ("snap-ami-1",))


def test_what_is_left_out() -> None:
    [entry], _ = listed({"ImageId": "ami-3", "CreationDate": "2026-01-01T00:00:00.000Z"})
    assert (entry.name, entry.image, entry.status, entry.size, entry.snapshots) == ("", "", "", 0, ())


def test_the_same_key_counts_where_the_ami_can_be_used() -> None:
    entries, _ = listed(OLD, NEW)
    entry = catalogue.find_by_key(entries, "k")
    assert entry
    assert entry.id == "ami-1", "the newer is but a candidate"
    assert catalogue.find_by_key(entries, "other") is None
    pending, _ = listed(OLD | {"State": "pending"})
    assert catalogue.find_by_key(pending, "k") is None
    live, _ = listed(described("ami-4", "2026-01-01T00:00:00.000Z", key="k", status="live"))
    assert catalogue.find_by_key(live, "k") == live[0]
