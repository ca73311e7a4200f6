"""The stand-in for Nextflow under the container's entrypoint: its jobs, its cache, and what it loses without one."""

import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support import running_jobs
from tests.support.heads import BUCKET, FOLDER, JOB, RUN, RUN_ID, Heads, list_keys

PROGRAM = Path(__file__).parents[3] / "sandbox" / "nextflow" / "stand_in.py"
STAND_IN = f'exec {sys.executable} {PROGRAM} "$@"'
GIVEN = {"NXF_STAND_IN_POLL": "0.2", "NF_QUEUES": "small-low", "NF_LOCK_RENEW": "1", "NF_LOCK_STALE": "4"}


@pytest.fixture
def project(sandbox: Sandbox, small: str, s3: Any) -> str:
    """Two tasks, the second behind the first."""
    stages = [[{"name": "INDEX (1)", "script": "true"}], [{"name": "QUANT (1)", "script": "true", "cpus": 2}]]
    s3.put_object(Bucket=BUCKET, Key="project/main.nf", Body=b"workflow {}")
    s3.put_object(Bucket=BUCKET, Key="project/stand-in.json", Body=json.dumps({"stages": stages}).encode())
    return f"s3://{BUCKET}/project"


def await_job(sandbox: Sandbox, name: str, but: tuple[str, ...] = ()) -> str:
    """The id of a job of that name, once it runs."""
    last = time.monotonic() + 240
    while True:
        summaries = sandbox.client("batch").list_jobs(
            jobQueue="small-low", filters=[{"name": "JOB_NAME", "values": [name]}]
        )["jobSummaryList"]
        jobs = [job for job in summaries if job["jobId"] not in but]
        if jobs and jobs[0]["status"] == "RUNNING":
            return str(jobs[0]["jobId"])
        sandbox.clock.advance(5)
        assert time.monotonic() < last
        time.sleep(0.2)


def begin(heads: Heads, project: str, sandbox: Sandbox, **variables: Any) -> tuple[Any, str]:
    """A head whose first task has ended and whose second one runs, killed."""
    running_jobs.agents_of(sandbox)
    head = heads.start(project, script=STAND_IN, **(GIVEN | RUN | variables))
    running_jobs.finish(sandbox, await_job(sandbox, "INDEX_1"))
    second = await_job(sandbox, "QUANT_1")
    head.kill()
    return head, second


def test_a_run_that_was_killed_goes_on_and_submits_no_finished_task_again(
    heads: Heads, project: str, sandbox: Sandbox
) -> None:
    _, orphan = begin(heads, project, sandbox, AWS_BATCH_JOB_ID=JOB)
    other = {"AWS_BATCH_JOB_ID": JOB.replace("0a", "0b"), "NF_RESUME": "1"}
    head = heads.start(project, script=STAND_IN, **(GIVEN | RUN | other))
    head.await_text("jobs that the former head left: 1")
    running_jobs.finish(sandbox, await_job(sandbox, "QUANT_1", but=(orphan,)))
    assert head.end() == 0, head.text
    assert "Cached process > INDEX (1)" in head.text
    assert "Submitted process > INDEX" not in head.text
    assert running_jobs.describe(sandbox, orphan)["statusReason"] == "Kiln: the run is resumed by another head"
    kept = set(list_keys(sandbox, f"heads/salmon/cache/{RUN_ID}"))
    assert len(kept) == 3
    assert "index.salmon" in kept


def test_without_the_path_of_its_cache_it_runs_everything_again(heads: Heads, project: str, sandbox: Sandbox) -> None:
    begin(heads, project, sandbox, AWS_BATCH_JOB_ID=JOB)
    other = {"NXF_CLOUDCACHE_PATH": f"{FOLDER}/elsewhere", "AWS_BATCH_JOB_ID": JOB, "AWS_BATCH_JOB_ATTEMPT": "2"}
    head = heads.start(project, script=STAND_IN, **(GIVEN | RUN | other))
    head.await_text("Submitted process > INDEX (1)")


def test_sigterm_ends_its_jobs(heads: Heads, project: str, sandbox: Sandbox) -> None:
    running_jobs.agents_of(sandbox)
    in_calls = {"NXF_STAND_IN_POLL": "0"}  # a signal in the midst of a call is not lost in that call's retries
    head = heads.start(project, script=STAND_IN, **(GIVEN | RUN | in_calls))
    job = await_job(sandbox, "INDEX_1")
    made = running_jobs.describe(sandbox, job)
    assert made["tags"]["kiln:run"] == RUN_ID
    assert made["jobDefinition"].rpartition("/")[2] == "nf-debian-stable-slim:1"
    head.process.send_signal(signal.SIGTERM)
    assert head.end() == 1, head.text
    assert "Killing running tasks (1)" in head.text
    assert running_jobs.describe(sandbox, job)["isTerminated"]
