"""KMS keys that machines cannot use: they end a moment after they were started, and their jobs stay RUNNABLE.

Source: "Required AWS KMS key policy for use with encrypted volumes", Amazon EC2 Auto Scaling User Guide: a key of one's
own must name the service-linked role that starts the machines, in its policy or in a grant. The account's own
statement (:root) does not help, for that role's policies cannot be changed.
"""

from collections.abc import Iterator

from environments.doctor.picture.described import Described, is_spot, name_of, resources
from environments.doctor.picture.finding import Finding, error
from environments.doctor.picture.picture import Key, Picture

_SCALING, _FLEET = "AWSServiceRoleForAutoScaling", "AWSServiceRoleForEC2SpotFleet"


def usable(picture: Picture) -> Iterator[Finding]:
    """Keys that are gone or off, or that the role which starts the machines may not use."""
    for each in picture.environments:
        for named in picture.keys_of.get(each["computeEnvironmentArn"], ()):
            key = picture.keys.get(named)
            if key is not None:
                yield from _problem(each, named, key)


def _problem(each: Described, named: str, key: Key) -> Iterator[Finding]:
    why = f"the volumes of {name_of(each)} are encrypted with it: its machines end as soon as they start"
    role = _FLEET if is_spot(each) and resources(each).get("allocationStrategy") == "BEST_FIT" else _SCALING
    if key.state != "Enabled":
        yield error(f"the KMS key {named} cannot be used: it is {key.state}", why,
                    _back(named, key.state), named)  # fmt: skip
    elif not any(who == "*" or who.endswith("/" + role) for who in key.allows):
        account, partition = key.arn.split(":")[4], key.arn.split(":")[1]
        service = "spotfleet" if role == _FLEET else "autoscaling"
        arn = f"arn:{partition}:iam::{account}:role/aws-service-role/{service}.amazonaws.com/{role}"
        yield error(
            f"neither the policy of the KMS key {named} nor a grant names {role}", why,
            f"aws kms create-grant --key-id {named} --grantee-principal {arn} --operations Encrypt Decrypt "
            "ReEncryptFrom ReEncryptTo GenerateDataKey GenerateDataKeyWithoutPlaintext DescribeKey CreateGrant", named,
        )  # fmt: skip


def _back(named: str, state: str) -> str:
    """What brings a key back from its state."""
    commands = {"Disabled": "enable-key", "PendingDeletion": "cancel-key-deletion"}
    elsewhere = "build on another key, and name another in the launch template"
    return f"aws kms {commands[state]} --key-id {named}; or {elsewhere}" if state in commands else elsewhere
