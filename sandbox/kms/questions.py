"""What a call of KMS must be allowed.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
"""

from collections.abc import Iterator

from moto.kms.models import kms_backends

from sandbox.iam.evaluation.policy import Question
from sandbox.world.request import Request
from sandbox.world.world import ACCOUNT


def ask(request: Request) -> Iterator[Question]:
    named, backend = str(request.get("KeyId") or ""), kms_backends[ACCOUNT][request.region]
    if not named:
        yield Question(f"kms:{request.operation}")
        return
    key_id = named
    if "alias/" in named:
        key_id = backend.get_key_id_from_alias(backend.get_alias_name(named)) or ""
    key = backend.keys.get(backend.get_key_id(key_id)) if key_id else None
    arn = key.arn if key else f"arn:aws:kms:{request.region}:{ACCOUNT}:key/{named.rpartition('/')[2]}"
    yield Question(f"kms:{request.operation}", arn, {}, key is not None)
