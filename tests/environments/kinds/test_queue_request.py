"""What is asked for a job queue."""

from environments.kinds.batch.queue_request import render

LIMIT = ("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", 600, "CANCEL")


def test_the_order_and_the_limits_of_a_new_queue() -> None:
    fields = {"priority": 1, "state": "ENABLED", "computeEnvironments": ("a", "b"), "timeLimits": (LIMIT,)}
    assert render(("arn:a", "arn:b"), fields, whole=True) == {
        "priority": 1,
        "state": "ENABLED",
        "computeEnvironmentOrder": [
            {"order": 1, "computeEnvironment": "arn:a"},
            {"order": 2, "computeEnvironment": "arn:b"},
        ],
        "jobStateTimeLimitActions": [
            {"reason": LIMIT[0], "state": "RUNNABLE", "maxTimeSeconds": 600, "action": "CANCEL"}
        ],
    }


def test_only_what_changes_is_sent() -> None:
    assert render(("arn:a",), {"priority": 2}, whole=False) == {"priority": 2}


def test_no_limits_take_those_of_an_existing_queue_away() -> None:
    assert render((), {"timeLimits": ()}, whole=False) == {"jobStateTimeLimitActions": []}
    assert render((), {"timeLimits": ()}, whole=True) == {}
