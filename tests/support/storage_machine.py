"""One machine in the offline AWS with a block layer of its own, on which the storage program runs as a process."""

import json
import os
import subprocess
from dataclasses import dataclass
from typing import Any

from cloud import wait
from sandbox.ec2.model.records import list_instances
from sandbox.inprocess import Sandbox
from sandbox.machines.guest.imds import Imds
from tests.support.block_layer import BlockLayer
from tests.support.storage_starter import Starter

SETTINGS: dict[str, Any] = {
    "filesystem": "lvm", "mount_point": "/var/lib/docker", "device": "/dev/sdc", "minimum_free": 20, "first": 10,
    "step": 10, "largest": 25, "ceiling": 100, "volumes": 4, "type": "gp3", "encrypted": True, "iops": 4000,
    "throughput": 250, "tags": {"Project": "genomics"},
}  # fmt: skip


@dataclass
class Machine:
    sandbox: Sandbox
    blocks: BlockLayer
    instance: str
    imds: Imds
    starter: Starter
    ec2: Any

    def settings(self, **changes: Any) -> None:
        (self.blocks.root / "etc/kiln/storage.json").write_text(json.dumps({**SETTINGS, **changes}))

    def environment(self) -> dict[str, str]:
        """What a process finds on this machine: its folder, its metadata service, credentials, the offline AWS."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        aws = {name: value for name, value in self.sandbox.env().items() if "METADATA" not in name}
        imds = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://127.0.0.1:{self.imds.port}", "no_proxy": "127.0.0.1"}
        return plain | aws | imds | self.blocks.environment()

    def run(self, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """The program as a process; `variables` on top of what a machine has."""
        return self.starter.run(command, self.environment() | variables)

    def grow(self, **variables: str) -> dict[str, Any]:
        """The result of a growth that comes to its end."""
        done = self.run("grow", **variables)
        assert done.stdout, done.stderr
        return dict(json.loads(done.stdout))

    def prepared(self, **changes: Any) -> "Machine":
        """With its file system made and mounted."""
        self.settings(**changes)
        done = self.run("prepare")
        assert done.returncode == 0, done.stderr
        return self

    def volumes(self) -> list[dict[str, Any]]:
        """Every volume but those the machine was launched with."""
        found = self.ec2.describe_volumes()["Volumes"]
        launched = ("/dev/xvda", "/dev/sdc")
        return [v for v in found if not any(a["Device"] in launched for a in v["Attachments"])]

    def members(self) -> list[str]:
        """The disks that the file system lies on, as the tools know it."""
        tools = self.blocks.tools
        return list(tools["btrfs"] or tools["extended"])

    def end(self) -> list[str]:
        """Terminate the machine; the volumes that are left in the account."""
        self.ec2.terminate_instances(InstanceIds=[self.instance])

        def ended() -> bool | None:
            self.sandbox.clock.advance(5)
            (state,) = [each.state for each in list_instances() if each.id == self.instance]
            return True if state == "terminated" else None

        wait.until(ended, what="the end", timeout=20, every=0.02)
        return [volume["VolumeId"] for volume in self.ec2.describe_volumes()["Volumes"]]
