"""What a roll-out meets in AWS Batch."""

from dataclasses import replace
from typing import Any

import pytest

from environments.kinds.batch import compute_environments
from environments.rollout.situation import list_own_queues, refuse_strangers
from kiln.errors import UserError
from tests.support.inputs import found_like, inputs

[COMPUTE, *_] = compute_environments.desired(inputs("genomics"))
EXISTING = replace(found_like(COMPUTE), id="arn:compute", aws_name="spot-1")


def queue(name: str, *arns: str, tag: str = "kiln:env:genomics") -> dict[str, Any]:
    order = [{"order": n, "computeEnvironment": arn} for n, arn in enumerate(arns, 1)]
    return {"jobQueueName": name, "computeEnvironmentOrder": order, "tags": {tag: ""} if tag else {}}


def test_own_queues_by_their_tag() -> None:
    queues = [queue("a"), queue("b", tag=""), queue("c", tag="kiln:env:other")]
    assert list_own_queues(queues, "genomics") == ["a"]


def test_a_queue_of_others_holds_on_to_a_compute_environment() -> None:
    refuse_strangers([queue("a", "arn:compute"), queue("b", "arn:else", tag="")], "genomics", EXISTING)
    with pytest.raises(UserError, match="spot-1 cannot be deleted") as caught:
        refuse_strangers([queue("b", "arn:else", "arn:compute", tag="kiln:env:other")], "genomics", EXISTING)
    assert caught.value.why == "the queue b uses it, and is not genomics's"
