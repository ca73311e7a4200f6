"""Where nothing is wrong nothing is found; which environments are looked at; what may not be looked at."""

import json
from pathlib import Path

import pytest

from environments.doctor import command as commands
from kiln.errors import Exit, UserError
from tests.support.cli import Cli
from tests.support.doctor import Patient, register


def test_an_applied_environment_is_healthy(patient: Patient) -> None:
    patient.sandbox.calls.clear()
    document = patient.visit()
    assert document["healthy"]
    assert document["environments"] == ["genomics"]
    assert document["checks"] >= 19
    reading = ("Describe", "Get", "List", "Simulate")
    assert all(call.action.startswith(reading) for call in patient.sandbox.calls.all())
    assert len(patient.sandbox.calls.all()) <= 50


def test_as_a_person_types_it(patient: Patient, tmp_path: Path) -> None:
    invoke = Cli(tmp_path, patient.sandbox.env())
    assert invoke("doctor").stdout.startswith("✓ genomics: healthy  ")
    patient.batch.update_job_queue(jobQueue="head", state="DISABLED")
    patient.later()
    heading, what, why, fix = invoke("doctor", "--env", "genomics", code=Exit.SOMETHING_TO_DO).stdout.splitlines()
    assert heading.startswith("genomics: 1 finding  ")
    assert heading.endswith(" s")
    assert (what, why) == ("✗ the queue head is DISABLED", "    why   it takes no jobs")
    assert fix == "    fix   aws batch update-job-queue --job-queue head --state ENABLED"
    found = json.loads(invoke("doctor", "--json", code=Exit.SOMETHING_TO_DO).stdout)["findings"]
    assert found == [{
        "environment": "genomics", "severity": "error", "what": "the queue head is DISABLED", "why": "it takes no jobs",
        "fix": "aws batch update-job-queue --job-queue head --state ENABLED", "resource": "head",
    }]  # fmt: skip
    patient.batch.update_job_queue(jobQueue="head", state="ENABLED")
    patient.later()
    job = patient.submit(vcpus=300)
    told = invoke("doctor", "--job", job, code=Exit.SOMETHING_TO_DO).stdout
    assert f"job {job} (fastqc)\n  asks   300 vCPUs, 1024 MiB\n  queue  highpriority\n  state  RUNNABLE" in told
    patient.later(700)
    told = invoke("doctor", "--job", job, code=Exit.SOMETHING_TO_DO).stdout
    assert "first in its queue; AWS Batch says: MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s)" in told
    patient.batch.terminate_job(jobId=job, reason="over")
    failed = invoke("doctor", "--env", "salmon", code=Exit.USER_ERROR)
    assert "✗ there is no environment salmon in us-east-1" in failed.stderr
    assert "Why    Kiln's environments there: genomics" in failed.stderr


def test_every_environment_is_looked_at(patient: Patient) -> None:
    register("salmon")
    document = patient.visit("")
    assert document["environments"] == ["genomics", "salmon"]
    assert document["healthy"]
    patient.batch.update_job_queue(jobQueue="salmonExcess", state="DISABLED")
    patient.later()
    assert [each["environment"] for each in patient.visit("")["findings"]] == ["salmon"]
    assert patient.visit("genomics")["healthy"]
    patient.batch.update_job_queue(jobQueue="salmonExcess", state="ENABLED")
    patient.later()
    assert patient.visit("")["healthy"]


def test_an_environment_is_known_by_its_definition_too(patient: Patient) -> None:
    """Somebody took the tags away: the names in the definition are left."""
    arns = [patient.environment(name)["computeEnvironmentArn"] for name in ("ondemand", "spot")]
    arns += [each["jobQueueArn"] for each in patient.batch.describe_job_queues()["jobQueues"]]
    tags = {arn: patient.batch.list_tags_for_resource(resourceArn=arn)["tags"] for arn in arns}
    mine = {arn: found for arn, found in tags.items() if "kiln:env:genomics" in found}
    for arn in mine:
        patient.batch.untag_resource(resourceArn=arn, tagKeys=["kiln:env:genomics"])
    patient.update(computeResources={"minvCpus": 1, "desiredvCpus": 1})
    assert "genomics" not in patient.visit("")["environments"]
    assert "ondemand keeps 1 vCPU running" in patient.one()
    patient.update(computeResources={"minvCpus": 0})
    for arn, found in mine.items():
        patient.batch.tag_resource(resourceArn=arn, tags={"kiln:env:genomics": found["kiln:env:genomics"]})
    assert patient.visit()["healthy"]


@pytest.mark.parametrize(
    ("action", "part"),
    [
        ("DescribeImages", "images"),
        ("DescribeRouteTables", "network"),
        ("GetServiceQuota", "quotas"),
        ("GetInstanceProfile", "roles"),
        ("DescribeInstanceTypes", "types"),
        ("ListContainerInstances", "agents"),
        ("DescribeVolumes", "volumes"),
        ("DescribeLaunchTemplateVersions", "templates"),
    ],
)
def test_a_denied_look_is_told_and_the_rest_goes_on(
    patient: Patient, action: str, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "AccessDeniedException" if part in ("quotas", "agents") else "UnauthorizedOperation"
    patient.sandbox.faults.add(action, code, status=403, times=None)
    patient.update(computeResources={"minvCpus": 1, "desiredvCpus": 1})
    document = patient.visit()
    assert list(document["unseen"]) == [part]
    assert f"the credentials may not call {action}" in document["unseen"][part]
    assert [each["what"] for each in document["findings"]] == ["ondemand keeps 1 vCPU running"]
    assert commands.doctor("genomics", "", None, as_json=False, now=patient.now) == Exit.SOMETHING_TO_DO
    assert "! could not look at " in capsys.readouterr().out
    patient.sandbox.faults.clear()
    patient.update(computeResources={"minvCpus": 0})
    assert patient.visit()["healthy"]


def test_an_account_without_environments(patient: Patient, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.doctor("", "", "eu-west-1", as_json=False) == Exit.DONE
    assert capsys.readouterr().out == ("✓ eu-west-1 has no environment of Kiln's. Register one: invoke register-env\n")
    with pytest.raises(UserError, match="there is no environment genomics in eu-west-1"):
        commands.doctor("genomics", "", "eu-west-1", as_json=False)


def test_a_cluster_that_is_gone_has_no_machines(patient: Patient) -> None:
    patient.sandbox.faults.add("ListContainerInstances", "ClusterNotFoundException", times=None)
    assert patient.visit()["healthy"]
    patient.sandbox.faults.clear()
