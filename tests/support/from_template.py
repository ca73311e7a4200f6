"""Machines started from a registered launch template, whose user data nothing is added to."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import paramiko

from cloud import wait
from cloud.session import Cloud
from images.builder import instances
from images.builder.keys import Keys, generate_keys
from images.builder.ssh_access import delete_group
from images.plan import address
from images.spec.builder import Builder
from kiln import site
from kiln.undo import Undo
from provision.model.recipe import Check
from provision.ssh.bundle import bundle
from provision.ssh.events import Ended
from provision.ssh.remote import Address, Remote
from tests.support import host_keys

TYPE = "m6i.large"
BOOT = 900  # seconds until cloud-init has printed the host keys, which it does behind the user's scripts


@dataclass(frozen=True)
class Started:
    """`launched` is when RunInstances was called, by this process's monotonic clock."""

    cloud: Cloud
    instance: str
    remote: Remote
    launched: float

    def check(self, *checks: Check) -> tuple[Ended, ...]:
        """How each has ended."""
        return self.remote.perform(bundle(checks=checks), lambda event: None).results

    def bash(self, script: str) -> str:
        """What root's script printed; raises the UserError of its failure."""
        (ended,) = self.check(Check("a test's own script", script))
        if not ended.ok:
            raise ended.error()
        return "\n".join(ended.output)

    def console(self) -> str:
        """All that the machine printed on its console since its last boot, its last 64 KiB."""
        return str(self.cloud.ec2.get_console_output(InstanceId=self.instance).get("Output") or "")

    def seconds_to(self, unit: str) -> float:
        """From RunInstances until the unit became active, told by the machine's uptime now and then."""
        said = self.remote.run(f"systemctl show {unit} --property ActiveEnterTimestampMonotonic; cat /proc/uptime")
        since, uptime = said.stdout.split("\n")[:2]
        ago = float(uptime.split()[0]) - int(since.partition("=")[2]) / 1e6
        return time.monotonic() - ago - self.launched


@contextmanager
def started(cloud: Cloud, template: Mapping[str, Any], profile: str | None = None) -> Iterator[Started]:
    """A machine of a version that `register-launch-template --json` told of, connected, its cloud-init at its end.

    Its key pair, group and profile stand beside the template, as AWS Batch gives them. Nothing of it is left.
    """
    access = generate_keys("kiln-template")
    with Undo() as undo:
        request = _beside(cloud, undo, access, profile)
        named = {"LaunchTemplateId": template["id"], "Version": str(template["version"])}
        launched = time.monotonic()
        answer = cloud.ec2.run_instances(LaunchTemplate=named, MinCount=1, MaxCount=1, **request)
        instance = answer["Instances"][0]["InstanceId"]
        undo.push("instance", lambda: instances.terminate(cloud, instance))
        found = wait.until(lambda: _address(cloud, instance), what=f"the start of {instance}", timeout=120, longest=2)
        keys = wait.until(lambda: _keys(cloud, instance), what="a console with host keys", timeout=BOOT, longest=2)
        with Remote(found, access.login_key, keys) as remote:
            remote.connect(120)
            yield Started(cloud, instance, remote, launched)
    assert [outcome.error for outcome in undo.outcomes if outcome.error] == []


def until(probe: Callable[[], bool], what: str, timeout: float = 120) -> None:
    """Raises UserError when it does not come true within `timeout` seconds."""
    wait.until(lambda: True if probe() else None, what=what, timeout=timeout, longest=2)


def _beside(cloud: Cloud, undo: Undo, access: Keys, profile: str | None) -> dict[str, Any]:
    """Key pair, a security group for this computer alone, instance type, and profile."""
    ec2, name = cloud.ec2, f"kiln-template-{time.time_ns():x}"
    ec2.import_key_pair(KeyName=name, PublicKeyMaterial=access.public.encode())
    undo.push("key pair", lambda: ec2.delete_key_pair(KeyName=name))
    group = ec2.create_security_group(GroupName=name, Description="SSH from one address")["GroupId"]
    undo.push("security group", lambda: delete_group(cloud, group))
    source = address.find_allowed_range(_builder())
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": source}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    request = {"KeyName": name, "SecurityGroupIds": [group], "InstanceType": TYPE}
    return request | ({"IamInstanceProfile": {"Name": profile}} if profile else {})


def _builder() -> Builder:
    """How machines are reached here, as the site file says."""
    return Builder.model_validate(site.load_defaults().get("builder", {}))


def _address(cloud: Cloud, instance: str) -> Address | None:
    told = instances.describe(cloud, instance)
    if told is None or told["State"]["Name"] != "running":
        return None
    return Address(told["PublicIpAddress"], "ec2-user", proxy_command=_builder().connect.proxy_command)


def _keys(cloud: Cloud, instance: str) -> list[paramiko.PKey] | None:
    output = cloud.ec2.get_console_output(InstanceId=instance).get("Output") or ""
    return host_keys.from_console(output) or None
