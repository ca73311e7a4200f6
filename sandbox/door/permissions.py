"""IAM's step: AWS's denial of a request by the caller's policies.

Source of the sentences: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html; codes:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (UnauthorizedOperation), CommonErrors of the
other services (AccessDenied, AccessDeniedException)
"""

from dataclasses import replace

from moto.core.exceptions import ServiceException

from sandbox.door.services import find_service
from sandbox.iam.callers import Caller, find_caller
from sandbox.iam.evaluation.decide import find_denial
from sandbox.iam.evaluation.policy import Question
from sandbox.world.refusals import Refusal
from sandbox.world.request import Request
from sandbox.world.world import ACCOUNT, World


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
        why = find_denial(caller.policies, caller.boundary, _in_context(question, caller, request))
        if why:
            return _refused(request, caller, question, why)
    return None


def _in_context(question: Question, caller: Caller, request: Request) -> Question:
    """Add the condition keys that every request has."""
    keys = {
        "aws:securetransport": ("false",),  # the sandbox speaks HTTP
        "aws:sourceip": ("127.0.0.1",),
        "aws:viaawsservice": ("false",),
        **({"ec2:region": (request.region,)} if request.service == "ec2" else {}),
        **caller.known(request.region),
    }
    if caller.instance:
        keys["ec2:sourceinstancearn"] = (f"arn:aws:ec2:{request.region}:{ACCOUNT}:instance/{caller.instance}",)
    return replace(question, context=keys | dict(question.context))


def _refused(request: Request, caller: Caller, question: Question, why: str) -> Refusal:
    sentence = f"User: {caller.arn} is not authorized to perform: {question.action}"
    if question.resource != "*" or request.service != "ec2":
        sentence += f" on resource: {question.resource}"
    sentence += f" {why}"
    if request.service == "ec2":
        return Refusal("UnauthorizedOperation", f"You are not authorized to perform this operation. {sentence}", 403)
    if request.protocol in ("json", "rest-json"):
        return Refusal("AccessDeniedException", sentence, 400 if request.protocol == "json" else 403)
    return Refusal("AccessDenied", sentence, 403)
