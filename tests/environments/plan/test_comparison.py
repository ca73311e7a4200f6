"""A resource as it is asked for beside what AWS has."""

from dataclasses import replace

import pytest

from environments.kinds.batch import compute_environments
from environments.kinds.data import log_groups
from environments.plan.comparison import compare
from kiln.errors import UserError
from tests.support.inputs import found_like, inputs

HERE = inputs("genomics")
[GROUP] = log_groups.desired(HERE)
[COMPUTE, *_] = compute_environments.desired(HERE)


def test_what_does_not_exist_is_made() -> None:
    assert compare(GROUP, None, "genomics").existing is None
    with pytest.raises(UserError, match=f"there is no log group {GROUP.name}"):
        compare(replace(GROUP, foreign=True), None, "genomics")


def test_what_is_there_as_asked_for() -> None:
    compared = compare(GROUP, found_like(GROUP), "genomics")
    assert (compared.changes, compared.foreign, compared.joins) == ((), False, False)


def test_a_shared_resource_gets_the_tag_of_its_next_user() -> None:
    existing = replace(found_like(GROUP), tags={"kiln:env:other": "2026"})
    compared = compare(GROUP, existing, "genomics")
    assert (compared.foreign, compared.joins) == (False, True)


def test_what_kiln_did_not_make_stays_as_it_is() -> None:
    compared = compare(GROUP, replace(found_like(GROUP, retention=1), tags={}), "genomics")
    assert compared.foreign
    assert [change.field for change in compared.changes] == ["retention"]


def test_what_no_two_environments_can_share() -> None:
    existing = replace(found_like(COMPUTE), tags={"kiln:env:other": "2026"})
    with pytest.raises(UserError, match="belongs to the environment other"):
        compare(COMPUTE, existing, "genomics")


@pytest.mark.parametrize(
    ("changes", "rollout"), [({"maxvCpus": 1}, False), ({"state": "DISABLED"}, False), ({"subnets": ("s",)}, True)]
)
def test_only_what_touches_a_machine_is_a_rollout(changes: dict[str, object], rollout: bool) -> None:
    compared = compare(COMPUTE, found_like(COMPUTE, **changes), "genomics")
    assert compared.needs_rollout is rollout
    stranger = replace(found_like(COMPUTE, **changes), tags={})
    assert not compare(COMPUTE, stranger, "genomics").needs_rollout


def test_what_an_earlier_rollout_left() -> None:
    left = found_like(COMPUTE)
    existing = replace(found_like(COMPUTE), others=(left,))
    assert compare(COMPUTE, existing, "genomics").leftovers == (left,)
    assert compare(GROUP, found_like(GROUP), "genomics").leftovers == ()
