"""ARNs that a definition implies."""

from dataclasses import replace

import pytest

from environments.model.resource import Existing
from tests.support.inputs import inputs


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("ap-southeast-2", "aws"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-east-1", "aws-iso"),
    ],
)
def test_an_arn_has_the_partition_of_its_region(region: str, partition: str) -> None:
    here = replace(inputs("genomics"), region=region)
    assert here.iam_arn("role", "r") == f"arn:{partition}:iam::123456789012:role/r"
    assert here.iam_arn("instance profile", "p") == f"arn:{partition}:iam::123456789012:instance-profile/p"
    assert here.managed("service-role/x") == f"arn:{partition}:iam::aws:policy/service-role/x"


def test_what_exists_has_its_own_arn() -> None:
    """A role may have a path that nobody can guess."""
    arn = "arn:aws:iam::123456789012:role/lab/r"
    here = inputs("genomics").knowing({("role", "r"): Existing("role", "r", arn, {}, {})})
    assert here.iam_arn("role", "r") == arn
    assert here.iam_arn("role", "s").endswith(":role/s")


def test_everything_is_tagged_with_its_environment() -> None:
    assert inputs("genomics", tags={"lab": "a"}).tags == {"lab": "a", "kiln:env:genomics": "2026-11-22T06:30:00Z"}
