"""IAM's step: AWS's denial of a request by the caller's policies.

Source of the codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
(UnauthorizedOperation), CommonErrors of the other services (AccessDenied, AccessDeniedException)
"""

from moto.core.exceptions import ServiceException

from sandbox.door.services import find_service
from sandbox.iam.callers import find_caller
from sandbox.iam.denials import explain_denial
from sandbox.world.refusals import Refusal
from sandbox.world.request import Request
from sandbox.world.world import World


def check_permissions(world: World, request: Request) -> Refusal | None:
    """Refuse a caller who may not do this, as AWS does; the sandbox's own keys may do everything."""
    caller = find_caller(world, request.access_key)
    if caller is None or not request.modelled:
        return None  # what the model does not know, the service refuses itself
    with world.lock:
        world.settle()
        try:
            questions = list(find_service(request).questions(request))
        except (LookupError, ServiceException):
            return None  # no such launch template or the like: the service says so itself
    for question in questions:
        sentence = explain_denial(caller, question, request.region)  # the sandbox speaks HTTP
        if sentence:
            return _refused(request, sentence)
    return None


def _refused(request: Request, sentence: str) -> Refusal:
    if request.service == "ec2":
        return Refusal("UnauthorizedOperation", f"You are not authorized to perform this operation. {sentence}", 403)
    if request.protocol in ("json", "rest-json"):
        return Refusal("AccessDeniedException", sentence, 400 if request.protocol == "json" else 403)
    return Refusal("AccessDenied", sentence, 403)
