"""Who signed a request, and the policies that speak of them: as moto's IAM keeps them.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html (aws:PrincipalArn,
aws:username, aws:userid …), access_policies_boundaries.html
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from moto.iam.models import iam_backends

from sandbox.iam import visibility
from sandbox.iam.evaluation.patterns import Context
from sandbox.iam.evaluation.policy import Statement, read_statements
from sandbox.world.world import ACCOUNT, World


@dataclass(frozen=True)
class Caller:
    """A user or a role's session. `boundary` is None where there is none; `instance` the machine that a role's
    credentials were given to, or ""."""

    arn: str
    policies: tuple[Statement, ...]
    boundary: tuple[Statement, ...] | None
    context: Context = field(default_factory=dict)
    instance: str = ""

    def known(self, region: str) -> Context:
        """Return the context keys of whatever is asked in its name."""
        return {
            "aws:requestedregion": (region,),
            "aws:principalaccount": (ACCOUNT,),
            "aws:principaltype": ("AssumedRole" if ":assumed-role/" in self.arn else "User",),
            **self.context,
        }


def find_caller(world: World, access_key: str) -> Caller | None:
    """Find who has these keys; None for the sandbox's own, which are an administrator's, and for no keys at all."""
    session = world.sessions.get(access_key)
    if session:
        return _find_session(session.arn)
    if not access_key or access_key == world.access_key:
        return None
    users = _iam().users.values()
    user = next((u for u in users if any(k.access_key_id == access_key for k in u.access_keys)), None)
    return _read_user(user) if user else None


def _find_session(arn: str) -> Caller | None:
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    if kind == "user":
        user = next((user for user in _iam().users.values() if user.arn == arn), None)
        return _read_user(user) if user else None  # the administrator's own session
    name, _, session_name = rest.partition("/")
    role = next((role for role in _iam().roles.values() if role.name == name), None)
    if role is None:
        return Caller(arn, (), None)
    context = {"aws:principalarn": (role.arn,), "aws:userid": (f"{role.id}:{session_name}",)} | _list_tag_keys(
        role.tags
    )
    instance = session_name if session_name.startswith("i-") else ""
    return Caller(arn, _list_policies(role), _read_boundary(role.permissions_boundary_arn), context, instance)


def _read_user(user: Any) -> Caller:
    groups = [group for group in _iam().groups.values() if user in group.users]
    statements = [statement for owner in (user, *groups) for statement in _list_policies(owner)]
    context = {"aws:principalarn": (user.arn,), "aws:username": (user.name,), "aws:userid": (user.id,)}
    # moto keeps no boundary of a user; one that was set lies beside it (see sandbox.iam.service).
    return Caller(user.arn, tuple(statements), _read_boundary(getattr(user, "permissions_boundary_arn", None)), context)


def _list_policies(owner: Any) -> tuple[Statement, ...]:
    """List the statements that have been spread to the services already."""
    named = owner.policies | {arn: _find_document(each) for arn, each in owner.managed_policies.items()}
    documents = [text for name, text in named.items() if visibility.is_visible(visibility.link(owner, name))]
    return tuple(statement for document in documents for statement in read_statements(document))


def _find_document(policy: Any) -> str:
    return next((v.document for v in policy.versions if v.version_id == policy.default_version_id), "")


def _read_boundary(arn: str | None) -> tuple[Statement, ...] | None:
    if not arn:
        return None
    policy = _iam().managed_policies.get(arn)
    return read_statements(_find_document(policy)) if policy else ()


def _list_tag_keys(tags: Iterable[dict[str, str]]) -> dict[str, tuple[str, ...]]:
    return {f"aws:principaltag/{tag['Key']}".lower(): (tag["Value"],) for tag in tags}


def _iam() -> Any:
    return iam_backends[ACCOUNT]["aws"]
