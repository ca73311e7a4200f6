"""A key gets another value; all else stays."""

import pytest
import yaml

from kiln.errors import UserError
from nextflow.recommendation.yaml_edit import Edit, list_keys, set_key, set_keys

PATH = ("compute_environments", "work", "instance_types")
HEAD = "# of mine\ncompute_environments:\n  work:   # first\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    instance_types: [c5] # 2\n    max_vcpus: 8\n", "    instance_types: [a, b] # new\n    max_vcpus: 8\n"),
        ("    max_vcpus: 8\n    instance_types: [c5.large]", "    max_vcpus: 8\n    instance_types: [a, b] # new"),
        (
            "    instance_types:\n    - c5.large   # old\n    - c5.xlarge\n\n    # next\n    max_vcpus: 8\n",
            "    instance_types: [a, b] # new\n\n    # next\n    max_vcpus: 8\n",
        ),
        ("    max_vcpus: 8 # keep\n", "    instance_types: [a, b] # new\n    max_vcpus: 8 # keep\n"),
        ("    {max_vcpus: 8}\n", "    {instance_types: [a, b], max_vcpus: 8}\n"),
        ("    {instance_types: [c5.large], max_vcpus: 8}\n", "    {instance_types: [a, b], max_vcpus: 8}\n"),
        ("    {} # all by default\n", "    {instance_types: [a, b]} # all by default\n"),
        ("    instance_types: [c5]\r\n    max_vcpus: 8\r\n",
         "    instance_types: [a, b] # new\r\n    max_vcpus: 8\r\n"),
    ],
)  # fmt: skip
def test_a_value_and_its_comment(before: str, after: str) -> None:
    assert set_key(HEAD + before, PATH, "[a, b]", "new") == HEAD + after


def test_a_mapping_that_is_not_there() -> None:
    with pytest.raises(UserError, match=r"compute_environments\.work cannot be edited"):
        set_key("compute_environments: {other: {max_vcpus: 1}}\n", PATH, "[a]")


@pytest.mark.parametrize(
    "text",
    [
        "x: &x\n  types: [c5]\na:\n  s: *x\n  t: *x\n",
        "a:\n  s: &x\n    types: [c5]\n  t: *x\n",
        "a:\n  s:\n    types: &t [c5]\n  t:\n    types: *t\n",
        "t: &t [c5]\na:\n  s:\n    types: *t\n",
        "a:\n  s:\n    types: [&c c5]\n  t:\n    types: [*c]\n",
    ],
)
def test_what_several_places_share_is_not_edited(text: str) -> None:
    with pytest.raises(UserError, match=r"a\.s\.types cannot be edited") as raised:
        set_key(text, ("a", "s", "types"), "[m5]")
    assert "another place" in raised.value.why


def test_anchors_of_other_keys_are_no_hindrance() -> None:
    text = "x: &x {market: spot}\na:\n  s:\n    <<: *x\n    types: [c5]\n"
    assert set_key(text, ("a", "s", "types"), "[m5]") == text.replace("[c5]", "[m5]")


def test_what_is_taken_over_may_change_where_every_place_gets_its_own() -> None:
    text = "a:\n  s: &s\n    types: [c5]\n    most: 1\n  t:\n    <<: *s\n    most: 2\n"
    both = [Edit(("a", "s", "types"), "[m5]"), Edit(("a", "t", "types"), "[r5]")]
    after = set_keys(text, both)
    assert yaml.safe_load(after)["a"] == {"s": {"types": ["m5"], "most": 1}, "t": {"types": ["r5"], "most": 2}}
    with pytest.raises(UserError, match=r"a\.s\.types cannot be edited"):
        set_keys(text, both[:1])
    assert yaml.safe_load(set_keys(text, both[1:]))["a"]["s"]["types"] == ["c5"]


def test_keys_as_they_are_written() -> None:
    assert list_keys('a:\n  "{x}-1": {}\n  two: {}\nb: 1\n', "a") == ["{x}-1", "two"]
    assert list_keys("b: 1\n", "a") == []
