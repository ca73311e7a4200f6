"""What a guest has of its instance: its type's memory, and a metadata service with the options it was given."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import pkcs7

from tests.support.one_machine import OneMachine

pytestmark = pytest.mark.e2e

REGISTERED = 15434  # by a c5.2xlarge on AWS
METADATA = "http://169.254.169.254/latest"
# What a container without Python sees: the first line that the service answers when it is asked for a token.
ASK = r"""
docker exec asks sh -c '
    printf "PUT /latest/api/token HTTP/1.1\r\nHost: x\r\nX-aws-ec2-metadata-token-ttl-seconds: 60\r\n\r\n" |
        timeout SECONDS nc 169.254.169.254 80 | head -n 1
    echo over' 2>/dev/null
"""
TOKEN = f"token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' {METADATA}/api/token)\n"
LIMIT = "iptables -t mangle -S KILN-HOP-LIMIT | sed -n 's/.*ttl-set //p'"


def ask(machine: OneMachine, seconds: int = 30) -> list[str]:
    return machine.bash(ASK.replace("SECONDS", str(seconds))).splitlines()


def change(machine: OneMachine, **options: Any) -> None:
    machine.cloud.ec2.modify_instance_metadata_options(InstanceId=machine.launched.instance_id, **options)


def get(machine: OneMachine, path: str) -> str:
    return machine.bash(f'{TOKEN} curl -sf -H "X-aws-ec2-metadata-token: $token" {METADATA}/{path}')


def test_the_kernel_counts_what_the_type_registers(machine: OneMachine) -> None:
    reserved = int(machine.bash("sed -n s/^ECS_RESERVED_MEMORY=//p /etc/ecs/ecs.config"))
    counted = int(machine.bash("sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo"))
    assert counted // 1024 - reserved == REGISTERED
    assert machine.bash("nproc") in ("1", "2")


def test_the_agent_is_told_who_its_machine_is(machine: OneMachine) -> None:
    document = get(machine, "dynamic/instance-identity/document")
    assert json.loads(document)["instanceType"] == "c5.2xlarge"
    (certificate,) = pkcs7.load_der_pkcs7_certificates(
        base64.b64decode(get(machine, "dynamic/instance-identity/pkcs7"))
    )
    assert len(base64.b64decode(get(machine, "dynamic/instance-identity/signature"))) * 8 == 2048
    assert get(machine, "meta-data/placement/availability-zone-id").startswith("use1-az")
    assert "Kiln" in str(certificate.subject)


@pytest.fixture
def container(machine: OneMachine) -> Iterator[None]:
    """One that does nothing but wait, named "asks"."""
    image = "$(docker images --quiet '*/library/busybox')"
    machine.bash(f"docker run --detach --name asks {image} tail -f /dev/null", 300)
    yield
    machine.bash("docker rm --force asks")


@pytest.mark.usefixtures("container")
def test_the_hop_limit_is_docker_s_bridge_s_and_may_change_while_the_machine_runs(machine: OneMachine) -> None:
    assert ask(machine, 4) == ["over"], "Kiln launches its builder with a hop limit of 1"
    change(machine, HttpPutResponseHopLimit=2)
    await_limit(machine, "2")
    assert "200" in ask(machine)[0]
    change(machine, HttpPutResponseHopLimit=1)
    await_limit(machine, "1")
    assert ask(machine, 4) == ["over"]


def test_a_service_that_is_off_refuses_the_machine_itself(machine: OneMachine) -> None:
    status = f"curl -s -o /dev/null -w '%{{http_code}}' -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' {METADATA}"
    change(machine, HttpEndpoint="disabled")
    try:
        assert machine.bash(f"{status}/api/token") == "403"
    finally:
        change(machine, HttpEndpoint="enabled")
    assert machine.bash(f"{status}/api/token") == "200"


def await_limit(machine: OneMachine, limit: str) -> None:
    end = time.monotonic() + 10
    while machine.bash(LIMIT) != limit:
        assert time.monotonic() < end, f"the packet filter does not set {limit}"
