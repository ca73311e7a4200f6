"""One head at a time."""

import json
import time
from typing import Any

import pytest

from sandbox.inprocess import Sandbox
from tests.support import bash, running_jobs
from tests.support.heads import BUCKET, ENTRYPOINT, FOLDER, JOB, RUN, RUN_ID, Heads, read_lock

QUICK: dict[str, Any] = {"NF_LOCK_RENEW": "1", "NF_LOCK_STALE": "8"}
KEY = {"Bucket": BUCKET, "Key": "_nextflow/heads/salmon/lock.json"}
FOR_EVER = "trap 'exit 3' TERM; echo 'it runs'; sleep 600 >/dev/null 2>&1 & wait"


def put_lock(s3: Any, **fields: str) -> None:
    """The lock of a head that was here before."""
    lock = {"state": "held", "token": "t", "count": "1", "job": JOB, "attempt": "1", "host": "h", "run": "salmon"}
    s3.put_object(
        **KEY, Body=(json.dumps(lock | {"session": RUN_ID, "work": f"{FOLDER}/runs/w"} | fields) + "\n").encode()
    )


def test_of_two_started_at_once_one_runs(heads: Heads, project: str) -> None:
    two = [heads.start(project, script="sleep 5", **RUN) for _ in range(2)]
    codes = sorted(head.end() for head in two)
    assert codes == [0, 1], [head.text for head in two]
    (refused,) = [head for head in two if head.process.returncode == 1]
    assert "another head of salmon is at work: a head outside AWS Batch" in refused.text
    assert not (refused.folder / "arguments.run").exists()


def test_it_is_given_back_and_taken_again(heads: Heads, project: str) -> None:
    heads.run(project, **RUN)
    assert read_lock(heads.sandbox)["state"] == "free"
    heads.run(project, script="exit 4", code=4, **RUN)
    lock = read_lock(heads.sandbox)
    assert (lock["state"], lock["session"], lock["work"]) == ("free", RUN_ID, RUN["NF_WORK"])


def test_a_second_head_is_refused_while_the_job_of_the_first_lives(
    heads: Heads, project: str, s3: Any, sandbox: Sandbox, small: str
) -> None:
    running = running_jobs.submit_running(sandbox, jobName="head", jobQueue="small-low", jobDefinition="small-task")
    put_lock(s3, job=running)
    time.sleep(1.1)
    head = heads.run(project, code=1, AWS_BATCH_JOB_ID=JOB, NF_LOCK_RENEW="1", NF_LOCK_STALE="4", **RUN)
    assert f"job {running}, attempt 1" in head.text
    assert "RUNNING" in head.text
    assert read_lock(sandbox)["job"] == running


def test_a_stale_lock_is_taken_over_once_it_is_old_enough(
    heads: Heads, project: str, s3: Any, sandbox: Sandbox, small: str
) -> None:
    ended = running_jobs.submit_running(sandbox, jobName="head", jobQueue="small-low", jobDefinition="small-task")
    running_jobs.finish(sandbox, ended, 137)
    put_lock(s3, job=ended)
    written = s3.head_object(**KEY)["LastModified"]
    head = heads.run(project, AWS_BATCH_JOB_ID=JOB, **QUICK, **RUN)
    assert f"lock taken over from job {ended}, attempt 1 (FAILED)" in head.text
    lock = s3.get_object(**KEY)
    assert (lock["LastModified"] - written).total_seconds() >= 8
    assert json.loads(lock["Body"].read())["job"] == JOB


def test_a_lock_that_is_renewed_is_alive_whatever_batch_says(
    heads: Heads, project: str, sandbox: Sandbox, small: str
) -> None:
    first = heads.start(project, script=FOR_EVER, AWS_BATCH_JOB_ID=JOB, **QUICK, **RUN)
    first.await_text("it runs")
    other = JOB.replace("0a", "0b")
    second = heads.run(project, code=1, AWS_BATCH_JOB_ID=other, **QUICK, **RUN)
    assert "being renewed" in second.text
    first.process.terminate()
    assert first.end() == 3


@pytest.mark.parametrize("theft", ["taken", "removed"])
def test_a_head_that_lost_its_lock_stops(heads: Heads, project: str, s3: Any, theft: str) -> None:
    head = heads.start(project, script=FOR_EVER, **QUICK, **RUN)
    head.await_text("it runs")
    if theft == "taken":
        put_lock(s3)
    else:
        s3.delete_object(**KEY)
    assert head.end() == 1
    assert "the lock of the run was lost" in head.text
    assert "Nextflow ended with 1" in head.text
    if theft == "taken":
        assert read_lock(heads.sandbox)["token"] == "t"


def test_a_head_that_cannot_renew_stops_before_it_may_be_taken_over(heads: Heads, project: str) -> None:
    head = heads.start(project, script=FOR_EVER, **QUICK, **RUN)
    head.await_text("it runs")
    heads.sandbox.faults.add(
        "PUT /genomics/_nextflow/heads/salmon/lock.json", code="InternalError", status=500, times=None
    )
    assert head.end() == 1
    assert "it could not be renewed: InternalError" in head.text


def test_the_next_attempt_of_a_job_goes_on_with_its_session(heads: Heads, project: str, small: str) -> None:
    killed = heads.start(project, script=FOR_EVER, AWS_BATCH_JOB_ID=JOB, AWS_BATCH_JOB_ATTEMPT="1", **QUICK)
    killed.await_text("it runs")
    killed.kill()
    head = heads.run(project, AWS_BATCH_JOB_ID=JOB, AWS_BATCH_JOB_ATTEMPT="2", **QUICK)
    assert head.option("-resume") == killed.option("-resume")
    assert head.option("-w") == killed.option("-w") == f"{FOLDER}/runs/{JOB}/1"
    assert head.environment()["NXF_CLOUDCACHE_PATH"] == killed.environment()["NXF_CLOUDCACHE_PATH"]


# state, the head's job, what AWS Batch says of it, seconds since the last renewal → what becomes of the lock
JUDGED = [
    ("free", JOB, "RUNNING", 0, "free"),
    ("held", JOB, "RUNNING", 9999, "live"),
    ("held", JOB, "RUNNABLE", 9999, "live"),
    ("held", JOB, "", 9999, "live"),  # it cannot be asked
    ("held", JOB, "FAILED", 179, "young"),
    ("held", JOB, "FAILED", -3600, "young"),  # whoever wrote it saw another clock
    ("held", JOB, "FAILED", 180, "stale"),
    ("held", JOB, "SUCCEEDED", 180, "stale"),
    ("held", JOB, "None", 180, "stale"),
    ("held", "me", "RUNNING", 179, "young"),  # a former attempt of this job
    ("held", "me", "RUNNING", 180, "stale"),
    ("held", "", "", 179, "live"),  # outside AWS Batch nobody can be asked
    ("held", "", "", 180, "stale"),
]


@pytest.mark.parametrize(("state", "job", "status", "age", "verdict"), JUDGED)
def test_a_lock_is_stale_by_its_age_and_by_the_state_of_its_job(
    state: str, job: str, status: str, age: int, verdict: str
) -> None:
    script = f"""
    source {ENTRYPOINT.parent}/holder.sh
    JOB=me NF_LOCK_STALE=180 LOCK_TIME=1000000
    read_field() {{ declare -A lock=([state]={state} [job]={job} [attempt]=1 [host]=h); echo "${{lock[$1]}}"; }}
    read_s3_time() {{ echo $((LOCK_TIME + {age})); }}
    read_code() {{ echo AccessDenied; }}
    call() {{ [[ -n "{status}" ]] && echo {status}; }}
    judge_holder || true
    echo $VERDICT"""
    assert bash.run(script).stdout.strip() == verdict
