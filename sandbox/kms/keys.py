"""Law: an encrypted volume has a key: the one named, or the account's alias/aws/ebs, which always exists.

Sources: https://docs.aws.amazon.com/ebs/latest/userguide/how-ebs-encryption-works.html and API_CreateVolume: "Amazon
Web Services authenticates the KMS key asynchronously. Therefore, if you specify an ID, alias, or ARN that is not
valid, the action can appear to complete, but eventually fails."
"""

from collections.abc import Callable
from typing import Any

from moto.kms.models import kms_backends

DEFAULT_ALIAS = "alias/aws/ebs"


def mark_reserved_keys(generate: Callable[[Any, str], str | None]) -> Callable[[Any, str], str | None]:
    """Make the method that makes AWS's reserved keys; moto's pass for the customer's own."""

    def generate_default_keys(self: Any, alias_name: str) -> str | None:
        key_id = generate(self, alias_name)
        if key_id:
            self.keys[key_id].key_manager = "AWS"
        return key_id

    return generate_default_keys


def ensure_default_key(backend: Any) -> str:
    """Return the ARN of alias/aws/ebs in the region of an EC2 backend, made on first use."""
    key = kms_backends[backend.account_id][backend.region_name].describe_key(DEFAULT_ALIAS)
    backend.default_kms_key_id = backend.default_kms_key_id or key.arn
    return str(key.arn)


def find_key_arn(backend: Any, key_id: str | None) -> str | None:
    """Find the ARN of a key given by id, ARN or alias (None: the region's default); None when there is no such key."""
    default = ensure_default_key(backend)
    if not key_id:
        return str(backend.default_kms_key_id)
    if key_id.endswith(DEFAULT_ALIAS):
        return default
    keys = kms_backends[backend.account_id][backend.region_name]
    name = keys.get_alias_name(key_id)
    found = keys.get_key_id_from_alias(name) if name.startswith("alias/") else keys.get_key_id(key_id)
    key = keys.keys.get(found or "")
    return str(key.arn) if key and key.key_state == "Enabled" else None


def is_default_key(backend: Any, arn: str | None) -> bool:
    return arn == ensure_default_key(backend)
