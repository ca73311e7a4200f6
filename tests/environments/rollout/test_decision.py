"""In place or blue/green, without AWS."""

from typing import Any

import botocore.loaders
import pytest

from environments.kinds.batch import compute_environments
from environments.rollout.obstacles import UPDATABLE
from environments.screens.rollout import describe_decision
from tests.support.inputs import found_like, inputs, plan_idle


@pytest.mark.parametrize(
    ("env", "changes", "action", "why"),
    [
        ("genomics", {}, "unchanged", ""),
        ("genomics", {"maxvCpus": 16}, "update", ""),
        ("genomics", {"state": "DISABLED"}, "update", ""),
        ("genomics", {"imageIdOverride": "ami-0"}, "update", "in place: service-linked role"),
        ("genomics", {"imageIdOverride": "ami-0", "allocationStrategy": "BEST_FIT"}, "replace", "BEST_FIT cannot"),
        ("genomics", {"imageIdOverride": "ami-0", "allocationStrategy": "BEST_FIT_TOMORROW"}, "replace",
         "the strategy BEST_FIT_TOMORROW cannot"),
        ("genomics", {"spotIamFleetRole": "arn:x"}, "replace", "its Spot fleet role cannot"),
        ("genomics-2019", {"imageIdOverride": "ami-0"}, "replace", "not the service-linked one"),
        ("genomics-2019", {"minvCpus": 4}, "update", ""),
    ],
)  # fmt: skip
def test_in_place_or_blue_green(env: str, changes: dict[str, Any], action: str, why: str) -> None:
    [first, *_] = compute_environments.desired(inputs(env))
    done = plan_idle(first, found_like(first, **changes), env)
    assert done.action == action
    assert why in describe_decision(done.decision)
    assert (done.decision is not None) == bool(why)


def test_every_strategy_that_is_updated_in_place_is_one_that_aws_batch_takes_for_an_update() -> None:
    shapes = botocore.loaders.Loader().load_service_model("batch", "service-2")["shapes"]
    assert set(shapes["CRUpdateAllocationStrategy"]["enum"]) >= UPDATABLE
    assert "BEST_FIT" not in UPDATABLE
