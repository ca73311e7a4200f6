"""Roles and instance profiles: they exist, and trust their service."""

from typing import Any

import pytest

from environments.doctor.checks.roles import check_instance_profiles, check_service_roles, check_spot_roles
from environments.doctor.facts.picture import Picture
from environments.doctor.facts.roles import Profile, Role, Roles
from tests.support.doctor_pictures import picture

IAM = "arn:aws:iam::123456789012:"
PROFILE = f"{IAM}instance-profile/machines"
FLEET = f"{IAM}role/fleet"
SPOT = "spot.amazonaws.com"


def role(name: str, trusts: str) -> Role:
    return Role(f"{IAM}role/{name}", trusts)


def seen(roles: Roles, **resources: Any) -> Picture:
    return picture("c5", resources=resources, roles=roles)


def profile(held: Role | None) -> Roles:
    return Roles(profiles={"machines": Profile(PROFILE, held)})


def test_a_profile_with_the_role_that_machines_need() -> None:
    roles = profile(role("m", "ec2.amazonaws.com"))
    assert list(check_instance_profiles(seen(roles, instanceRole=PROFILE))) == []


@pytest.mark.parametrize(
    ("roles", "severity", "resource", "words"),
    [
        (Roles(), "error", "instance profile machines", "there is no instance profile machines"),
        (profile(None), "error", "instance profile machines", "holds no role"),
        (profile(role("m", "ecs.amazonaws.com")), "error", "m", "does not trust ec2.amazonaws.com"),
        (profile(role("m", "xec2.amazonaws.com")), "error", "m", "does not trust ec2.amazonaws.com"),
    ],
)
def test_what_is_wrong_with_a_profile(roles: Roles, severity: str, resource: str, words: str) -> None:
    [finding] = check_instance_profiles(seen(roles, instanceRole=PROFILE))
    assert (finding.severity, finding.resource) == (severity, resource)
    assert words in finding.what


def test_spot_needs_its_service_linked_roles() -> None:
    [finding] = check_spot_roles(seen(Roles(), type="SPOT"))
    assert (finding.severity, finding.resource) == ("error", SPOT)
    assert list(check_spot_roles(seen(Roles(service_linked=frozenset([SPOT])), type="SPOT"))) == []
    assert list(check_spot_roles(seen(Roles(), type="EC2"))) == []


def test_spot_fleet_needs_its_own_role_and_service_linked_role() -> None:
    roles = Roles(service_linked=frozenset([SPOT]))
    missing, linked = check_spot_roles(seen(roles, type="SPOT", spotIamFleetRole=FLEET))
    assert (missing.resource, linked.resource) == ("fleet", "spotfleet.amazonaws.com")
    fleet = role("fleet", "spotfleet.amazonaws.com")
    whole = Roles({"fleet": fleet}, service_linked=frozenset([SPOT, "spotfleet.amazonaws.com"]))
    assert list(check_spot_roles(seen(whole, type="SPOT", spotIamFleetRole=FLEET))) == []


def test_a_service_role_is_looked_at_and_the_service_linked_is_not() -> None:
    def with_role(arn: str) -> Picture:
        plain = picture("c5")
        plain.scope.environments[0]["serviceRole"] = arn  # type: ignore[index]  # of this test's own
        return plain

    [finding] = check_service_roles(with_role(f"{IAM}role/batch"))
    assert finding.resource == "batch"
    linked = f"{IAM}role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"
    assert list(check_service_roles(with_role(linked))) == []
    assert list(check_service_roles(picture("c5"))) == []
