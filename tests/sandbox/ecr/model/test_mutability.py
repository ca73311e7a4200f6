"""Which tags can be moved."""

import pytest

from sandbox.ecr.model.mutability import is_immutable

FILTERS = [{"filterType": "WILDCARD", "filter": "latest*"}]


@pytest.mark.parametrize(
    ("setting", "tag", "immutable"),
    [
        ("MUTABLE", "1", False),
        ("IMMUTABLE", "1", True),
        ("IMMUTABLE_WITH_EXCLUSION", "latest-2", False),
        ("IMMUTABLE_WITH_EXCLUSION", "x-latest", True),
        ("MUTABLE_WITH_EXCLUSION", "latest", True),
        ("MUTABLE_WITH_EXCLUSION", "1", False),
    ],
)
def test_the_setting_and_its_exceptions_decide(setting: str, tag: str, immutable: bool) -> None:
    assert is_immutable(setting, FILTERS if "EXCLUSION" in setting else None, tag) is immutable
