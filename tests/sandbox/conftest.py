"""One sandbox for all tests of the laws, emptied between them; and one with machines that only pretend."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox
from sandbox.world.hypervisor import Disk, MachineError, MachineSpec, Metadata, MetadataOptions, StandInDisk
from tests.support.refused import Refused
from tests.support.running_jobs import dismiss


@pytest.fixture(scope="session")
def opened() -> Iterator[Sandbox]:
    with Sandbox(rate=0) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def clients(opened: Sandbox) -> dict[str, Any]:
    return {name: opened.client(name) for name in ("ec2", "ssm", "sts", "kms", "iam")}


@pytest.fixture
def sandbox(opened: Sandbox) -> Sandbox:
    dismiss(opened)
    opened.reset()
    return opened


@pytest.fixture
def ec2(sandbox: Sandbox, clients: dict[str, Any]) -> Any:
    return clients["ec2"]


@pytest.fixture
def ssm(sandbox: Sandbox, clients: dict[str, Any]) -> Any:
    return clients["ssm"]


@pytest.fixture
def refused() -> Refused:
    """`with refused("Code"):` expects AWS's error code from the call inside."""

    @contextmanager
    def expect(code: str) -> Iterator[None]:
        with pytest.raises(ClientError) as caught:
            yield
        assert caught.value.response["Error"]["Code"] == code

    return expect


def image_id(ssm: Any, alias: str = "amazon-linux-2023") -> str:
    value = ssm.get_parameter(Name=f"/aws/service/ecs/optimized-ami/{alias}/recommended")["Parameter"]["Value"]
    return str(json.loads(value)["image_id"])


@pytest.fixture
def al2023(ssm: Any) -> str:
    return image_id(ssm)


@pytest.fixture
def image_of(ssm: Any) -> Callable[[str], str]:
    return lambda alias: image_id(ssm, alias)


@pytest.fixture
def launch(ec2: Any, al2023: str) -> Callable[..., str]:
    """RunInstances of one m6i.large; the id, which AWS does not know yet."""

    def run(**changes: Any) -> str:
        request = {"ImageId": al2023, "InstanceType": "m6i.large", "MinCount": 1, "MaxCount": 1, **changes}
        return str(ec2.run_instances(**request)["Instances"][0]["InstanceId"])

    return run


@pytest.fixture
def running(sandbox: Sandbox, launch: Callable[..., str]) -> Callable[..., str]:
    """The same, and the clock moved on until it runs."""

    def run(**changes: Any) -> str:
        instance_id = launch(**changes)
        sandbox.clock.advance(5)
        return instance_id

    return run


@pytest.fixture
def describe(ec2: Any) -> Callable[[str], dict[str, Any]]:
    def instance(instance_id: str) -> dict[str, Any]:
        found: dict[str, Any] = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
        return found

    return instance


class PretendMachines:
    """A Hypervisor that writes down what it is asked; `broken` names methods that raise."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.metadata: dict[str, Metadata] = {}
        self.end: dict[str, Callable[[], None]] = {}
        self.broken: set[str] = set()
        self.available_mib = 1 << 20
        self.hold = threading.Event()
        self.hold.set()

    def _do(self, *what: Any) -> None:
        self.asked.append(what)
        if what[0] in self.broken:
            raise MachineError(f"{what[0]} is broken")

    def names(self) -> list[str]:
        return [each[0] for each in self.asked]

    def find_free_mib(self, promised: Mapping[str, int]) -> int:
        return self.available_mib - sum(promised.values())

    def set_metadata_options(self, instance_id: str, options: MetadataOptions) -> None:
        self._do("set_metadata_options", instance_id, options)

    def stand_in_disks(self, kind: str) -> tuple[StandInDisk, ...]:
        self._do("stand_in_disks", kind)
        return (StandInDisk("/dev/xvda", 30, Path(f"/disks/{kind}")),)

    def import_snapshot(self, snapshot_id: str, path: Path) -> None:
        self._do("import_snapshot", snapshot_id, path)

    def create_volume(self, volume_id: str, size_gib: int, snapshot_id: str | None) -> None:
        self._do("create_volume", volume_id, size_gib, snapshot_id)

    def grow_volume(self, volume_id: str, size_gib: int) -> None:
        self._do("grow_volume", volume_id, size_gib)

    def delete_volume(self, volume_id: str) -> None:
        self._do("delete_volume", volume_id)

    def snapshot(self, volume_id: str, snapshot_id: str, progress: Callable[[int], None]) -> None:
        progress(40)
        self.hold.wait(10)
        self._do("snapshot", volume_id, snapshot_id)
        progress(100)

    def delete_snapshot(self, snapshot_id: str) -> None:
        self._do("delete_snapshot", snapshot_id)

    def boot(
        self,
        spec: MachineSpec,
        metadata: Metadata,
        powered_off: Callable[[], None],
        is_asked_for: Callable[[], bool] = lambda: True,
    ) -> None:
        self._do("boot", spec)
        self.metadata[spec.instance_id], self.end[spec.instance_id] = metadata, powered_off

    def power_off(self, instance_id: str, *, force: bool = False) -> None:
        self._do("power_off", instance_id, force)

    def reboot(self, instance_id: str) -> None:
        self._do("reboot", instance_id)

    def attach(self, instance_id: str, disk: Disk) -> None:
        self._do("attach", instance_id, disk)

    def detach(self, instance_id: str, volume_id: str) -> None:
        self._do("detach", instance_id, volume_id)

    def set_ssh_open(self, instance_id: str, open_: bool) -> None:
        self._do("set_ssh_open", instance_id, open_)

    def console(self, instance_id: str) -> str:
        return f"console of {instance_id}"

    def timings(self, instance_id: str) -> Mapping[str, float]:
        return {"boot_to_ssh": 12.5}

    def close(self) -> None:
        self._do("close")


@pytest.fixture
def machines() -> PretendMachines:
    return PretendMachines()


@pytest.fixture
def with_machines(machines: PretendMachines) -> Iterator[Sandbox]:
    with Sandbox(machines) as sandbox:
        yield sandbox
