"""What is to be done for a resource, without AWS."""

from dataclasses import replace

import pytest

from environments.model.resource import Desired, Difference, Existing
from environments.plan.plan import write_notes
from environments.plan.steps import Step
from kiln.errors import UserError
from tests.support.inputs import inputs, plan_idle


def test_what_is_to_be_done_for_a_resource() -> None:
    desired = Desired("log group", "/jobs", {"retention": "30 days"}, {"kiln:env:a": "now"})
    there = Existing("log group", "/jobs", "arn", {"retention": "30 days"}, {"kiln:env:a": "then"})
    assert plan_idle(desired, None, "a").action == "create"
    assert plan_idle(desired, there, "a") == Step("unchanged", desired, there)
    other = replace(there, fields={"retention": "7 days"})
    assert plan_idle(desired, other, "a").changes == (Difference("retention", "7 days", "30 days"),)
    shared = plan_idle(desired, replace(there, tags={"kiln:env:b": "then"}), "a")
    assert (shared.action, shared.joins, shared.something_to_do) == ("unchanged", True, True)
    foreign = plan_idle(desired, replace(other, tags={}), "a")
    assert (foreign.action, foreign.something_to_do) == ("foreign", False)
    assert "is not Kiln's and stays as it is; it differs: retention" in write_notes(inputs("salmon"), [foreign])[0]
    with pytest.raises(UserError, match="belongs to the environment b"):
        plan_idle(replace(desired, exclusive=True), replace(there, tags={"kiln:env:b": "then"}), "a")
    with pytest.raises(UserError, match="there is no log group"):
        plan_idle(replace(desired, foreign=True), None, "a")
