"""A job out of DescribeJobs and out of ListJobs."""

from typing import Any

from jobs.model import job, listed

BEGAN = 1795860000000  # 2026-11-28 10:00 UTC
MACHINE = "arn:aws:ecs:us-east-1:123456789012:container-instance/AWSBatch-spot-1/0a"
TASK = "arn:aws:ecs:us-east-1:123456789012:task/AWSBatch-spot-1/0b"
OOM = "OutOfMemoryError: Container killed due to memory usage"
DESCRIBED: dict[str, Any] = {
    "jobId": "4bb17e4d", "jobName": "fastqc", "jobQueue": "arn:q", "jobDefinition": "arn:a:1",
    "status": "FAILED", "statusReason": "Essential container in task exited", "createdAt": BEGAN,
    "startedAt": BEGAN + 60000, "stoppedAt": BEGAN + 120000, "isCancelled": False, "isTerminated": False,
    "retryStrategy": {"attempts": 2}, "timeout": {"attemptDurationSeconds": 3600}, "dependsOn": [],
    "attempts": [
        {"container": {"containerInstanceArn": MACHINE, "taskArn": TASK, "logStreamName": "a/default/0b"},
         "startedAt": BEGAN + 10000, "stoppedAt": BEGAN + 50000,
         "statusReason": "Host EC2 (instance i-0123456789abcdef0) terminated."},
        {"container": {"containerInstanceArn": MACHINE, "taskArn": TASK, "exitCode": 137, "reason": OOM},
         "startedAt": BEGAN + 60000, "stoppedAt": BEGAN + 120000, "statusReason": "Essential container in task exited"},
    ],
    "container": {"image": "quay.io/a", "command": ["fastqc", "a.fq"], "exitCode": 137, "reason": OOM,
                  "taskArn": TASK, "containerInstanceArn": MACHINE,
                  "resourceRequirements": [{"type": "VCPU", "value": "2"}, {"type": "MEMORY", "value": "4096"}],
                  "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/lab/jobs"}}},
}  # fmt: skip


def test_a_job_that_failed_twice() -> None:
    read = job.read(DESCRIBED)
    assert (read.vcpus, read.memory, read.gpus, read.allowed, read.timeout) == (2, 4096, 0, 2, 3600)
    assert (read.command, read.log_group, read.is_over) == (("fastqc", "a.fq"), "/lab/jobs", True)
    lost, killed = read.attempts
    assert (lost.number, lost.exit_code, lost.stream) == (1, None, "a/default/0b")
    assert lost.ending is not None
    assert "taken away" in lost.ending.meaning
    assert (killed.number, killed.exit_code) == (2, 137)
    assert killed.ending is not None
    assert "more memory" in killed.ending.meaning
    assert read.started is not None
    assert read.started.isoformat() == "2026-11-28T10:01:00+00:00"


def test_the_attempt_under_way_stands_at_the_jobs_top_alone() -> None:
    again = {**DESCRIBED, "status": "RUNNING", "attempts": DESCRIBED["attempts"][:1],
             "container": {**DESCRIBED["container"], "taskArn": TASK + "2"}}  # fmt: skip
    running = job.read(again)
    assert [(attempt.number, attempt.over) for attempt in running.attempts] == [(1, True), (2, False)]
    assert running.last is not None
    assert (running.last.task, running.last.ending) == (TASK + "2", None)


def test_a_job_that_waits_has_no_attempt_and_no_times_of_1970() -> None:
    waiting = {"jobId": "a", "jobName": "n", "jobQueue": "q", "jobDefinition": "d", "status": "RUNNABLE",
               "createdAt": BEGAN, "startedAt": 0}  # fmt: skip
    read = job.read(waiting)
    assert (read.attempts, read.started, read.stopped, read.last, read.array) == ((), None, None, None, None)


def test_an_arrays_parent_counts_its_children() -> None:
    array = {"size": 10, "statusSummary": {"RUNNING": 4, "FAILED": 0, "SUCCEEDED": 6}}
    parent = {**DESCRIBED, "attempts": [], "status": "PENDING", "arrayProperties": array}
    read = job.read(parent)
    assert read.is_array
    assert read.array == job.Array(10, None, (("RUNNING", 4), ("SUCCEEDED", 6)))
    child = job.read({**DESCRIBED, "arrayProperties": {"index": 0}})
    assert (child.is_array, child.array) == (False, job.Array(0, 0))


def test_a_summary() -> None:
    summary = {"jobId": "a", "jobName": "n", "status": "FAILED", "statusReason": "Essential container in task exited",
               "createdAt": BEGAN, "container": {"exitCode": 3}}  # fmt: skip
    line = listed.read(summary, "default")
    assert (line.queue, line.exit_code, line.started) == ("default", 3, None)
    assert line.ending is not None
    assert "exit code 3" in line.ending.meaning
    assert listed.read({**summary, "status": "SUCCEEDED"}, "default").ending is None
