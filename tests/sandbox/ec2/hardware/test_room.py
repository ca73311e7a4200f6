"""A job that would fill this computer's memory has no room on its machine."""

from typing import Any

from sandbox.ec2.hardware.room import count_room, explain_lack, has_room_for
from sandbox.inprocess import Sandbox
from sandbox.world import room


def launch(sandbox: Sandbox, instance_type: str) -> str:
    ec2 = sandbox.client("ec2")
    parameter = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    image = sandbox.client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
    launched = ec2.run_instances(ImageId=image, InstanceType=instance_type, MinCount=1, MaxCount=1)
    return str(launched["Instances"][0]["InstanceId"])


def test_without_machines_there_is_always_room(sandbox: Sandbox) -> None:
    assert has_room_for(launch(sandbox, "c5.2xlarge"), 10**9)
    assert count_room("c5.2xlarge") is None


def test_a_job_has_room_while_all_limits_together_fit(with_machines: Sandbox, machines: Any) -> None:
    instance_id = launch(with_machines, "c5.2xlarge")
    machines.available_mib = room.may_touch(15434) + room.RESERVE_FOR_JOBS_MIB + 4096
    assert has_room_for(instance_id, 4096)
    assert not has_room_for(instance_id, 4097)
    assert explain_lack(instance_id, 4096) == ""
    assert f"a job of 4097 MiB on {instance_id} would fill its memory, and waits" in explain_lack(instance_id, 4097)
    with_machines.world.job_memory = {instance_id: 1096}.__getitem__
    assert has_room_for(instance_id, 3000)
    assert not has_room_for(instance_id, 3001)


def test_jobs_take_the_room_of_further_machines(with_machines: Sandbox, machines: Any) -> None:
    instance_id = launch(with_machines, "c5.2xlarge")
    machines.available_mib = 3 * room.may_touch(15434) + room.RESERVE_MIB
    assert count_room("c5.2xlarge") == 2
    with_machines.world.job_memory = {instance_id: 500}.__getitem__
    assert count_room("c5.2xlarge") == 1
