"""How many instances RunInstances starts: by MinCount and MaxCount, the quotas of vCPUs, and this computer's room."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.inprocess import Sandbox
from sandbox.world import room


def run(ec2: Any, image: str, fewest: int, most: int, **changes: Any) -> int:
    request = {"ImageId": image, "InstanceType": "m6i.large", "MinCount": fewest, "MaxCount": most, **changes}
    return len(ec2.run_instances(**request)["Instances"])


def room_for(number: int) -> int:
    """What this computer must have for so many m6i.large, and not for one more."""
    return room.RESERVE_MIB + (number + 1) * room.may_touch(7623) - 1


def terminate_all(sandbox: Sandbox, ec2: Any) -> None:
    sandbox.clock.advance(5)
    pages = ec2.get_paginator("describe_instances").paginate()
    ids = [
        instance["InstanceId"] for page in pages for group in page["Reservations"] for instance in group["Instances"]
    ]
    ec2.terminate_instances(InstanceIds=ids)
    sandbox.clock.advance(5)


@pytest.mark.parametrize(("fewest", "most"), [(0, 1), (1, 0), (-1, 1), (3, 2)])
def test_counts_that_make_no_sense(ec2: Any, al2023: str, refused: Any, fewest: int, most: int) -> None:
    with refused("InvalidParameterValue"):
        run(ec2, al2023, fewest, most)


def test_five_hundred_machines_are_more_than_the_quota_of_vcpus(
    sandbox: Sandbox, ec2: Any, al2023: str, refused: Any
) -> None:
    with refused("VcpuLimitExceeded"):
        run(ec2, al2023, 500, 500)  # 1000 vCPUs of 640
    assert ec2.describe_instances()["Reservations"] == []
    with pytest.raises(ClientError, match="current vCPU limit of 640 allows"):
        run(ec2, al2023, 321, 321)
    spot = {"InstanceMarketOptions": {"MarketType": "spot"}}
    with refused("MaxSpotInstanceCountExceeded"):
        run(ec2, al2023, 500, 500, **spot)


def test_quotas_are_by_group_of_families_and_market(sandbox: Sandbox, ec2: Any, al2023: str, refused: Any) -> None:
    assert run(ec2, al2023, 10, 10, InstanceType="m6i.16xlarge") == 10  # 640 vCPUs: all of the standard ones
    with refused("VcpuLimitExceeded"):
        run(ec2, al2023, 1, 1, InstanceType="c5.large")
    assert run(ec2, al2023, 1, 1, InstanceType="g4dn.xlarge") == 1
    assert run(ec2, al2023, 1, 1, InstanceMarketOptions={"MarketType": "spot"}) == 1
    terminate_all(sandbox, ec2)
    assert run(ec2, al2023, 1, 1, InstanceType="c5.large") == 1


def test_as_many_as_fit_between_min_count_and_max_count(sandbox: Sandbox, ec2: Any, al2023: str) -> None:
    assert run(ec2, al2023, 1, 12, InstanceType="m6i.16xlarge") == 10


def test_an_increase_of_the_quota_is_granted_after_a_while(
    sandbox: Sandbox, ec2: Any, al2023: str, refused: Any
) -> None:
    quotas = sandbox.client("service-quotas")
    quotas.request_service_quota_increase(ServiceCode="ec2", QuotaCode="L-1216C47A", DesiredValue=1280)
    with refused("VcpuLimitExceeded"):
        run(ec2, al2023, 11, 11, InstanceType="m6i.16xlarge")
    sandbox.clock.advance(61)
    assert run(ec2, al2023, 11, 11, InstanceType="m6i.16xlarge") == 11


def test_a_dry_run_does_not_look_at_quotas(ec2: Any, al2023: str, refused: Any) -> None:
    with refused("DryRunOperation"):
        run(ec2, al2023, 500, 500, DryRun=True)


def test_more_than_this_computer_has_room_for(with_machines: Sandbox, machines: Any, refused: Any) -> None:
    ec2 = with_machines.client("ec2")
    image = with_machines.client("ssm").get_parameter(
        Name="/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    )["Parameter"]["Value"]
    machines.available_mib = room_for(2)
    with pytest.raises(ClientError, match="run on this computer: its free memory has room for 2 more") as caught:
        run(ec2, image, 3, 3)
    assert caught.value.response["Error"]["Code"] == "InsufficientInstanceCapacity"
    assert ec2.describe_instances()["Reservations"] == []
    assert run(ec2, image, 1, 3) == 2


def test_machines_that_do_not_run_yet_take_room_already(with_machines: Sandbox, machines: Any, refused: Any) -> None:
    ec2 = with_machines.client("ec2")
    image = with_machines.client("ssm").get_parameter(
        Name="/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    )["Parameter"]["Value"]
    machines.available_mib = room_for(3)
    machines.hold.clear()
    try:
        assert run(ec2, image, 1, 1) + run(ec2, image, 1, 1) == 2
        with refused("InsufficientInstanceCapacity"):
            run(ec2, image, 2, 2)
        assert run(ec2, image, 1, 9) == 1
    finally:
        machines.hold.set()
