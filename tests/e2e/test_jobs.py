"""Jobs that really run: every way in which an attempt ends, on machines from the AMI that build-ami made.

The held machine is booted once for the file. What an attempt looks like that ended so is told by the user guide of AWS
Batch and by DescribeJobs of real accounts.
"""

from typing import Any

import boto3
import pytest

from kiln.errors import Exit
from sandbox.command import state
from scripts.nextflow_tasks import COMMAND_25, COMMAND_26, NextflowTask, register_definition, submit
from tests.support.arranged import advance
from tests.support.cli import Cli
from tests.support.job_runs import Runs, wait_for

pytestmark = pytest.mark.e2e
ENDED = "Essential container in task exited"
ROLE = "arn:aws:iam::123456789012:role/jobs-job-role"
TERM = "trap 'echo told to end; exit 7' TERM; echo ready; while :; do sleep 0.1; done"


def test_a_job_runs_to_its_end_and_is_read(runs: Runs) -> None:
    job = runs.wait(runs.submit("first", ["sh", "-c", "echo it ran on $(nproc) CPUs; env"]))
    assert (job["status"], job["statusReason"], job["container"]["exitCode"]) == ("SUCCEEDED", ENDED, 0)
    assert job["createdAt"] <= job["startedAt"] <= job["stoppedAt"]
    (attempt,) = job["attempts"]
    assert attempt["container"]["taskArn"].startswith("arn:aws:ecs:us-east-1:123456789012:task/AWSBatch-jobs-held-")
    assert job["container"]["logStreamName"].startswith("first/default/")
    log = runs.read_log(job)
    assert log[0].startswith("it ran on ")
    assert f"AWS_BATCH_JOB_ID={job['jobId']}" in log
    assert "AWS_BATCH_JQ_NAME=jobs" in log
    assert "AWS_EXECUTION_ENV=AWS_ECS_EC2" in log


def test_an_exit_code_of_its_own(runs: Runs) -> None:
    job = runs.wait(runs.submit("three", ["sh", "-c", "exit 3"], retryStrategy={"attempts": 2}))
    assert (job["status"], job["statusReason"], job["container"]["exitCode"]) == ("FAILED", ENDED, 3)
    assert [attempt["container"]["exitCode"] for attempt in job["attempts"]] == [3, 3]


def test_more_memory_than_it_asked_for(settled: Runs) -> None:
    eater = ["bash", "-c", 'x=a; while :; do x="$x$x"; done']
    job = settled.wait(settled.submit("eater", eater, container={"memory": 32}))
    assert (job["status"], job["container"]["exitCode"]) == ("FAILED", 137)
    # Where Docker says nothing of memory, nothing is invented.
    assert job["container"].get("reason") in (None, "OutOfMemoryError: Container killed due to memory usage")


def test_an_image_that_cannot_be_pulled(settled: Runs) -> None:
    other = Runs(settled.queue, "123456789012.dkr.ecr.us-east-1.amazonaws.com/nothing:here")
    job = settled.wait(other.submit("no-image", ["true"]))
    assert (job["status"], job["statusReason"]) == ("FAILED", "Task failed to start")
    assert job["container"]["reason"].startswith("CannotPull")
    assert "exitCode" not in job["container"]
    assert "startedAt" not in job["attempts"][0]


@pytest.mark.parametrize(("command", "memory", "reason"), [
    (["true"], 4, "CannotCreateContainerError: "),
    (["/bin/nosuch"], 32, "CannotStartContainerError: "),
])  # fmt: skip
def test_a_container_that_docker_refuses(settled: Runs, command: list[str], memory: int, reason: str) -> None:
    job = settled.wait(settled.submit("refused", command, container={"memory": memory}))
    assert (job["status"], job["statusReason"]) == ("FAILED", "Task failed to start")
    assert job["container"]["reason"].startswith(reason)
    assert "exitCode" not in job["container"]


def test_the_first_rule_that_matches_decides_on_a_retry(settled: Runs) -> None:
    rules = [{"onExitCode": "7", "action": "retry"}, {"onExitCode": "*", "action": "EXIT"}]
    code = ["sh", "-c", "exit $((6 + AWS_BATCH_JOB_ATTEMPT))"]
    job = settled.wait(settled.submit("rules", code, retryStrategy={"attempts": 5, "evaluateOnExit": rules}))
    assert [attempt["container"]["exitCode"] for attempt in job["attempts"]] == [7, 8]


def test_an_array_whose_child_fails(settled: Runs) -> None:
    fails = ["sh", "-c", "exit $AWS_BATCH_JOB_ARRAY_INDEX"]
    parent = settled.wait(settled.submit("one-fails", fails, arrayProperties={"size": 2}))
    assert (parent["status"], parent["statusReason"]) == ("FAILED", "Array Child Job failed")
    assert parent["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 1


def test_a_timeout(settled: Runs, offline_aws: state.State) -> None:
    limits: dict[str, Any] = {"timeout": {"attemptDurationSeconds": 60}, "retryStrategy": {"attempts": 3}}
    name = settled.submit("late", ["bash", "-c", TERM], **limits)
    wait_for(lambda: settled.read_log(settled.wait(name, "RUNNING")), lambda log: "ready" in log)
    advance(offline_aws, 61)
    job = settled.wait(name)
    assert (job["status"], job["statusReason"]) == ("FAILED", "Job attempt duration exceeded timeout")
    assert len(job["attempts"]) == 1
    wait_for(lambda: settled.read_log(job), lambda log: "told to end" in log)


def test_terminated_and_cancelled(settled: Runs) -> None:
    running = settled.submit("ended", ["bash", "-c", TERM], container={"vcpus": 8})
    settled.wait(running, "RUNNING")
    waiting = settled.submit("waiting", ["true"], container={"vcpus": 8})
    after = settled.submit("after", ["true"], dependsOn=[{"jobId": waiting}])
    settled.wait(waiting, "RUNNABLE")
    settled.batch.cancel_job(jobId=waiting, reason="not needed any more")
    settled.batch.terminate_job(jobId=running, reason="enough of it")
    cancelled, ended, dependent = settled.wait(waiting), settled.wait(running), settled.wait(after)
    assert (cancelled["status"], cancelled["statusReason"]) == ("FAILED", "not needed any more")
    assert cancelled["isCancelled"]
    assert cancelled["attempts"] == []
    assert (ended["status"], ended["statusReason"], ended["isTerminated"]) == ("FAILED", "enough of it", True)
    assert dependent["statusReason"] == "Dependent Job failed"


def test_a_pipeline_of_two_tasks_as_nextflow_submits_them(settled: Runs) -> None:
    s3, batch = boto3.client("s3"), settled.batch
    bucket = "jobs-123456789012-us-east-1"
    s3.put_object(Bucket=bucket, Key="work/in/names.txt", Body=b"b\na\nc\n")
    definition = register_definition(batch, settled.image, jobRoleArn=ROLE)
    where: dict[str, str] = {"bucket": bucket, "queue": settled.queue, "definition": definition, "region": "us-east-1"}
    first = NextflowTask("SORT_1", "sort names.txt > sorted.txt; echo sorted", "work/ab/1", ("work/in/names.txt",),
                         ("sorted.txt",))  # fmt: skip
    second = NextflowTask("COUNT_1", "wc -l < sorted.txt > count.txt", "work/cd/2", ("work/ab/1/sorted.txt",),
                          ("count.txt",))  # fmt: skip
    for task, command in ((first, COMMAND_25), (second, COMMAND_26)):
        job = settled.wait(submit(batch, s3, task, command=command, **where))
        assert job["status"] == "SUCCEEDED", settled.read_log(job)
        assert s3.get_object(Bucket=bucket, Key=f"{task.folder}/.exitcode")["Body"].read() == b"0"
    assert s3.get_object(Bucket=bucket, Key="work/ab/1/sorted.txt")["Body"].read() == b"a\nb\nc\n"
    assert s3.get_object(Bucket=bucket, Key="work/cd/2/count.txt")["Body"].read().strip() == b"3"
    assert b"sorted" in s3.get_object(Bucket=bucket, Key="work/ab/1/.command.log")["Body"].read()


def test_an_array_and_another_behind_it_child_by_child(settled: Runs) -> None:
    say = ["sh", "-c", "echo child $AWS_BATCH_JOB_ARRAY_INDEX of $AWS_BATCH_JOB_ARRAY_SIZE"]
    # Four at a time: a guest of one CPU takes minutes to start more, and an agent gives a container three.
    eight: dict[str, Any] = {"arrayProperties": {"size": 8}, "container": {"vcpus": 2}}
    first = settled.submit("eight", say, **eight)
    behind = settled.submit("behind", say, dependsOn=[{"jobId": first, "type": "N_TO_N"}], **eight)
    done = settled.wait(behind, limit=600)
    children = settled.batch.describe_jobs(jobs=[f"{job}:{index}" for job in (first, behind) for index in range(8)])
    assert done["status"] == "SUCCEEDED", [child["attempts"] for child in children["jobs"]]
    assert done["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 8
    third, its = settled.detail(f"{behind}:3"), settled.detail(f"{first}:3")
    assert its["stoppedAt"] <= third["startedAt"]
    assert settled.read_log(third) == ["child 3 of 8"]


def test_a_job_that_fits_no_machine_is_explained(settled: Runs, cli: Cli, offline_aws: state.State) -> None:
    job = settled.submit("large", ["true"], container={"memory": 16384})
    settled.wait(job, "RUNNABLE")
    advance(offline_aws, 700)
    found = cli("sandbox", "doctor", "--env", "jobs", "--job", job, code=Exit.SOMETHING_TO_DO).stdout
    assert "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT" in found
    settled.batch.terminate_job(jobId=job, reason="seen")
