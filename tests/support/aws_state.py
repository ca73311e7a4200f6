"""What an account of the offline AWS holds, as tests ask for it."""

from typing import Any

from sandbox.inprocess import Sandbox


def own_images(sandbox: Sandbox) -> list[dict[str, Any]]:
    return list(sandbox.client("ec2").describe_images(Owners=["self"])["Images"])


def left_behind(sandbox: Sandbox) -> dict[str, list[str]]:
    """Everything that a build made and that is not an AMI with its snapshots: kind → ids, {} when there is nothing."""
    sandbox.clock.advance(120)
    return left_in(sandbox.client("ec2"))


def left_in(ec2: Any) -> dict[str, list[str]]:
    """The same, of the account that an EC2 client reaches."""
    reservations = ec2.describe_instances()["Reservations"]
    instances = [i["InstanceId"] for r in reservations for i in r["Instances"] if i["State"]["Name"] != "terminated"]
    groups = ec2.describe_security_groups()["SecurityGroups"]
    images = ec2.describe_images(Owners=["self"])["Images"]
    used = {m["Ebs"]["SnapshotId"] for image in images for m in image["BlockDeviceMappings"] if "Ebs" in m}
    snapshots = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    found = {
        "instances": instances,
        "groups": [g["GroupId"] for g in groups if g["GroupName"] != "default"],
        "keys": [k["KeyName"] for k in ec2.describe_key_pairs()["KeyPairs"]],
        "volumes": [v["VolumeId"] for v in ec2.describe_volumes()["Volumes"]],
        "snapshots": [s["SnapshotId"] for s in snapshots if s["SnapshotId"] not in used],
    }
    return {kind: ids for kind, ids in found.items() if ids}


def work(sandbox: Sandbox) -> list[str]:
    """The changing calls that succeeded, in their order."""
    reading = ("Describe", "Get", "List", "Simulate", "GET ", "HEAD ")  # S3 is called by method and path
    return [c.action for c in sandbox.calls.all() if not c.dry_run and not c.error and not c.action.startswith(reading)]
