"""AMIs that are gone, or will be."""

from datetime import timedelta
from typing import Any

import pytest

from environments.doctor.checks.images import check_deprecation, check_existence
from tests.support.doctor_pictures import NOW, picture

USES = {"ec2Configuration": [{"imageIdOverride": "ami-1"}, {"imageIdOverride": "ami-2"}]}


def at(**after: int) -> dict[str, Any]:
    return {"State": "available", "DeprecationTime": f"{NOW + timedelta(**after):%Y-%m-%dT%H:%M:%S.000Z}"}


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (at(days=30), "in 30 days"), (at(days=1), "in 1 day"), (at(hours=2), "in 1 day"),
        (at(days=0), "since 2026-11-22"), (at(days=-400), "since 2025-10-18"),
    ],
)  # fmt: skip
def test_an_ami_that_is_deprecated_soon(image: dict[str, Any], words: str) -> None:
    [finding] = check_deprecation(picture(resources=USES, images={"ami-1": {"State": "available"}, "ami-2": image}))
    assert (finding.severity, finding.resource) == ("warning", "ami-2")
    assert finding.what.endswith(words)


def test_an_ami_that_is_not() -> None:
    assert list(check_deprecation(picture(resources=USES, images={"ami-1": at(days=30, seconds=1)}))) == []


def test_amis_that_are_gone() -> None:
    images = {"ami-1": {"State": "available"}}
    [gone] = check_existence(picture(resources=USES, images=images))
    assert (gone.severity, gone.resource) == ("error", "ami-2")
    [failed] = check_existence(picture(resources=USES, images=images | {"ami-2": {"State": "failed"}}))
    assert "is failed" in failed.what
    assert list(check_existence(picture(resources=USES, images={"ami-1": at(), "ami-2": at()}))) == []
