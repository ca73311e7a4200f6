"""INVALID compute environments: what their reason blames, spelled as the checks of such things spell it."""

from typing import Any

import pytest

from environments.doctor.checks.compute_environments import check_status
from environments.doctor.facts.picture import Picture
from tests.support.doctor_pictures import picture

USES: dict[str, Any] = {
    "ec2KeyPair": "k",
    "placementGroup": "p",
    "instanceRole": "arn:aws:iam::123456789012:instance-profile/machines",
    "spotIamFleetRole": "arn:aws:iam::123456789012:role/fleet",
    "launchTemplate": {"launchTemplateName": "t", "version": "3"},
}


def invalid(reason: str | None, status: str = "INVALID") -> Picture:
    plain = picture("c5", resources=USES)
    changes = {"status": status, "statusReason": reason, "serviceRole": "arn:aws:iam::123456789012:role/batch"}
    plain.scope.environments[0].update(changes)  # type: ignore[attr-defined]  # of this test's own
    return plain


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("CLIENT_ERROR - The image id '[ami-0abc]' does not exist", "ami-0abc"),
        ("CLIENT_ERROR - The image id does not exist", ""),
        ("CLIENT_ERROR - The subnet ID 'subnet-0abc' does not exist", "subnet-0abc"),
        ("CLIENT_ERROR - The security group 'sg-0abc' does not exist", "sg-0abc"),
        ("CLIENT_ERROR - Invalid IamInstanceProfile: x", "instance profile machines"),
        ("CLIENT_ERROR - Launch Template UserData is not MIME multipart format", "t v3"),
        ("CLIENT_ERROR - not authorized to perform: ec2:RunInstances", "batch"),
        ("CLIENT_ERROR - Parameter: SpotFleetRequestConfig.IamFleetRole is invalid.", "fleet"),
        ("CLIENT_ERROR - The key pair 'k' does not exist", "key pair k"),
        ("CLIENT_ERROR - The Placement Group 'p' is unknown.", "placement group p"),
        ("INTERNAL_ERROR - Failed compute environment workflow", ""),
        (None, ""),
    ],
)
def test_what_a_reason_blames(reason: str | None, cause: str) -> None:
    [finding] = check_status(invalid(reason))
    assert (finding.severity, finding.resource, finding.cause) == ("error", "one", cause)
    assert (reason or "no reason is given").removeprefix("CLIENT_ERROR - ") in finding.why
    assert "CLIENT_ERROR" not in finding.why


@pytest.mark.parametrize("status", ["VALID", "UPDATING", "CREATING", "DELETING"])
def test_another_status_is_no_finding(status: str) -> None:
    assert list(check_status(invalid(None, status))) == []
