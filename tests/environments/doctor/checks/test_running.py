"""What the doctor says of jobs that ran, of what they leave behind, and of jobs whose AMI is gone."""

from dataclasses import replace

import pytest

from environments.doctor.checks import running
from environments.doctor.checks.jobs import check_stuck_jobs
from environments.doctor.facts import recent
from environments.doctor.facts.recent import RecentJob
from tests.support.doctor import Patient
from tests.support.doctor_pictures import job, picture

UNDETERMINED = "UNDETERMINED - Batch job is blocked, root cause is undetermined."
AMI = {"ec2Configuration": [{"imageType": "ECS_AL2023", "imageIdOverride": "ami-1"}]}
HOST = "Host EC2 (instance i-0123456789abcdef0) terminated."


def test_a_job_that_is_undetermined_because_its_ami_is_gone() -> None:
    waiting = picture("c5.2xlarge", resources=AMI, jobs=(job(reason=UNDETERMINED),))
    [finding] = check_stuck_jobs(waiting)
    assert finding.what == "job 7c1e0000 (fastqc) cannot start: ami-1 is deregistered, or not shared any more"
    assert "no machine starts in one without its AMI" in finding.why
    assert finding.fix.startswith("invoke register-env --env e --ami latest")


@pytest.mark.parametrize("state", ["available", "pending"])
def test_an_ami_that_is_there_is_not_to_blame(state: str) -> None:
    there = picture("c5.2xlarge", resources=AMI, jobs=(job(reason=UNDETERMINED),), images={"ami-1": {"State": state}})
    [finding] = check_stuck_jobs(there)
    assert ("deregistered" in finding.what) == (state != "available")


def test_an_ami_that_could_not_be_looked_at_is_not_called_gone() -> None:
    waiting = picture("c5.2xlarge", resources=AMI, jobs=(job(reason=UNDETERMINED),), unseen={"images": "denied"})
    [finding] = check_stuck_jobs(waiting)
    assert "AWS Batch cannot tell why" in finding.what


def described(*reasons: tuple[str, str], name: str = "fastqc") -> dict[str, object]:
    attempts = [{"statusReason": reason, "container": {"reason": words}} for reason, words in reasons]
    return {"jobId": "7c1e0000-0000", "jobName": name, "jobQueue": "q", "attempts": attempts}


def test_what_a_job_tells_of_its_machines() -> None:
    full = "CannotPullContainerError: write /var/lib/docker/tmp: no space left on device"
    assert recent.read(described((HOST, ""), (HOST, ""), ("Essential container in task exited", ""))).lost == 2
    assert recent.read(described(("Task failed to start", full))) == RecentJob("7c1e0000-0000", "fastqc", "q", 0, True)
    assert recent.read(described()) == RecentJob("7c1e0000-0000", "fastqc", "q")


def test_full_disks() -> None:
    jobs = (RecentJob("7c1e0000-0000", "fastqc", "q", disk_full=True), RecentJob("b", "b", "q"))
    [finding] = running.check_full_disks(picture(recent=jobs))
    assert finding.what == "1 job of the last day ended on a machine whose disk was full (q)"
    assert "stay for 3 hours" in finding.why
    assert "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: 10m" in finding.fix
    assert list(running.check_full_disks(picture(recent=jobs[1:]))) == []


@pytest.mark.parametrize(("lost", "ran", "count"), [(3, 30, 1), (3, 31, 0), (2, 2, 0), (0, 50, 0), (20, 100, 1)])
def test_machines_that_were_taken_away(lost: int, ran: int, count: int) -> None:
    jobs = tuple(RecentJob(str(number), "a", "q", lost=1 if number < lost else 0) for number in range(ran))
    findings = list(running.check_spot_losses(picture(recent=jobs)))
    assert len(findings) == count
    if findings:
        assert findings[0].what == f"{lost} of {ran} jobs of the last day in q lost a machine under them"
    elsewhere = tuple(replace(one, queue="other") for one in jobs)
    assert list(running.check_spot_losses(picture(recent=elsewhere))) == []


def test_a_log_group_without_end(patient: Patient) -> None:
    patient.sandbox.client("logs").delete_retention_policy(logGroupName="/aws/batch/job")
    [finding] = patient.visit()["findings"]
    assert finding["what"] == "the log group /aws/batch/job keeps the logs of jobs for ever"
    assert finding["fix"].startswith("aws logs put-retention-policy --log-group-name /aws/batch/job")
    patient.sandbox.client("logs").put_retention_policy(logGroupName="/aws/batch/job", retentionInDays=90)
    assert patient.visit()["healthy"]


def test_nextflows_job_definitions(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MANY", 2)
    asks = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "1024"}]
    container = {"image": "quay.io/nextflow/bash", "command": ["true"], "resourceRequirements": asks}
    arns = [
        patient.batch.register_job_definition(
            jobDefinitionName=f"nf-bash-{number}", type="container", containerProperties=container
        )["jobDefinitionArn"]
        for number in range(3)
    ]
    [finding] = patient.visit()["findings"]
    assert finding["what"] == "there are 3 job definitions of Nextflow's (nf-…)"
    assert "aws batch deregister-job-definition" in finding["fix"]
    for arn in arns:
        patient.batch.deregister_job_definition(jobDefinition=arn)
    assert patient.visit()["healthy"]
