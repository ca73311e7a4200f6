"""The user whose key the sandbox gives out: an administrator, of whom STS and IAM tell the same.

Sources: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html ("If you do not specify a user name, IAM
determines the user name implicitly based on the access key ID"), API_ListAccessKeys.html
"""

from typing import Any

from moto.iam.exceptions import IAMException
from moto.iam.models import User, iam_backends

from sandbox.iam.identities import ids
from sandbox.world.world import ACCOUNT, current

NAME = "sandbox"
ARN = f"arn:aws:iam::{ACCOUNT}:user/{NAME}"
ID = ids.derive_id(ids.USER, ARN)


def make_user() -> User:
    """Make the record of the user, with its key; it stands in no table of moto's, so that an account begins empty."""
    user = User(ACCOUNT, region_name="us-east-1", name=NAME)  # type: ignore[abstract]  # moto instantiates it too
    user.id = ID
    return user


def list_keys(user: Any) -> list[dict[str, Any]]:
    key = {"UserName": NAME, "AccessKeyId": current().access_key, "Status": "Active", "CreateDate": user.create_date}
    return [key]


def find_own(backend: Any, access_key: str) -> Any:
    """Find the user who has signed a request; raises IAM's error for the session of a role."""
    session = current().sessions.get(access_key)
    arn = session.arn if session else None
    if arn is None:
        user = backend.get_user_from_access_key_id(access_key)
        return user or make_user()
    if ":assumed-role/" in arn:
        raise IAMException("ValidationError", "Must specify userName when calling with non-User credentials")
    return next((user for user in backend.users.values() if user.arn == arn), None) or make_user()


def read_id(arn: str) -> str:
    """Return the unique id of who has that ARN, a user's or a role's session."""
    iam = iam_backends[ACCOUNT]["aws"]
    if ":assumed-role/" in arn:
        name, _, session = arn.partition(":assumed-role/")[2].partition("/")
        role = next((role for role in iam.roles.values() if role.name == name), None)
        return f"{role.id if role else ids.derive_id('AROA', name)}:{session}"
    user = next((user for user in iam.users.values() if user.arn == arn), None)
    return str(user.id) if user else ID
