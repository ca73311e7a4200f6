"""Minutes from earlier builds, dollars from the price list."""

import json
from pathlib import Path

import pytest

from cloud.session import Cloud
from images.plan.estimate import TYPICAL_MINUTES, estimate, expect_minutes
from sandbox.inprocess import Sandbox

ROOT = [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 100, "VolumeType": "gp3"}}]


def test_minutes_are_the_median_of_earlier_builds(tmp_path: Path) -> None:
    assert expect_minutes(tmp_path) == TYPICAL_MINUTES
    for n, seconds in enumerate((60, 600, 120)):
        (tmp_path / str(n)).mkdir()
        (tmp_path / str(n) / "manifest.json").write_text(json.dumps({"seconds": seconds}))
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "manifest.json").write_text("{")
    assert expect_minutes(tmp_path) == 2


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_dollars_come_from_the_price_list_of_the_region(sandbox: Sandbox, tmp_path: Path, region: str) -> None:
    found = estimate(Cloud(region), tmp_path, "m6i.large", ROOT)
    assert found.dollars is not None
    assert 0.005 < found.dollars < 0.1
    assert found.monthly == pytest.approx(5.0)


def test_a_price_list_that_may_not_be_read_stops_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.faults.add("GetProducts", "AccessDeniedException", status=403, times=None)
    assert estimate(Cloud(), tmp_path, "m6i.large", ROOT).dollars is None
