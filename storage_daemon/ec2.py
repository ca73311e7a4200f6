"""The calls to AWS: four for a volume that is added, and DescribeVolumes again while one waits for a state.

boto3's own settings hold: credentials of the instance's role (IMDSv2), AWS_ENDPOINT_URL, proxies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from . import machine

TAG = "kiln:storage"  # its value is the id of the instance whose volume it is
STATE_SECONDS = 120.0
# Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
# A request that ended so may have been carried out all the same.
UNCERTAIN = {"", "InternalError", "InternalFailure", "Unavailable", "ServiceUnavailable"}
LIMITS = {"VolumeLimitExceeded", "MaxIOPSLimitExceeded", "AttachmentLimitExceeded", "InsufficientVolumeCapacity"}


class Refused(Exception):
    """AWS refused, after boto3's retries: its error code, and the whole message as text."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Volume:
    """`size` in GiB; `instance` and `device` are "" while it is not attached; `deleted` on termination."""

    id: str
    state: str
    size: int
    instance: str = ""
    device: str = ""
    attachment: str = ""
    deleted: bool = False


class Ec2:
    """EC2 in one region, for one instance."""

    def __init__(self, region: str, instance: str) -> None:
        import boto3
        from botocore.config import Config

        # Throttling and 5xx: seven attempts with a growing, random pause between them.
        config = Config(retries={"mode": "standard", "total_max_attempts": 7}, connect_timeout=5, read_timeout=20)
        self._client = boto3.client("ec2", region_name=region, config=config)
        self.instance = instance

    def call(self, operation: str, **request: Any) -> Any:
        """One call; `Refused` with AWS's code, or with "" when AWS cannot be reached or there are no credentials."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._client, operation)(**request)
        except ClientError as error:
            raise Refused(str(error.response.get("Error", {}).get("Code", "")), str(error)) from error
        except BotoCoreError as error:
            raise Refused("", f"{operation}: {error}") from error

    def volumes(self) -> list[Volume]:
        """The volumes that carry this instance's tag, whatever became of them."""
        request: dict[str, Any] = {"Filters": [{"Name": "tag:" + TAG, "Values": [self.instance]}]}
        volumes: list[Volume] = []
        while True:
            page = self.call("describe_volumes", **request)
            volumes += [_volume(entry) for entry in page["Volumes"]]
            if not page.get("NextToken"):
                return sorted(volumes, key=lambda volume: volume.id)
            request["NextToken"] = page["NextToken"]

    def volume(self, volume_id: str) -> Volume | None:
        """None for one that AWS does not know (yet, or any more)."""
        try:
            return _volume(self.call("describe_volumes", VolumeIds=[volume_id])["Volumes"][0])
        except Refused as refusal:
            if refusal.code == "InvalidVolume.NotFound":
                return None
            raise

    def at_device(self, device: str) -> Volume | None:
        """The volume that was attached to this instance under a device name."""
        names = {device, device.replace("/dev/sd", "/dev/xvd"), device.replace("/dev/xvd", "/dev/sd")}
        filters = [{"Name": "attachment.instance-id", "Values": [self.instance]},
                   {"Name": "attachment.device", "Values": sorted(names)}]  # fmt: skip
        volumes = self.call("describe_volumes", Filters=filters)["Volumes"]
        return _volume(volumes[0]) if volumes else None

    def create(self, request: Mapping[str, Any], tags: Mapping[str, str]) -> str:
        """The id of the new volume; equal requests with one ClientToken make one volume."""
        pairs = [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
        tagged = [{"ResourceType": "volume", "Tags": pairs}]
        return str(self.call("create_volume", TagSpecifications=tagged, **request)["VolumeId"])

    def wait(self, volume_id: str, *states: str) -> Volume:
        """Ask until the volume has one of these states; `machine.Failed` when it does not, or is gone."""

        def probe() -> Volume | None:
            volume = self.volume(volume_id)
            return volume if volume and volume.state in states else None

        return machine.until(probe, STATE_SECONDS, f"{volume_id}: {' or '.join(states)}", every=1.0)

    def attach(self, volume_id: str, device: str) -> None:
        self.call("attach_volume", VolumeId=volume_id, InstanceId=self.instance, Device=device)

    def delete_on_termination(self, volume_id: str, device: str) -> None:
        """So that the volume goes with its instance; AWS may need a moment to know of the attachment."""
        mapping = [{"DeviceName": device, "Ebs": {"VolumeId": volume_id, "DeleteOnTermination": True}}]

        def probe() -> bool | None:
            try:
                self.call("modify_instance_attribute", InstanceId=self.instance, BlockDeviceMappings=mapping)
            except Refused as refusal:
                if refusal.code != "InvalidInstanceAttributeValue":
                    raise
                return None
            return True

        machine.until(probe, 30.0, f"DeleteOnTermination of {volume_id}", every=1.0)

    def remove(self, volume: Volume) -> None:
        """Detach it where it is attached here, and delete it; one that is gone already is no error."""
        try:
            if volume.instance == self.instance and volume.attachment in ("attaching", "attached"):
                self.call("detach_volume", VolumeId=volume.id, InstanceId=self.instance)
            if volume.state in ("in-use", "creating"):
                self.wait(volume.id, "available", "error")
            self.call("delete_volume", VolumeId=volume.id)
        except Refused as refusal:
            if refusal.code != "InvalidVolume.NotFound":
                raise


def _volume(described: Mapping[str, Any]) -> Volume:
    plain = Volume(described["VolumeId"], described["State"], int(described["Size"]))
    for at in described.get("Attachments", ()):
        return Volume(plain.id, plain.state, plain.size, at["InstanceId"], at["Device"], at["State"],
                      bool(at.get("DeleteOnTermination")))  # fmt: skip
    return plain
