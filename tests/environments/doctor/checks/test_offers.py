"""What zones offer, what quotas allow, and machines that nobody asked for."""

from typing import Any

import pytest

from environments.doctor.checks.capacity import check_idle_machines, check_offers, check_quotas
from environments.doctor.facts.instance_types import InstanceTypes
from environments.doctor.facts.network import Network
from environments.doctor.facts.picture import Picture
from tests.support.doctor_pictures import picture

SUBNETS = {"subnet-1": {"AvailabilityZone": "a"}, "subnet-2": {"AvailabilityZone": "b"}}
OFFERED = {"c5.2xlarge": frozenset("ac"), "c5.4xlarge": frozenset("c"), "g5.xlarge": frozenset("c")}


def seen(*types: str, subnets: tuple[str, ...] = ("subnet-1", "subnet-2")) -> Picture:
    parts: dict[str, Any] = {"network": Network(SUBNETS), "types": InstanceTypes(zones=OFFERED)}
    return picture(*types, resources={"subnets": list(subnets)}, **parts)


@pytest.mark.parametrize("types", [("c5.2xlarge",), ("c5",), ("c5", "c5.2xlarge")])
def test_a_type_that_any_of_the_zones_offers(types: tuple[str, ...]) -> None:
    assert list(check_offers(seen(*types))) == []


def test_no_type_that_is_offered_is_an_error_and_some_a_warning() -> None:
    [finding] = check_offers(seen("g5", "c5.4xlarge"))
    assert (finding.severity, finding.resource) == ("error", "one")
    assert "g5, c5.4xlarge" in finding.what
    assert "a, b" in finding.what
    [some] = check_offers(seen("g5", "c5.2xlarge"))
    assert some.severity == "warning"
    assert "allows g5," in some.what


@pytest.mark.parametrize("subnets", [(), ("subnet-9",)])
def test_without_a_known_zone_nothing_is_said(subnets: tuple[str, ...]) -> None:
    assert list(check_offers(seen("g5", subnets=subnets))) == []


@pytest.mark.parametrize(("quota", "found"), [(255.0, 1), (256.0, 0)])
def test_more_vcpus_than_the_quota(quota: float, found: int) -> None:
    """L-1216C47A counts standard machines on demand."""
    findings = list(check_quotas(picture("c5", most=256, quotas={"L-1216C47A": quota})))
    assert len(findings) == found
    assert all("256" in finding.what and "255 vCPUs" in finding.what for finding in findings)
    assert list(check_quotas(picture("c5", most=256, quotas={"L-DB2E81BA": 0.0}))) == []


@pytest.mark.parametrize(("least", "words"), [(1, "keeps 1 vCPU running"), (8, "keeps 8 vCPUs running")])
def test_machines_that_run_without_jobs(least: int, words: str) -> None:
    [finding] = check_idle_machines(picture("c5", resources={"minvCpus": least}))
    assert (finding.severity, words in finding.what) == ("warning", True)
    assert "DISABLED" not in finding.why


def test_they_run_even_where_their_compute_environment_is_off() -> None:
    plain = picture("c5", resources={"minvCpus": 1})
    plain.scope.environments[0]["state"] = "DISABLED"  # type: ignore[index]  # of this test's own
    [finding] = check_idle_machines(plain)
    assert "DISABLED" in finding.why


def test_none_that_is_kept_running() -> None:
    assert list(check_idle_machines(picture("c5", resources={"minvCpus": 0}))) == []
    assert list(check_idle_machines(picture("c5"))) == []
