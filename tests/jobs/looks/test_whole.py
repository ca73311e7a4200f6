"""The end of a job's log, or why there is none."""

from dataclasses import replace

import pytest

from cloud.session import Cloud
from jobs.looks import whole
from jobs.model.job import Array, Job
from sandbox.inprocess import Sandbox
from tests.support.jobs import FAILED


def put(sandbox: Sandbox, *lines: str) -> None:
    logs = sandbox.client("logs")
    logs.create_log_group(logGroupName=FAILED.log_group)
    logs.create_log_stream(logGroupName=FAILED.log_group, logStreamName="s/2")
    now = int(sandbox.clock.now() * 1000)
    events = [{"timestamp": now + number, "message": line} for number, line in enumerate(lines)]
    logs.put_log_events(logGroupName=FAILED.log_group, logStreamName="s/2", logEvents=events)


def test_the_last_lines_of_the_last_attempt(sandbox: Sandbox, cloud: Cloud) -> None:
    put(sandbox, "one", "two", "three")
    lines, why = whole.read_log(cloud, FAILED, 2)
    assert ([line.text for line in lines], why) == (["two", "three"], "")


def test_no_line_asked_for_is_no_call(sandbox: Sandbox, cloud: Cloud) -> None:
    put(sandbox, "one")
    sandbox.calls.clear()
    assert whole.read_log(cloud, FAILED, 0) == ((), "")
    assert not sandbox.calls.all()


@pytest.mark.parametrize(
    ("job", "why"),
    [
        (FAILED, "has no stream s/2"),
        (replace(FAILED, attempts=()), "never started"),
        (replace(FAILED, log_driver="splunk"), "goes to splunk"),
        (replace(FAILED, array=Array(7)), "logs of their own"),
    ],
)
def test_why_there_is_no_log(sandbox: Sandbox, cloud: Cloud, job: Job, why: str) -> None:
    lines, told = whole.read_log(cloud, job, 5)
    assert lines == ()
    assert why in told
