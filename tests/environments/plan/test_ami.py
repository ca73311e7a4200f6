"""The AMI that an environment runs, and the one before, without AWS."""

from dataclasses import replace

import pytest

from environments.kinds.batch import compute_environments
from environments.model import ownership
from environments.model.ownership import Memory
from environments.model.resource import Difference
from environments.plan import ami as choice
from environments.spec import definitions
from kiln.errors import UserError
from tests.support.inputs import found_like, inputs
from tests.support.stock import STOCK


def test_the_memory_of_the_ami_before() -> None:
    memory = Memory("ami-1")
    assert memory.moved_to("ami-1") is memory
    assert memory.moved_to("ami-2").as_tag() == "ami=ami-2 previous=ami-1"
    assert memory.moved_to("ami-2").moved_to("ami-1") == Memory("ami-1", "ami-2")
    tag = {"kiln:env:genomics": "ami=ami-2 previous=ami-1"}
    assert ownership.memory(tag, "genomics") == Memory("ami-2", "ami-1")
    assert ownership.memory({}, "genomics") == Memory("")


def test_a_memory_that_a_killed_run_left_behind_is_put_right() -> None:
    [first, *_] = compute_environments.desired(inputs("genomics"))
    found = replace(found_like(first), tags={**first.tags, "kiln:env:genomics": "ami=ami-0"})
    assert compute_environments.diff(first, found) == (
        Difference("remembers", "ami=ami-0", f"ami={STOCK.id} previous=ami-0"),
    )


def test_the_previous_ami() -> None:
    spec = definitions.load("genomics")
    at, halfway = Memory("ami-2", "ami-1"), Memory("ami-1", "ami-0")
    assert choice.find_previous(spec, [at, at]) == "ami-1"
    assert choice.find_previous(spec, [at, halfway]) == "ami-1"
    for remembered, why in (
        ([], "remembers no previous AMI"),
        ([Memory("ami-1")], "remembers no previous AMI"),
        ([Memory("ami-1", "ami-2"), Memory("ami-2", "ami-1")], "is between two AMIs"),
    ):
        with pytest.raises(UserError, match=why):
            choice.find_previous(spec, remembered)


def test_the_stock_ami_of_an_image() -> None:
    assert choice.find_stock("nextflow-al2") == "ecs/al2"
    assert choice.find_stock("nobodys") == "ecs/al2023"
