"""Law: a request signed with a key that does not exist, or with a session that has ended, is refused.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (AuthFailure, RequestExpired),
https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html (InvalidClientTokenId, ExpiredToken),
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (InvalidAccessKeyId, ExpiredToken);
Batch's as people met them: nextflow-io/nextflow#1741 (ExpiredTokenException, 403).
Signatures are not verified: the sandbox listens on loopback only and keeps no secrets.
"""

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.iam.models import iam_backends

from sandbox.iam import visibility
from sandbox.world.refusals import Refusal
from sandbox.world.request import Request
from sandbox.world.world import ACCOUNT, World

_UNKNOWN = {
    "ec2": Refusal("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
    "s3": Refusal("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403),
    "json": Refusal("UnrecognizedClientException", "The security token included in the request is invalid."),
    "rest-json": Refusal("UnrecognizedClientException", "The security token included in the request is invalid.", 403),
    "": Refusal("InvalidClientTokenId", "The security token included in the request is invalid.", 403),
}
_EXPIRED = {
    "ec2": Refusal("RequestExpired", "Request has expired."),
    "s3": Refusal("ExpiredToken", "The provided token has expired.", 400),
    "json": Refusal("ExpiredTokenException", "The security token included in the request is expired"),
    "rest-json": Refusal("ExpiredTokenException", "The security token included in the request is expired", 403),
    "": Refusal("ExpiredToken", "The security token included in the request is expired", 403),
}
_MISSING = Refusal("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
_WRONG_REGION = Refusal("SignatureDoesNotMatch", "Credential should be scoped to a valid region.", 403)
_ANONYMOUS = ("AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")
_GLOBAL = ("aws-global", "")


def check_keys(world: World, request: Request) -> Refusal | None:
    """Refuse a request whose credentials AWS would not take."""
    if not request.access_key:
        return None if request.service == "s3" or request.operation in _ANONYMOUS else _MISSING
    session = world.sessions.get(request.access_key)
    if session:
        if session.token != request.token:
            return _for(_UNKNOWN, request)
        if session.expires <= world.clock.now():
            return _for(_EXPIRED, request)
    elif request.access_key != world.access_key and not belongs_to_a_user(request.access_key):
        return _for(_UNKNOWN, request)
    if request.region not in _GLOBAL and request.region not in list_regions():
        return _WRONG_REGION
    return None


def _for(table: dict[str, Refusal], request: Request) -> Refusal:
    return table.get(request.service) or table.get(request.protocol) or table[""]


def belongs_to_a_user(access_key: str) -> bool:
    users = iam_backends[ACCOUNT]["aws"].users.values()
    known = any(key.access_key_id == access_key for user in users for key in user.access_keys)
    return known and visibility.is_visible(access_key)


def list_regions() -> set[str]:
    return {region.name for region in RegionsAndZonesBackend.regions}
