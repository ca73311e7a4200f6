"""Jobs that stay RUNNABLE, and one job explained."""

import pytest

from environments.doctor import command as commands
from kiln.errors import UserError
from tests.support import running_jobs
from tests.support.agents import AgentDouble
from tests.support.doctor import Patient

_DWELL = 700


def _end(patient: Patient, *jobs: str) -> None:
    for job in jobs:
        patient.batch.terminate_job(jobId=job, reason="the test is over")
    patient.later(5)


def test_a_job_with_more_memory_than_any_machine(patient: Patient) -> None:
    """Told after ten minutes at the front of its queue; until then only to who asks for this very job."""
    patient.update(computeResources={"instanceTypes": ["c5.2xlarge"]})
    job = patient.submit(memory=16384, queue="head")
    assert patient.visit()["healthy"]
    patient.later(_DWELL)
    found = patient.one()
    assert f"error: job {job[:8]} (fastqc) cannot start: it asks for 16384 MiB; c5.2xlarge registers 15434 MiB" in found
    assert "ask for 15400 MiB or less, or allow c5.4xlarge" in found
    second = patient.submit(memory=16384, queue="head")
    patient.later(_DWELL)
    assert "(and 1 other job for the same reason)" in patient.one()
    _end(patient, job, second)
    assert patient.visit()["healthy"]
    patient.update(computeResources={"instanceTypes": ["optimal"]})


def test_measured_memory_beats_reckoned(patient: Patient) -> None:
    """A machine that has registered says what its type has."""
    cluster = patient.environment()["ecsClusterArn"].rpartition("/")[2]
    launched = patient.ec2.run_instances(ImageId=patient.ami, InstanceType="c5.2xlarge", MinCount=1, MaxCount=1)
    instance = launched["Instances"][0]["InstanceId"]
    patient.later()
    with AgentDouble(patient.sandbox) as agents:
        agents.join(instance, cluster, register={"MEMORY": 15473})
        patient.update(computeResources={"instanceTypes": ["c5.2xlarge"]})
        job = patient.submit(memory=15474, queue="head")
        assert "c5.2xlarge registers 15473 MiB" in patient.one(job=job)
        _end(patient, job)
    patient.ec2.terminate_instances(InstanceIds=[instance])
    patient.update(computeResources={"instanceTypes": ["optimal"]})
    assert patient.visit()["healthy"]


def test_a_job_with_more_vcpus_than_the_environment(patient: Patient) -> None:
    job = patient.submit(vcpus=300)
    assert "cannot start: it asks for 300 vCPUs; ondemand, spot may have 256" in patient.one(job=job)
    patient.later(_DWELL)
    assert "ask for 256 vCPUs or fewer, or raise max_vcpus to 300" in patient.one()
    _end(patient, job)
    assert patient.visit()["healthy"]


def test_a_job_with_more_vcpus_than_any_machine(patient: Patient) -> None:
    patient.update(computeResources={"instanceTypes": ["c5.2xlarge"]})
    job = patient.submit(vcpus=16, queue="head")
    patient.later(_DWELL)
    found = patient.one()
    assert "cannot start: it asks for 16 vCPUs; c5.2xlarge has 8" in found
    assert "ask for 8 or fewer, or allow c5.4xlarge" in found
    patient.update(computeResources={"instanceTypes": ["c5.2xlarge", "c5.4xlarge"]})
    _end(patient, job)
    patient.update(computeResources={"instanceTypes": ["optimal"]})
    assert patient.visit()["healthy"]


def test_a_job_whose_reason_only_aws_knows(patient: Patient) -> None:
    """Types that no zone offers: the job fits, and its statusReason says why it waits."""
    before = patient.environment()["computeResources"]["subnets"]
    offered = {
        each["Location"]
        for each in patient.ec2.describe_instance_type_offerings(
            LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": ["c5.2xlarge"]}]
        )["InstanceTypeOfferings"]
    }
    without = [
        each["SubnetId"]
        for each in patient.ec2.describe_subnets()["Subnets"]
        if each["AvailabilityZone"] not in offered
    ]
    patient.update(computeResources={"instanceTypes": ["c5.2xlarge"], "subnets": without[:1]})
    job = patient.submit(queue="head")
    patient.later(_DWELL)
    found = " ".join(patient.complaints())
    assert f"job {job[:8]} (fastqc) cannot start: the allowed instance types are not offered in the zones" in found
    assert "AWS Batch says: MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED" in found
    patient.update(computeResources={"instanceTypes": ["optimal"], "subnets": before})
    _end(patient, job)
    assert patient.visit()["healthy"]


def test_a_job_in_a_queue_that_was_switched_off(patient: Patient) -> None:
    job = patient.submit()
    patient.batch.update_job_queue(jobQueue="highpriority", state="DISABLED")
    patient.later(_DWELL)
    found = patient.one(job=job)
    assert "cannot start: its queue highpriority is DISABLED" in found
    assert "aws batch update-job-queue --job-queue highpriority --state ENABLED" in found
    patient.batch.update_job_queue(jobQueue="highpriority", state="ENABLED")
    patient.later()
    _end(patient, job)
    assert patient.visit()["healthy"]


def test_a_job_whose_environments_are_off(patient: Patient) -> None:
    job = patient.submit(queue="head")
    patient.update(state="DISABLED")
    patient.later(_DWELL)
    assert "no compute environment of its queue can be used: ondemand is DISABLED" in patient.one(job=job)
    patient.update(state="ENABLED")
    _end(patient, job)
    assert patient.visit()["healthy"]


def test_a_job_without_a_reason(patient: Patient) -> None:
    """There is room, and nothing joins: the first of the queue is told, what stands behind it is not."""
    patient.later(400)  # machines of the tests before are gone
    running_jobs.agents_of(patient.sandbox)
    running = patient.submit()
    patient.later(20)
    running_jobs.dismiss(patient.sandbox)  # the next machines have no agent
    first, second = patient.submit(vcpus=16), patient.submit()
    patient.later(_DWELL)
    found = patient.one()
    assert f"job {first[:8]} (fastqc) is the first of its queue, and has not started for 1" in found
    assert "AWS Batch gives no reason, and its compute environments are not full" in found
    _end(patient, first, second, running)
    assert patient.visit()["healthy"]


def test_a_job_behind_jobs_that_run(patient: Patient) -> None:
    """All vCPUs are taken: that is no fault."""
    patient.later(400)  # machines of the tests before are gone
    patient.update(computeResources={"maxvCpus": 16})
    patient.update("spot", computeResources={"maxvCpus": 16})
    running_jobs.agents_of(patient.sandbox)
    running = [patient.submit(vcpus=16, queue="head"), patient.submit(vcpus=16, queue="default")]
    patient.later(20)
    waiting = patient.submit(vcpus=16)
    patient.later(_DWELL)
    assert patient.visit()["healthy"]
    assert patient.visit(job=running[0])["told"] == "RUNNING; nothing is wrong with it"
    running_jobs.dismiss(patient.sandbox)
    _end(patient, waiting, *running)
    patient.later(400)  # nor have the tests that follow any with an agent
    for name in ("ondemand", "spot"):
        patient.update(name, computeResources={"maxvCpus": 256})
    assert patient.visit()["healthy"]


def test_one_reason_at_two_looks(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What passes between the two looks is not told."""
    job = patient.submit(vcpus=300)
    patient.later(_DWELL)
    monkeypatch.setattr("cloud.wait.pause", lambda seconds: _end(patient, job))
    assert patient.visit()["healthy"]


def test_a_young_job_is_told_to_wait(patient: Patient) -> None:
    job = patient.submit()
    patient.later(30)
    told = patient.visit(job=job)["told"]
    assert told.startswith("RUNNABLE for 3")
    assert told.endswith("first in its queue; a machine may be starting: run this again after 10 minutes")
    _end(patient, job)
    found = patient.one(job=job)
    assert f"error: job {job[:8]} (fastqc) has FAILED | the test is over | see its log" in found


def test_a_job_that_is_not_there(patient: Patient, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match="there is no job no-such-job in us-east-1"):
        commands.doctor("", "no-such-job", None, as_json=False)


def test_a_job_by_its_arn_as_show_job_takes_it(patient: Patient, capsys: pytest.CaptureFixture[str]) -> None:
    job = patient.submit()
    arn = f"arn:aws:batch:us-east-1:123456789012:job/{job}"
    for typed in (arn, f" {job} ", job.upper()):
        assert patient.visit(job=typed)["job"] == job
    with pytest.raises(UserError, match="is not in us-east-1") as refused:
        commands.doctor("", arn.replace("us-east-1", "eu-west-1"), None, as_json=False)
    assert refused.value.hint == "Try --region eu-west-1."
    patient.batch.terminate_job(jobId=job, reason="\x1b[2Jgone")
    capsys.readouterr()
    commands.doctor("", job, None, as_json=False)
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\\x1b[2Jgone" in shown


def test_a_job_for_which_ec2_has_no_capacity(patient: Patient) -> None:
    patient.later(400)  # machines of the tests before are gone
    patient.sandbox.faults.add("RunInstances", "InsufficientInstanceCapacity", times=None)
    job = patient.submit()
    patient.later(_DWELL)
    found = patient.one()
    assert f"job {job[:8]} (fastqc) cannot start: EC2 has no capacity of the allowed instance types there now" in found
    assert "AWS Batch says: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY" in found
    assert "Allow more instance types and subnets in more zones" in found
    patient.sandbox.faults.clear()
    patient.later(60)
    _end(patient, job)
    assert patient.visit()["healthy"]


def test_what_aws_batch_says_where_types_may_not_be_looked_at(patient: Patient) -> None:
    job = patient.submit(memory=10_000_000)
    patient.later(_DWELL)
    patient.sandbox.faults.add("DescribeInstanceTypes", "UnauthorizedOperation", status=403, times=None)
    found = patient.one()
    assert "cannot start: it asks for more vCPUs, memory or GPUs than an allowed instance type can give" in found
    patient.sandbox.faults.clear()
    assert "cannot start: it asks for 10000000 MiB; " in patient.one()
    assert "or allow larger instance_types" in patient.one()
    _end(patient, job)
    assert patient.visit()["healthy"]


def test_a_job_whose_machines_have_no_way_out(patient: Patient) -> None:
    """AWS Batch does not find out why; the finding on the routes says it."""
    (table,) = patient.ec2.describe_route_tables(Filters=[{"Name": "association.main", "Values": ["true"]}])[
        "RouteTables"
    ]
    (route,) = [each for each in table["Routes"] if each.get("GatewayId", "").startswith("igw-")]
    patient.ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock=route["DestinationCidrBlock"])
    job = patient.submit()
    patient.later(_DWELL)
    found = patient.complaints()
    assert len(found) == 2
    assert "no route to the internet" in found[0]
    assert f"job {job[:8]} (fastqc) cannot start: AWS Batch cannot tell why" in found[1]
    assert "AWS Batch says: UNDETERMINED" in found[1]
    way = {key: route[key] for key in ("DestinationCidrBlock", "GatewayId")}
    patient.ec2.create_route(RouteTableId=table["RouteTableId"], **way)
    patient.later(60)
    _end(patient, job)
    assert patient.visit()["healthy"]


def test_a_job_whose_machines_do_not_join(patient: Patient) -> None:
    """The last one: nobody but AWS Batch takes desiredvCpus back."""
    patient.update(computeResources={"desiredvCpus": 32})
    job = patient.submit(queue="head")
    patient.later(_DWELL)
    found = patient.one()
    assert f"job {job[:8]} (fastqc) is the first of its queue, and has not started" in found
    assert "AWS Batch wants machines in ondemand, and none has joined its ECS cluster" in found
    _end(patient, job)
    assert patient.visit()["healthy"]
