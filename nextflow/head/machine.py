"""The machine of a head node: found by its tag, started where there is room, removed with its security group."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cloud import errors, tags, wait
from cloud.pages import list_all
from cloud.session import Cloud
from images.builder import instances, launch
from images.plan.placement import Placement
from kiln.errors import UserError
from nextflow.head.group import find_groups
from nextflow.head.names import HEAD, Head

_ALIVE = ("pending", "running", "stopping", "stopped", "shutting-down")
_BOOT = 300  # seconds
_PROFILE = 120
_END = 600


def find_machines(cloud: Cloud, head: Head) -> list[dict[str, Any]]:
    """List its machines that are not terminated, as EC2 describes them; the newest first."""
    filters = [
        {"Name": f"tag:{HEAD}", "Values": [head.environment]},
        {"Name": "instance-state-name", "Values": list(_ALIVE)},
    ]
    listed = list_all(cloud.ec2, "describe_instances", "Reservations", Filters=filters)
    machines = [machine for reservation in listed for machine in reservation["Instances"]]
    return sorted(machines, key=lambda machine: str(machine["LaunchTime"]), reverse=True)


def find_up(cloud: Cloud, head: Head) -> dict[str, Any] | None:
    """Find the machine that runs or is about to; raises UserError for one that is stopped."""
    machines = [machine for machine in find_machines(cloud, head) if machine["State"]["Name"] != "shutting-down"]
    if not machines:
        return None
    state, instance = machines[0]["State"]["Name"], machines[0]["InstanceId"]
    if state in ("stopping", "stopped"):
        raise UserError(
            f"the head node of {head.environment} is {state}",
            f"somebody stopped {instance}",
            f"Start it: aws ec2 start-instances --instance-ids {instance}; or remove it by head-down.",
        )
    return machines[0]


def make_request(
    head: Head, image: Mapping[str, Any], place: Placement, group: str, profile: str, user_data: str, key: str
) -> dict[str, Any]:
    """Make RunInstances' parameters (pure): IMDSv2 alone, an encrypted volume, terminated at shutdown, all tagged.

    `key` is the fingerprint by which this computer knows its own machine again.
    """
    labels = head.tags | head.mark(key)
    return {
        "ImageId": image["ImageId"], "InstanceType": place.instance_type, "MinCount": 1, "MaxCount": 1,
        "BlockDeviceMappings": [
            {"DeviceName": image["RootDeviceName"], "Ebs": {"Encrypted": True, "DeleteOnTermination": True}}
        ],
        "NetworkInterfaces": [{
            "DeviceIndex": 0, "SubnetId": place.subnet.id, "Groups": [group], "AssociatePublicIpAddress": True,
            "DeleteOnTermination": True,
        }],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled"},
        "IamInstanceProfile": {"Name": profile}, "UserData": user_data,
        "InstanceInitiatedShutdownBehavior": "terminate",
        "TagSpecifications": tags.make_specifications(labels, "instance", "volume", "network-interface"),
        "ClientToken": f"{key[:32]}-{place.subnet.id[-17:]}",
    }  # fmt: skip


def start(
    cloud: Cloud, places: Sequence[Placement], make: Callable[[Placement], dict[str, Any]]
) -> tuple[str, Placement]:
    """Start it in the first place with room, asked again while EC2 does not know the new instance profile."""
    hint = "Try again later, or another --instance-type."

    def started() -> tuple[str, Placement] | None:
        try:
            return launch.run_where_room(cloud, places, make, "the head node", hint)
        except Exception as error:
            if errors.code(error) == "InvalidParameterValue" and "iamInstanceProfile" in str(error):
                return None
            raise

    return wait.until(started, what="RunInstances with the new instance profile", timeout=_PROFILE, every=2)


def await_address(cloud: Cloud, instance: str) -> str:
    """Wait until it runs; returns its public address, "" where it has none. Raises UserError where it ended."""

    def address() -> str | None:
        machine = instances.describe(cloud, instance)
        state = machine["State"]["Name"] if machine else "pending"
        if machine and state == "running":
            return str(machine.get("PublicIpAddress") or "")
        if machine and state != "pending":
            reason = machine.get("StateReason", {}).get("Message", "EC2 gives no reason")
            raise UserError(f"{instance} ended before it ran", reason, "Try again, or another --instance-type.")
        return None

    return wait.until(address, what=f"the start of {instance}", timeout=_BOOT, every=0.4, longest=3)


def remove(cloud: Cloud, head: Head) -> list[str]:
    """Terminate its machines, wait for it, and delete its groups; returns what was removed, in words.

    A machine whose start was broken off is in none of EC2's lists for some seconds, but keeps its group in use: as
    long as a group cannot be deleted, machines are looked for again.
    """
    removed, left = dict[str, None](), find_groups(cloud, head)

    def swept() -> bool | None:
        for machine in find_machines(cloud, head):
            instances.terminate(cloud, machine["InstanceId"])
            removed[f"machine {machine['InstanceId']}"] = None
        for group in list(left):
            if _delete(cloud, group["GroupId"]):
                removed[f"security group {group['GroupId']}"] = None
                left.remove(group)
        return None if left else True

    hint = "Something else uses it: aws ec2 describe-network-interfaces --filters Name=group-id,Values=GROUP."
    wait.until(swept, what=f"the end of what belongs to {head.name}", timeout=_END, hint=hint)
    return list(removed)


def _delete(cloud: Cloud, group: str) -> bool:
    """Delete the group; False while something is in it."""
    try:
        with errors.gone_is_fine():
            cloud.ec2.delete_security_group(GroupId=group)
    except Exception as error:
        if errors.code(error) != "DependencyViolation":
            raise
        return False
    return True
