"""One machine in the offline AWS with a block layer of its own, on which the storage program runs as a process."""

from collections.abc import Iterator
from typing import Any

import pytest

from cloud import wait
from sandbox.ec2.hardware import metadata
from sandbox.ec2.model.records import list_instances
from sandbox.inprocess import Sandbox
from sandbox.machines.guest.imds import Imds
from tests.support.block_layer import BlockLayer
from tests.support.storage_machine import Machine
from tests.support.storage_starter import Starter


@pytest.fixture(scope="session")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> BlockLayer:
    return BlockLayer(tmp_path_factory.mktemp("machine") / "root")


@pytest.fixture(scope="session")
def one_sandbox(blocks: BlockLayer) -> Iterator[Sandbox]:
    with Sandbox(blocks) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def starter(blocks: BlockLayer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    with Starter(blocks.environment(), tmp_path_factory.mktemp("output")) as starter:
        yield starter


@pytest.fixture(scope="session")
def clients(one_sandbox: Sandbox) -> dict[str, Any]:
    """Made once: each new client reads megabytes of models."""
    return {name: one_sandbox.client(name) for name in ("ec2", "ssm")}


@pytest.fixture
def machine(one_sandbox: Sandbox, blocks: BlockLayer, starter: Starter, clients: dict[str, Any]) -> Iterator[Machine]:
    one_sandbox.reset()
    blocks.clear()
    ec2, ssm = clients["ec2"], clients["ssm"]
    image = ssm.get_parameter(Name="/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id")
    data = {"DeviceName": "/dev/sdc", "Ebs": {"VolumeSize": 20, "Encrypted": True, "DeleteOnTermination": True}}
    request = {"ImageId": image["Parameter"]["Value"], "InstanceType": "m6i.large", "BlockDeviceMappings": [data]}
    launched = ec2.run_instances(**request, MinCount=1, MaxCount=1)
    instance = str(launched["Instances"][0]["InstanceId"])
    (record,) = [each for each in list_instances() if each.id == instance]
    wait.until(lambda: True if record.state == "running" else None, what="the start", timeout=20, every=0.02)
    one_sandbox.clock.advance(5)
    one_sandbox.calls.clear()
    imds = Imds(lambda: metadata.make_tree(record))
    try:
        yield Machine(one_sandbox, blocks, instance, imds, starter, ec2)
    finally:
        imds.close()
