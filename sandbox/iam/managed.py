"""AWS managed policies, each brought in when it is first named.

moto can load them all, which is 0.1 s and 19 MiB for every account that is begun (measured; a test suite begins many).
The table itself is parsed once to a process, on first use.
"""

import json
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy

from sandbox.iam.identities import ids

PREFIX = "arn:aws:iam::aws:policy/"


@cache
def _table() -> dict[str, tuple[str, dict[str, Any]]]:
    """Map ARN to name and what moto knows of the policy."""
    found = json.loads(aws_managed_policies_data)
    return {f"arn:aws:iam::aws:policy{data.get('Path') or '/'}{name}": (name, data) for name, data in found.items()}


def bring(backend: Any, arn: str | None) -> None:
    """Let the account know the policy of that ARN, when AWS has one."""
    if not arn or not arn.startswith(PREFIX) or arn in backend.managed_policies:
        return
    if arn in _table():
        name, data = _table()[arn]
        policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
        policy.id = ids.derive_id(ids.MANAGED_POLICY, arn)
        backend.managed_policies[arn] = policy
        backend.aws_managed_policies.append(policy)


def bring_all(backend: Any) -> None:
    """Let the account know all of AWS's policies, for a list of them."""
    for arn in _table():
        bring(backend, arn)
