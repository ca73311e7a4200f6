"""Jobs stuck in RUNNABLE: each reason is caused through the AWS API."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.inprocess import Sandbox

Create = Callable[..., str]
Job = Callable[[str], dict[str, Any]]


@pytest.fixture
def blocked(sandbox: Sandbox, submit: Create, job: Job) -> Callable[..., str]:
    """The statusReason of a job that asks for this, when it has waited for long; "" when there is none."""

    def reason(vcpus: int = 1, memory: int = 512, gpu: int = 0) -> str:
        asked = {"VCPU": vcpus, "MEMORY": memory, **({"GPU": gpu} if gpu else {})}
        requirements = [{"type": name, "value": str(number)} for name, number in asked.items()]
        waiting = submit(containerOverrides={"resourceRequirements": requirements})
        sandbox.clock.advance(2)
        assert "statusReason" not in job(waiting)
        sandbox.clock.advance(65)
        return str(job(waiting).get("statusReason", ""))

    return reason


def test_more_vcpus_than_any_environment_may_have(made: Create, queue: Create, blocked: Callable[..., str]) -> None:
    made(instanceTypes=["c5.18xlarge"])
    queue("one")
    assert blocked(vcpus=17).startswith("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - ")


@pytest.mark.parametrize("asked", [{"memory": 16384}, {"vcpus": 9}, {"gpu": 1}])
def test_more_than_any_instance_has(
    made: Create, queue: Create, blocked: Callable[..., str], asked: dict[str, int]
) -> None:
    made()
    queue("one")
    assert blocked(**asked).startswith("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - ")


def test_what_an_instance_registers_is_enough(made: Create, queue: Create, blocked: Callable[..., str]) -> None:
    made()
    queue("one")
    assert blocked(memory=15434, vcpus=8) == ""


def test_invalid_environments(
    sandbox: Sandbox, iam: Any, made: Create, queue: Create, blocked: Callable[..., str]
) -> None:
    made()
    queue("one")
    iam.remove_role_from_instance_profile(InstanceProfileName="ecsInstanceRole", RoleName="ecsInstanceRole")
    sandbox.clock.advance(31)
    assert blocked() == "ACTION_REQUIRED - CE(s) associated with the job queue are invalid."


def test_a_service_role_without_policies(iam: Any, made: Create, queue: Create, blocked: Callable[..., str]) -> None:
    made(request={"serviceRole": "AWSBatchServiceRole"})
    queue("one")
    assert blocked().startswith("MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS")
    iam.put_role_policy(RoleName="AWSBatchServiceRole", PolicyName="p", PolicyDocument='{"Version": "2012-10-17", '
                        '"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}')  # fmt: skip
    assert blocked() == ""


def test_types_that_are_not_offered_in_the_zones(
    ec2: Any, made: Create, queue: Create, blocked: Callable[..., str]
) -> None:
    offerings = {
        zone: {
            each["InstanceType"]
            for each in ec2.describe_instance_type_offerings(
                LocationType="availability-zone", Filters=[{"Name": "location", "Values": [zone]}]
            )["InstanceTypeOfferings"]
        }
        for zone in ("us-east-1a", "us-east-1e")
    }
    lacking = "c5n.large"
    assert lacking in offerings["us-east-1a"]
    assert lacking not in offerings["us-east-1e"]
    subnets = {each["AvailabilityZone"]: each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]}
    made(instanceTypes=[lacking], subnets=[subnets["us-east-1e"]])
    queue("one")
    assert blocked().startswith("MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED")


def test_a_reason_goes_with_its_cause(
    sandbox: Sandbox, batch: Any, made: Create, queue: Create, submit: Create, job: Job
) -> None:
    made(instanceTypes=["c5.18xlarge"])
    queue("one")
    big = submit(containerOverrides={"resourceRequirements": [{"type": "VCPU", "value": "17"}]})
    behind = submit()
    sandbox.clock.advance(2)
    batch.describe_job_queues()
    sandbox.clock.advance(65)
    assert "MAX_RESOURCE" in job(big)["statusReason"]
    assert "statusReason" not in job(behind)
    batch.update_compute_environment(computeEnvironment="one", computeResources={"maxvCpus": 72})
    sandbox.clock.advance(3)
    assert "statusReason" not in job(big)


def test_a_time_limit_cancels(
    sandbox: Sandbox, made: Create, queue: Create, submit: Create, job: Job, batch: Any
) -> None:
    made()
    reason = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
    limit = {"reason": reason, "state": "RUNNABLE", "maxTimeSeconds": 600, "action": "CANCEL"}
    queue("one", jobStateTimeLimitActions=[limit])
    big = submit(containerOverrides={"memory": 65536})
    sandbox.clock.advance(2)
    sandbox.clock.advance(58)
    assert "statusReason" not in job(big)
    sandbox.clock.advance(2)
    assert job(big)["statusReason"].startswith(reason)
    sandbox.clock.advance(598)
    assert job(big)["status"] == "RUNNABLE"
    sandbox.clock.advance(2)
    found = job(big)
    assert (found["status"], found["isCancelled"]) == ("FAILED", True)
    assert found["statusReason"] == f"Canceled by JobStateTimeLimit action due to reason: {reason}"


def test_no_capacity(sandbox: Sandbox, made: Create, queue: Create, blocked: Callable[..., str]) -> None:
    made()
    queue("one")
    where = {"InstanceType": "c5.2xlarge"}
    sandbox.faults.add("RunInstances", "InsufficientInstanceCapacity", times=None, where=where)
    assert blocked() == (
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance type "
        "[c5.2xlarge]"
    )


def test_capacity_for_another_type_is_enough(
    sandbox: Sandbox, made: Create, queue: Create, blocked: Callable[..., str]
) -> None:
    made(instanceTypes=["c5.2xlarge", "c5.4xlarge"])
    queue("one")
    where = {"InstanceType": "c5.2xlarge"}
    sandbox.faults.add("RunInstances", "InsufficientInstanceCapacity", times=None, where=where)
    assert blocked() == ""


def test_subnets_without_a_way_out(ec2: Any, made: Create, queue: Create, blocked: Callable[..., str]) -> None:
    made()
    queue("one")
    [table] = ec2.describe_route_tables()["RouteTables"]
    [gateway] = [each for each in table["Routes"] if each["GatewayId"] != "local"]
    ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock=gateway["DestinationCidrBlock"])
    assert blocked() == "UNDETERMINED - Batch job is blocked, root cause is undetermined."


def test_machines_without_public_addresses(ec2: Any, made: Create, queue: Create, blocked: Callable[..., str]) -> None:
    [subnet] = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]][:1]
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": False})
    made(subnets=[subnet])
    queue("one")
    assert blocked().startswith("UNDETERMINED")


def test_an_endpoint_is_a_way_out(ec2: Any, made: Create, queue: Create, blocked: Callable[..., str]) -> None:
    subnet = ec2.describe_subnets()["Subnets"][0]
    ec2.modify_subnet_attribute(SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": False})
    ec2.create_vpc_endpoint(
        VpcId=subnet["VpcId"], ServiceName="com.amazonaws.us-east-1.ecs", VpcEndpointType="Interface",
        SubnetIds=[subnet["SubnetId"]],
    )  # fmt: skip
    made(subnets=[subnet["SubnetId"]])
    queue("one")
    assert blocked() == ""


def test_a_group_that_lets_nothing_out(ec2: Any, made: Create, queue: Create, blocked: Callable[..., str]) -> None:
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    group = ec2.create_security_group(GroupName="shut", Description="shut", VpcId=vpc)["GroupId"]
    [found] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=found["IpPermissionsEgress"])
    made(securityGroupIds=[group])
    queue("one")
    assert blocked().startswith("UNDETERMINED")
