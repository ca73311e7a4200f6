"""How a head ends: Nextflow's exit code, logs, signals, and no job left behind."""

import json
import signal
import time
from pathlib import Path
from typing import Any

from nextflow.runs.watch.follow import LAST
from sandbox.inprocess import Sandbox
from tests.support import processes, running_jobs
from tests.support.heads import BUCKET, JOB, RUN, RUN_ID, Heads, list_keys, read_lock

QUEUE = "small-low"
LOG = f"logs/salmon/.nextflow.log.{JOB}.1"
TRACE = f"logs/salmon/trace.{JOB}.1.txt"
ON_TERM = "trap 'echo was asked; exit 1' TERM; echo started; sleep 600 >/dev/null 2>&1 & wait"


def submit(sandbox: Sandbox, run: str = RUN_ID, **tags: str) -> str:
    """A job with a run's label."""
    request = {"jobName": "task", "jobQueue": QUEUE, "jobDefinition": "small-task", "tags": {"kiln:run": run, **tags}}
    return str(sandbox.client("batch").submit_job(**request)["jobId"])


def states(sandbox: Sandbox, *jobs: str) -> list[str]:
    return [running_jobs.describe(sandbox, job)["status"] for job in jobs]


def read(sandbox: Sandbox, key: str) -> str:
    body = sandbox.client("s3").get_object(Bucket=BUCKET, Key=f"_nextflow/{key}")["Body"]
    return str(body.read().decode())


def test_log_and_trace_are_uploaded_while_it_runs_and_at_its_end(heads: Heads, project: str, sandbox: Sandbox) -> None:
    script = """
    echo one >>.nextflow.log; echo row >trace.txt
    until [[ -e $NOTES/go ]]; do sleep 0.2; done
    echo two >>.nextflow.log; echo page >report.html; exit 3"""
    head = heads.start(project, script=script, NF_UPLOAD_EVERY="1", AWS_BATCH_JOB_ID=JOB, NF_QUEUES=QUEUE, **RUN)
    head.await_text("starting Nextflow")
    last = time.monotonic() + 240
    while f"trace.{JOB}.1.txt" not in set(list_keys(sandbox, "logs/salmon")):
        assert time.monotonic() < last
        time.sleep(0.2)
    assert (read(sandbox, LOG), read(sandbox, TRACE)) == ("a log\none\n", "row\n")
    (head.folder / "go").touch()
    assert head.end() == 3
    assert read(sandbox, LOG) == "a log\none\ntwo\n"
    assert read(sandbox, f"logs/salmon/report.{JOB}.1.html") == "page\n"
    assert head.text.splitlines()[-1] == LAST


def test_an_upload_on_its_way_does_not_write_over_the_last(
    heads: Heads, project: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The first stands still until Nextflow and the last upload are over, or until it is ended."""
    slow = f"""#!/bin/bash
    if [[ "$*" == *" s3 cp "*/logs/salmon* ]] && mkdir {tmp_path}/begun 2>/dev/null; then
        until [[ -e {tmp_path}/over ]]; do sleep 0.2; done
        {heads.tools}/aws "$@"
        exec touch {tmp_path}/late
    fi
    exec {heads.tools}/aws "$@"
    """
    script = f"""
    until [[ -e {tmp_path}/begun ]]; do sleep 0.2; done
    echo two >>.nextflow.log"""
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "aws").write_text(slow)
    (tmp_path / "slow" / "aws").chmod(0o755)
    slowed = Heads(sandbox, tmp_path, tmp_path / "slow", heads.started)
    head = slowed.run(project, script=script, NF_UPLOAD_EVERY="1", AWS_BATCH_JOB_ID=JOB, NF_QUEUES=QUEUE, **RUN)
    (tmp_path / "over").touch()
    last = time.monotonic() + 60
    while processes.list_session(head.process.pid):
        assert time.monotonic() < last
        time.sleep(0.1)
    assert not (tmp_path / "late").exists()
    assert read(sandbox, LOG) == "a log\ntwo\n"


def test_sigterm_reaches_nextflow_and_what_it_leaves_is_ended(
    heads: Heads, project: str, sandbox: Sandbox, small: str
) -> None:
    left, others = submit(sandbox), submit(sandbox, "another run")
    itself = submit(sandbox, **{"kiln:head": "true"})
    head = heads.start(project, script=ON_TERM, NF_QUEUES=QUEUE, AWS_BATCH_JOB_ID=JOB, **RUN)
    head.await_text("started")
    head.process.send_signal(signal.SIGTERM)
    assert head.end() == 1
    assert "was asked" in head.text
    assert states(sandbox, left, others, itself) == ["FAILED", "RUNNABLE", "RUNNABLE"]
    assert running_jobs.describe(sandbox, left)["statusReason"] == "Kiln: the head of the run has ended"
    assert read(sandbox, LOG) == "a log\n"
    assert read_lock(sandbox)["state"] == "free"


def test_a_nextflow_that_does_not_end_is_killed_in_time(heads: Heads, project: str) -> None:
    script = "trap '' TERM; echo started; while :; do sleep 1 >/dev/null 2>&1; done"
    head = heads.start(project, script=script, NF_STOP_TIMEOUT="10", NF_QUEUES=QUEUE, **RUN)
    head.await_text("started")
    head.process.terminate()
    assert head.end() == 137


def test_after_sigterm_before_nextflow_nothing_is_started(heads: Heads, project: str, s3: Any) -> None:
    lock = {"state": "held", "token": "t", "job": JOB, "attempt": "1"}
    s3.put_object(Bucket=BUCKET, Key="_nextflow/heads/salmon/lock.json", Body=json.dumps(lock).encode())
    head = heads.start(project, AWS_BATCH_JOB_ID=JOB, AWS_BATCH_JOB_ATTEMPT="2", **RUN)
    head.await_text("it can be taken in")
    head.process.terminate()
    assert head.end() == 143
    assert not (head.folder / "arguments.run").exists()


def test_what_a_former_head_left_is_ended_before_nextflow_starts(
    heads: Heads, project: str, sandbox: Sandbox, small: str
) -> None:
    waiting, others = submit(sandbox), submit(sandbox, "another run")
    head = heads.run(project, script="exit 7", code=7, NF_RESUME="1", NF_QUEUES=QUEUE, **RUN)
    assert head.text.index("jobs that the former head left: 1") < head.text.index("starting Nextflow")
    assert states(sandbox, waiting, others) == ["FAILED", "RUNNABLE"]
    assert running_jobs.describe(sandbox, waiting)["statusReason"] == "Kiln: the run is resumed by another head"


def test_where_they_cannot_be_listed_nextflow_does_not_start(heads: Heads, project: str, sandbox: Sandbox) -> None:
    sandbox.faults.add("ListJobs", code="AccessDeniedException", status=403)
    head = heads.run(project, code=1, NF_RESUME="1", NF_QUEUES=QUEUE, **RUN)
    assert "AccessDeniedException" in head.text
    assert not (head.folder / "arguments.run").exists()
