"""What show-env and list-envs print, of values made by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.kinds.batch.job_queues import ExistingQueue
from environments.machines.instance_types import InstanceType
from environments.screens import environment as show
from environments.screens.catalogue import STATES, Entry
from tests.support.stock import STOCK

TYPES = {name: InstanceType(name, vcpus, 1, ()) for name, vcpus in (("c5.large", 2), ("c5.xlarge", 4))}
NOW = datetime.now(UTC)
IMAGE = replace(STOCK, created=NOW - timedelta(days=3, hours=1))


def compute(**fields: Any) -> ExistingEnvironment:
    plain = {"state": "ENABLED", "minvCpus": 1, "maxvCpus": 9, "instanceTypes": ("c5.large",), "imageIdOverride": "a"}
    return ExistingEnvironment(
        "compute env", "one", "arn:one", plain | fields, {}, aws_name="one-2", status="VALID", reason="well",
        desired_vcpus=3, cluster="arn:c",
    )  # fmt: skip


QUEUE = ExistingQueue(
    "job queue", "q", "arn:q", {"state": "ENABLED", "priority": 7, "computeEnvironments": ("one",)}, {},
    status="VALID", reason="", arns=("arn:one",),
)  # fmt: skip
ENTRY = Entry("small", (compute(),), (QUEUE,), ("ami-1",), ())


def row(text: str, name: str) -> list[str]:
    [line] = [line for line in text.splitlines() if line.startswith(name)]
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def test_a_compute_environment_and_a_queue_in_their_rows() -> None:
    text = show.render_environment(ENTRY, {"one-2": 5}, {"q": {"RUNNING": 4}}, {"ami-1": IMAGE}, TYPES)
    assert row(text, "one-2") == ["one-2", "VALID", "ENABLED", "1 / 3 / 9", "5", "at most 4 × c5.large"]
    counts = ["4" if state == "RUNNING" else "0" for state in STATES]
    assert row(text, "q ") == ["q", "VALID", "ENABLED", "7", "one", *counts]
    assert f"{IMAGE.name}, 3 days old" in text
    assert "before" not in text


def test_nothing_runs() -> None:
    text = show.render_environment(ENTRY, {}, {}, {"ami-1": None}, TYPES)
    assert row(text, "one-2")[4] == "0"
    assert row(text, "q ")[5:] == ["0"] * len(STATES)
    assert "ami-1" in text
    assert STOCK.name not in text


def test_what_was_before_and_what_is_wrong() -> None:
    sick = replace(ENTRY, previous=("ami-0",), compute=(replace(compute(), status="INVALID"),))
    text = show.render_environment(sick, {}, {}, {}, TYPES)
    assert "ami-0 (--ami previous)" in text
    assert "one-2: well" in text
    assert "one-2: well" not in show.render_environment(ENTRY, {}, {}, {}, TYPES)


@pytest.mark.parametrize(
    ("types", "text"),
    [
        (("c5.large",), "at most 4 × c5.large"),
        (("c5.large", "c5.xlarge"), "at most 4 × c5.large or 2 × c5.xlarge"),
        (("c5.large", "c5"), "at most 9 vCPUs of c5.large, c5"),
    ],
)
def test_how_many_machines_there_can_be(types: tuple[str, ...], text: str) -> None:
    assert show.render_most(compute(instanceTypes=types), TYPES) == text


def test_the_list() -> None:
    text = show.render_list(
        [ENTRY, replace(ENTRY, name="sick", queues=(replace(QUEUE, status="INVALID"),))], "us-east-1"
    )
    assert row(text, "small") == ["small", "VALID", "1", "1", "ami-1"]
    assert "show-env --env sick" in text
    assert "show-env --env small" not in text
    assert "us-east-1" in show.render_list([], "us-east-1")


def test_the_document() -> None:
    document = show.make_document(ENTRY, {}, {"q": {"RUNNING": 4}}, {"ami-1": IMAGE, "ami-2": None}, TYPES, NOW)
    [one] = document["compute_environments"]
    assert (one["name"], one["definition"], one["instances"], one["desired_vcpus"]) == ("one-2", "one", 0, 3)
    assert (one["min_vcpus"], one["max_vcpus"], one["at_most"]) == (1, 9, "at most 4 × c5.large")
    assert document["queues"][0]["jobs"] == {"RUNNING": 4}
    there, gone = document["amis"]
    assert (there["exists"], there["age_days"], there["name"]) == (True, 3, IMAGE.name)
    assert (gone["exists"], gone["age_days"], gone["created"]) == (False, None, None)
    joined = show.make_document(ENTRY, {"one-2": 5}, {}, {}, TYPES, NOW)
    assert joined["compute_environments"][0]["instances"] == 5
    assert joined["queues"][0]["jobs"] == {}
