"""`invoke list-jobs` on the queues of the offline AWS."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from jobs.commands import list_jobs as command
from kiln.errors import Exit, UserError
from sandbox.inprocess import Sandbox


def submit(sandbox: Sandbox, name: str, queue: str = "small-low") -> str:
    job = sandbox.client("batch").submit_job(jobName=name, jobQueue=queue, jobDefinition="small-task")
    return str(job["jobId"])


def end(sandbox: Sandbox, job: str, reason: str) -> None:
    sandbox.client("batch").terminate_job(jobId=job, reason=reason)


def list_jobs(
    capsys: pytest.CaptureFixture[str], env: str = "", queue: str = "", status: str = "", since: str = ""
) -> dict[str, Any]:  # fmt: skip
    capsys.readouterr()
    assert command.list_jobs(env, queue, status, since, None, as_json=True) == Exit.DONE
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def names(document: dict[str, Any]) -> list[str]:
    return [job["name"] for job in document["jobs"]]


def test_jobs_of_all_queues_newest_first(sandbox: Sandbox, small: str, capsys: pytest.CaptureFixture[str]) -> None:
    submit(sandbox, "first")
    sandbox.clock.advance(10)
    submit(sandbox, "second", "small-high")
    document = list_jobs(capsys)
    assert names(document) == ["second", "first"]
    assert [job["queue"] for job in document["jobs"]] == ["small-high", "small-low"]
    assert set(document["queues"]) == {"small-low", "small-high"}


def test_of_an_environment_a_queue_and_a_state(
    sandbox: Sandbox, small: str, capsys: pytest.CaptureFixture[str]
) -> None:
    submit(sandbox, "waits")
    ended = submit(sandbox, "ended", "small-high")
    end(sandbox, ended, "not needed")
    assert set(names(list_jobs(capsys, env="small"))) == {"waits", "ended"}
    assert set(names(list_jobs(capsys, env=small))) == {"waits", "ended"}
    assert names(list_jobs(capsys, queue="small-low")) == ["waits"]
    assert names(list_jobs(capsys, status="failed")) == ["ended"]
    assert names(list_jobs(capsys, status="Unfinished")) == ["waits"]
    assert names(list_jobs(capsys, status="failed", since="1h")) == ["ended"]


def test_what_is_old_is_left_out_unless_it_is_not_over(
    sandbox: Sandbox, small: str, capsys: pytest.CaptureFixture[str]
) -> None:
    end(sandbox, submit(sandbox, "old-and-over"), "done")
    submit(sandbox, "old")
    sandbox.clock.advance(3 * 86400)
    now = datetime.fromtimestamp(sandbox.clock.now(), UTC)
    submit(sandbox, "new")

    def listed(since: str = "") -> list[str]:
        capsys.readouterr()
        command.list_jobs("", "small-low", "", since, None, as_json=True, now=now)
        return names(json.loads(capsys.readouterr().out))

    assert listed() == ["new", "old"]
    assert set(listed("4d")) == {"new", "old", "old-and-over"}
    assert listed("1 h") == ["new"]


def test_the_screen_has_a_line_for_every_job_and_the_counts(
    sandbox: Sandbox, small: str, capsys: pytest.CaptureFixture[str]
) -> None:
    job = submit(sandbox, "fastqc")
    end(sandbox, submit(sandbox, "aligned"), "Host EC2 (instance i-0123456789abcdef0) terminated.")
    command.list_jobs("", "small-low", "", "", None, as_json=False)
    shown = capsys.readouterr().out
    head, *lines = shown.splitlines()
    assert head.split() == ["JOB", "NAME", "QUEUE", "STATE", "SUBMITTED", "RAN", "WHAT"]
    assert any(line.startswith(job) and "fastqc" in line for line in lines)
    assert any("aligned" in line and "its machine was taken away" in line for line in lines)
    assert "2 jobs: " in shown
    assert "1 FAILED" in shown


def test_nothing_there(sandbox: Sandbox, small: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert list_jobs(capsys)["jobs"] == []
    command.list_jobs("", "small-low", "", "", None, as_json=False)
    assert capsys.readouterr().out.startswith("no jobs: in small-low (us-east-1)")


@pytest.mark.parametrize(
    ("options", "what", "hint"),
    [
        ({"env": "nosuch"}, "there is no environment nosuch in us-east-1", "register-env --env nosuch"),
        ({"queue": "small-lo"}, "there is no queue small-lo in us-east-1", "--queue small-low"),
        ({"env": "small", "queue": "other"}, "there is no queue other in the environment small", "Check --queue"),
        ({"queue": "arn:aws:batch:eu-west-1:123456789012:job-queue/a"}, "the queue a is not in us-east-1",
         "--region eu-west-1"),
        ({"status": "runing"}, "RUNING is no state of a job", "--status RUNNING"),
        ({"since": "last week"}, "--since last week is no time", "--since 2h"),
    ],
)  # fmt: skip
def test_bad_input_is_a_single_message(
    sandbox: Sandbox, small: str, options: dict[str, str], what: str, hint: str
) -> None:  # fmt: skip
    given = {"env": "", "queue": "", "status": "", "since": ""} | options
    with pytest.raises(UserError) as told:
        command.list_jobs(given["env"], given["queue"], given["status"], given["since"], None, as_json=False)
    assert told.value.what == what
    assert told.value.why
    assert hint in told.value.hint


def test_a_region_without_any_queue_of_kilns(sandbox: Sandbox) -> None:
    with pytest.raises(UserError, match="no queue in us-east-1 is Kiln's"):
        command.list_jobs("", "", "", "", None, as_json=False)


def test_all_pages_are_read(sandbox: Sandbox, small: str, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(130):
        submit(sandbox, f"job-{number}")
    assert len(list_jobs(capsys, since="1h")["jobs"]) == 130


def test_since_a_time_that_aws_batch_cannot_count(
    sandbox: Sandbox, small: str, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    """It counts milliseconds from 1970 on."""
    submit(sandbox, "first")
    for since in ("1960-01-01", "0001-01-01", "99999w"):
        assert names(list_jobs(capsys, since=since)) == ["first"]
