"""Which queues attempts go to, and what they ask for there."""

from typing import Any

import pytest

from environments.spec import definitions
from environments.spec.environment import EnvironmentSpec
from kiln.errors import UserError
from nextflow.config.places import list_places
from nextflow.config.rungs import Rung, climb, list_rungs
from tests.support.nextflow_machines import KNOWN, make_spec

SMALL = {"instance_types": ("c5.2xlarge",)}
LARGE = {"instance_types": ("c5.4xlarge",)}
SPOT = {**SMALL, "market": "spot"}
MANY = {"instance_types": ("c6i", "m6i")}
GPU = {"instance_types": ("g5.xlarge",)}
ARM = {"instance_types": ("m6g.xlarge",)}


def rungs_of(spec: EnvironmentSpec, **registered: int) -> tuple[Rung, ...]:
    measured = {name.replace("_", "."): memory for name, memory in registered.items()}
    return list_rungs(climb(list_places(spec, KNOWN, measured), spec.nextflow.queues))


def queues_of(compute: dict[str, Any], queues: dict[str, list[str]], **more: Any) -> list[str]:
    spec = make_spec(compute, queues, **more)
    return [place.queue for place in climb(list_places(spec, KNOWN, {}), spec.nextflow.queues)]


def test_the_guides_case_of_a_workload_and_an_excess_queue() -> None:
    rungs = rungs_of(definitions.load("salmon"))
    assert rungs == (Rung("salmonWorkload", 8, 15400), Rung("salmonExcess", 16, 31100))


def test_what_machines_registered_counts_more_than_what_others_measured() -> None:
    rungs = rungs_of(definitions.load("salmon"), c5_2xlarge=15299)
    assert [rung.memory for rung in rungs] == [15200, 31100]


def test_from_spot_to_on_demand_with_twice_the_memory() -> None:
    rungs = rungs_of(definitions.load("genomics"))
    assert rungs == (Rung("default", 1, 1800), Rung("highpriority", 1, 3600), Rung("highpriority", 1, 7200))


@pytest.mark.parametrize(
    ("compute", "queues", "expected"),
    [
        ({"a": SMALL}, {"low": ["a"], "high": ["a"]}, ["low"]),
        ({"a": SMALL}, {"high": ["a"], "default": ["a"]}, ["default"]),
        ({"a": LARGE, "b": SMALL}, {"excess": ["a"], "usual": ["b"]}, ["usual", "excess"]),
        ({"a": SPOT, "b": SMALL}, {"sure": ["b"], "cheap": ["a", "b"]}, ["cheap", "sure"]),
        ({"a": SPOT, "b": LARGE}, {"cheap": ["a"], "large": ["b"]}, ["cheap", "large"]),
        ({"a": SMALL, "b": GPU}, {"gpu": ["b"], "default": ["a"]}, ["default"]),
        ({"a": SMALL, "b": ARM}, {"default": ["b"], "x86": ["a"]}, ["default"]),
        ({"a": SMALL, "b": LARGE}, {"tasks": ["a"], "head": ["b"]}, ["tasks"]),
        ({"a": SMALL, "b": LARGE}, {"lab-tasks": ["a"], "lab-head": ["b"]}, ["lab-tasks"]),
        ({"a": SMALL}, {"head": ["a"]}, ["head"]),
    ],
    ids=[
        "equal ones",
        "default",
        "sizes",
        "markets",
        "both",
        "GPUs apart",
        "architectures apart",
        "head",
        "head by the end of its name",
        "head alone",
    ],
)
def test_the_order_of_queues(compute: dict[str, Any], queues: dict[str, list[str]], expected: list[str]) -> None:
    assert queues_of(compute, queues) == expected


def test_queues_that_the_definition_names_keep_its_order() -> None:
    compute, queues = {"a": SMALL, "b": LARGE}, {"small": ["a"], "large": ["b"]}
    assert queues_of(compute, queues, nextflow={"queues": ("large", "small")}) == ["large", "small"]


def test_a_queue_that_is_named_counts_even_if_it_is_called_head() -> None:
    compute, queues = {"a": SMALL, "b": LARGE}, {"small": ["a"], "head": ["b"]}
    assert queues_of(compute, queues, nextflow={"queues": ("head",)}) == ["head"]


def test_machines_for_which_max_vcpus_leaves_no_room_do_not_count() -> None:
    spec = make_spec({"a": {"instance_types": ("c5", "m6i.large"), "max_vcpus": 8}}, {"default": ["a"]})
    [place] = list_places(spec, KNOWN, {})
    assert [size.name for size in place.sizes] == ["m6i.large", "c5.2xlarge"]


def test_a_queue_that_is_disabled_gets_no_task() -> None:
    spec = make_spec({"a": SMALL, "b": LARGE}, {"usual": ["a"], "excess": ["b"]})
    disabled = spec.queues["excess"].model_copy(update={"state": "disabled"})
    spec = spec.model_copy(update={"queues": {**spec.queues, "excess": disabled}})
    assert [place.queue for place in list_places(spec, KNOWN, {})] == ["usual"]


def test_compute_environments_that_are_disabled_start_no_machine() -> None:
    """AWS Batch places no job in them: a queue with no other gets no task, and its other machines count."""
    closed = {**LARGE, "state": "disabled"}
    assert queues_of({"a": SMALL, "b": closed}, {"usual": ["a"], "excess": ["b"]}) == ["usual"]
    spec = make_spec({"a": SMALL, "b": closed}, {"usual": ["b", "a"]})
    assert [size.name for size in list_places(spec, KNOWN, {})[0].sizes] == ["c5.2xlarge"]


def test_machines_that_ec2_does_not_know_are_told() -> None:
    with pytest.raises(UserError, match="machines of the queue low are not known"):
        list_places(make_spec({"a": {"instance_types": ("c5.metal",)}}, {"low": ["a"]}), KNOWN, {})
