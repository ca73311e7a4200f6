"""A roll-out decision in words."""

import pytest

from environments.kinds.batch.jobs import Job
from environments.rollout.decision import BlueGreen, InPlace
from environments.rollout.obstacles import FixedField, FixedStrategy, LongJobs, LongWait, Obstacle, OtherServiceRole
from environments.screens.rollout import describe_decision

JOBS = (Job("7c1e", "fastqc", "RUNNING"), Job("8d2f", "align", "RUNNING"))


def test_nothing_is_rolled_out() -> None:
    assert describe_decision(None) == ""


def test_in_place() -> None:
    assert describe_decision(InPlace("BEST_FIT_PROGRESSIVE")) == "in place: service-linked role, BEST_FIT_PROGRESSIVE"


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [
        (OtherServiceRole(), "its service role is not the service-linked one"),
        (FixedStrategy("BEST_FIT"), "the strategy BEST_FIT cannot be updated in place"),
        (FixedField("spotIamFleetRole"), "its Spot fleet role cannot be changed in place"),
        (FixedField("serviceRole"), "its service role cannot be changed in place"),
        (LongWait(), "ends jobs after 7200 minutes"),
        (LongJobs(JOBS, 30), "2 jobs may run for longer than 30 minutes: 7c1e (fastqc, RUNNING)"),
        (LongJobs(JOBS[:1], 30), "1 job may run for longer"),
    ],
)
def test_why_a_successor(obstacle: Obstacle, words: str) -> None:
    assert words in describe_decision(BlueGreen(obstacle, "spot", "spot-2"))


def test_what_it_replaces_where_and_who_finishes_first() -> None:
    decision = BlueGreen(LongWait(), "spot", "spot-2", (("default", 2), ("high", 1)), 3)
    assert describe_decision(decision).endswith(
        "; spot-2 replaces spot in default (2nd) and high (1st); 3 jobs finish first"
    )
    alone = BlueGreen(LongWait(), "spot", "spot-2", finishing=1)
    assert describe_decision(alone).endswith("; spot-2 replaces spot; 1 job finishes first")
