"""Which instance types an entry of instanceTypes allows."""

import pytest

from environments.machines.families import find_family, is_allowed, list_families, refuse_never
from kiln.errors import UserError


def test_the_families_behind_an_entry() -> None:
    assert list_families("c5.2xlarge") == ("c5",)
    assert list_families("c5") == ("c5",)
    assert "m6i" in list_families("optimal")
    assert find_family("u7i-12tb.224xlarge") == "u7i-12tb"


@pytest.mark.parametrize(
    ("entries", "name", "allowed"),
    [
        (["c5"], "c5.large", True),
        (["c5.large"], "c5.large", True),
        (["c5.large"], "c5.xlarge", False),
        (["c5"], "c5d.large", False),
        (["optimal"], "r6i.8xlarge", True),
        (["optimal"], "r6g.8xlarge", False),
        (["default_arm64"], "r6g.8xlarge", True),
        (["p3", "optimal"], "p3.2xlarge", True),
        ([], "c5.large", False),
    ],
)
def test_an_entry_is_a_type_a_family_or_a_word(entries: list[str], name: str, allowed: bool) -> None:
    assert is_allowed(entries, name) is allowed


@pytest.mark.parametrize("name", ["t3.micro", "t4g", "t2.small", "mac2.metal"])
def test_what_aws_batch_never_takes(name: str) -> None:
    with pytest.raises(UserError, match=f"AWS Batch takes no {name}"):
        refuse_never(["c5.large", name])


def test_types_that_only_look_like_those() -> None:
    refuse_never(["trn1.2xlarge", "m6i", "optimal"])
