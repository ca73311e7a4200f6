"""KMS keys that machines cannot use: they end a moment after they were started, and their jobs stay RUNNABLE.

Source: "Required AWS KMS key policy for use with encrypted volumes", Amazon EC2 Auto Scaling User Guide: a key of one's
own must name the service-linked role that starts the machines, in its policy or in a grant. The account's own
statement (:root) does not help, for that role's policies cannot be changed.
"""

from collections.abc import Iterator

from environments.doctor.checks.finding import Finding, error
from environments.doctor.facts.compute_environments import Described, is_spot, name_of, resources
from environments.doctor.facts.keys import Key, keys_of
from environments.doctor.facts.picture import Picture

_SCALING, _FLEET = "AWSServiceRoleForAutoScaling", "AWSServiceRoleForEC2SpotFleet"


def check_keys(picture: Picture) -> Iterator[Finding]:
    """Find KMS keys that are gone or off, or that the role which starts the machines may not use."""
    for environment in picture.scope.environments:
        for name in keys_of(environment, picture.templates, picture.images, picture.keys.of_snapshots):
            if name in picture.keys.by_name and (finding := _check(environment, name, picture.keys.by_name[name])):
                yield finding


def _check(environment: Described, name: str, key: Key) -> Finding | None:
    why = f"the volumes of {name_of(environment)} are encrypted with it: its machines end as soon as they start"
    fleet = is_spot(environment) and resources(environment).get("allocationStrategy") == "BEST_FIT"
    role = _FLEET if fleet else _SCALING
    if key.state != "Enabled":
        return error(f"the KMS key {name} cannot be used: it is {key.state}", why, _repair(name, key.state), name)
    if any(principal == "*" or principal.endswith("/" + role) for principal in key.allows):
        return None
    account, partition = key.arn.split(":")[4], key.arn.split(":")[1]
    service = "spotfleet" if role == _FLEET else "autoscaling"
    arn = f"arn:{partition}:iam::{account}:role/aws-service-role/{service}.amazonaws.com/{role}"
    return error(
        f"neither the policy of the KMS key {name} nor a grant names {role}", why,
        f"aws kms create-grant --key-id {name} --grantee-principal {arn} --operations Encrypt Decrypt "
        "ReEncryptFrom ReEncryptTo GenerateDataKey GenerateDataKeyWithoutPlaintext DescribeKey CreateGrant", name,
    )  # fmt: skip


def _repair(name: str, state: str) -> str:
    """What makes a key usable that is in this state."""
    enable = "aws kms enable-key --key-id {0}"
    commands = {"Disabled": enable, "PendingDeletion": f"aws kms cancel-key-deletion --key-id {{0}} && {enable}"}
    replace = "build the image with another key, and name that key in the launch template"
    return f"{replace}; or make it usable: {commands[state].format(name)}" if state in commands else replace
