"""Laws of STS: temporary keys are new each time and end by the clock; a role must exist to be assumed.

Sources: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html,
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import secrets
import string
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.models import iam_backends
from moto.sts.responses import TokenResponse

from sandbox.iam.identities import administrator
from sandbox.world.refusals import Refusal, make_body
from sandbox.world.world import ACCOUNT, Session, current

_ALPHABET = string.ascii_uppercase + string.digits


class Sts(TokenResponse):
    def get_session_token(self) -> ActionResult:
        user = iam_backends[ACCOUNT]["aws"].get_user_from_access_key_id(self.get_access_key())
        arn = user.arn if user else administrator.ARN
        return ActionResult({"Credentials": make_credentials(self._get_int_param("DurationSeconds", 43200), arn)})

    def assume_role(self) -> ActionResult:
        role_arn, name = self._get_param("RoleArn"), self._get_param("RoleSessionName")
        role = _find_role(role_arn)
        if role is None:
            message = f"User: {administrator.ARN} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            denied: ActionResult = _deny(message)
            return denied
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/{name}"
        result = {
            "Credentials": make_credentials(self._get_int_param("DurationSeconds", 3600), arn),
            "AssumedRoleUser": {"AssumedRoleId": f"{role.id}:{name}", "Arn": arn},
        }
        return ActionResult(result)

    def get_caller_identity(self) -> ActionResult:
        session = current().sessions.get(self.get_access_key())
        user = iam_backends[ACCOUNT]["aws"].get_user_from_access_key_id(self.get_access_key())
        arn = session.arn if session else user.arn if user else administrator.ARN
        return ActionResult({"UserId": administrator.read_id(arn), "Account": ACCOUNT, "Arn": arn})


def _deny(message: str) -> Any:
    # As bytes: moto knows only the errors of botocore's model, and IAM's own denial is not among them.
    refusal = Refusal("AccessDenied", message, 403)
    return refusal.status, {"status": refusal.status}, make_body(refusal, "query")[1].decode()


def make_credentials(duration: int, arn: str) -> dict[str, Any]:
    """Make temporary keys for `arn`, valid for `duration` seconds of the sandbox's clock, and known to the door."""
    world = current()
    access_key = "ASIA" + "".join(secrets.choice(_ALPHABET) for _ in range(16))
    expires = world.clock.now() + duration
    session = Session("FwoG" + secrets.token_urlsafe(96), expires, arn)
    world.sessions[access_key] = session
    return {
        "AccessKeyId": access_key,
        "SecretAccessKey": secrets.token_urlsafe(30),
        "SessionToken": session.token,
        "Expiration": datetime.fromtimestamp(expires, UTC).replace(tzinfo=None),
    }


def _find_role(role_arn: str) -> Any:
    roles = iam_backends[ACCOUNT]["aws"].roles.values()
    return next((role for role in roles if role.arn == role_arn and current().is_visible(role.id)), None)
