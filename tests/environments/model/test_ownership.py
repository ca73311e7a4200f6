"""Who uses a resource, by its tags."""

from environments.model import ownership
from environments.model.ownership import Memory

LABELS = {"kiln:env:b": "ami=ami-2 previous=ami-1", "kiln:env:a": "2026-11-22T06:30:00Z", "Name": "x"}


def test_users_are_the_names_behind_the_tags() -> None:
    assert ownership.users(LABELS) == ("a", "b")
    assert ownership.users({"Name": "kiln:env:a"}) == ()
    assert ownership.others(LABELS, "a") == ("b",)
    assert ownership.others(LABELS, "c") == ("a", "b")


def test_what_batch_describes_may_have_no_tags() -> None:
    assert ownership.carries({"tags": LABELS}, "a")
    assert not ownership.carries({"tags": LABELS}, "c")
    assert not ownership.carries({"tags": None}, "a")
    assert not ownership.carries({}, "a")


def test_the_memory_of_an_ami_and_the_one_before() -> None:
    memory = ownership.memory(LABELS, "b")
    assert memory == Memory("ami-2", "ami-1")
    assert memory.as_tag() == LABELS["kiln:env:b"]
    assert memory.moved_to("ami-3") == Memory("ami-3", "ami-2")
    assert memory.moved_to("ami-2") == memory, "a change to the same AMI forgets nothing"
    assert ownership.memory(LABELS, "c") == Memory("", "")
    assert Memory("ami-1").as_tag() == "ami=ami-1"
