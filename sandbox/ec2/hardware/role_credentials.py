"""Law: a machine with an instance profile gets its role's temporary credentials from the metadata service.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html ("We make new
credentials available at least five minutes before the expiration of the old credentials").
"""

from datetime import UTC, datetime
from typing import Any

from moto.iam.models import iam_backends

from sandbox.iam import sts
from sandbox.world.world import ACCOUNT, current

VALID = 6 * 3600.0
RENEWED_BEFORE = 900.0


def list_leaves(instance: Any) -> dict[str, dict[str, Any]]:
    """`info` and `security-credentials/ROLE`, below meta-data/iam/; nothing for a machine without a profile."""
    association = instance.ec2_backend.iam_instance_profile_associations.get(instance.id)
    if association is None:
        return {}
    arn, profiles = association.iam_instance_profile.arn, iam_backends[ACCOUNT]["aws"].instance_profiles.values()
    profile = next((profile for profile in profiles if profile.arn == arn), None)
    if profile is None:
        return {}
    info = {"Code": "Success", "LastUpdated": _format(current().clock.now()), "InstanceProfileArn": profile.arn,
            "InstanceProfileId": profile.id}  # fmt: skip
    found = {"info": info}
    for role in profile.roles[:1]:
        found[f"security-credentials/{role.name}"] = _renew_credentials(instance, role.name)
    return found


def _renew_credentials(instance: Any, role: str) -> dict[str, Any]:
    """Return the same until they are about to expire; the keys are known to the gate from then on."""
    now, facts = current().clock.now(), current().instances[instance.id]
    present = facts.credentials
    if present and facts.credentials_until - now > RENEWED_BEFORE and present["AccessKeyId"] in current().sessions:
        return dict(present)
    made = sts.make_credentials(int(VALID), f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{instance.id}")
    given = {
        "Code": "Success",
        "LastUpdated": _format(now),
        "Type": "AWS-HMAC",
        "AccessKeyId": made["AccessKeyId"],
        "SecretAccessKey": made["SecretAccessKey"],
        "Token": made["SessionToken"],
        "Expiration": _format(now + VALID),
    }
    facts.credentials, facts.credentials_until = given, now + VALID
    return dict(given)


def _format(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
