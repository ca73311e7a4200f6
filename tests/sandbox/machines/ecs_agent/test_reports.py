"""Reports that ECS does not take at once."""

from collections.abc import Callable

import pytest

from sandbox.machines.ecs_agent.wire.calls import AwsError
from tests.support.docker_double import DockerDouble, until
from tests.support.guest_agent import GuestAgent, task

Start = Callable[..., GuestAgent]


@pytest.mark.parametrize("code", ["ClientException", "AccessDeniedException", "ServerException"])
def test_a_refused_report_is_sent_until_it_is_taken(agent: GuestAgent, code: str) -> None:
    agent.aws.errors = [AwsError(code, "no", 400)] * 3
    agent.payload(task())
    until(lambda: agent.statuses() == ["RUNNING"] * 4 + ["STOPPED"])


def test_an_invalid_one_is_dropped_and_the_next_is_sent(agent: GuestAgent) -> None:
    agent.aws.errors = [AwsError("InvalidParameterException", "no", 400)]
    payload = task()
    agent.payload(payload)
    until(lambda: agent.statuses() == ["RUNNING", "STOPPED"])
    until(lambda: agent.engine.tasks[payload["arn"]].sent == "STOPPED")


def test_reports_of_one_task_do_not_hold_up_anothers(agent: GuestAgent, docker: DockerDouble) -> None:
    first, second = task(), task()
    agent.payload(first, second)
    until(lambda: agent.statuses().count("STOPPED") == 2)
    for arn in (first["arn"], second["arn"]):
        assert [change["status"] for change in agent.aws.changes() if change["task"] == arn] == ["RUNNING", "STOPPED"]
