"""The evaluator at the gate: AWS's denial of a request, or None.

Source of the sentences: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html; codes:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (UnauthorizedOperation), CommonErrors of the
other services (AccessDenied, AccessDeniedException)
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from moto.core.exceptions import ServiceException

from sandbox.batch import questions as batch_questions
from sandbox.ec2 import questions as ec2_questions
from sandbox.ecs import questions as ecs_questions
from sandbox.iam import questions as iam_questions
from sandbox.iam import sts_questions
from sandbox.iam.callers import Caller, caller_of
from sandbox.iam.evaluation.decide import denial
from sandbox.iam.evaluation.policy import Question
from sandbox.kms import questions as kms_questions
from sandbox.logs import questions as logs_questions
from sandbox.s3 import questions as s3_questions
from sandbox.ssm import questions as ssm_questions
from sandbox.world.incoming import Incoming
from sandbox.world.refusals import Refusal
from sandbox.world.requests import Request, read
from sandbox.world.world import ACCOUNT, World

_QUESTIONS: dict[str, Callable[[Request], Iterable[Question]]] = {
    "ec2": ec2_questions.questions,
    "iam": iam_questions.questions,
    "batch": batch_questions.questions,
    "ecs": ecs_questions.questions,
    "logs": logs_questions.questions,
    "ssm": ssm_questions.questions,
    "kms": kms_questions.questions,
    "sts": sts_questions.questions,
}


def refusal(world: World, incoming: Incoming, environ: dict[str, Any]) -> Refusal | None:
    """What AWS answers to a caller who may not do this; None for one who may, and for the sandbox's own keys."""
    caller = caller_of(world, incoming.access_key)
    if caller is None:
        return None
    with world.lock:
        world.settle()
        try:
            asked = list(_asked(incoming, environ))
        except (LookupError, ServiceException):
            return None  # no such operation, or no such launch template: the service says so itself
    for question in asked:
        why = denial(caller.policies, caller.boundary, _in_context(question, caller, incoming))
        if why:
            return _refused(incoming, caller, question, why)
    return None


def _asked(incoming: Incoming, environ: dict[str, Any]) -> Iterable[Question]:
    if incoming.service == "s3":
        return s3_questions.questions(incoming, environ)
    request = read(incoming, environ)
    of_service = _QUESTIONS.get(incoming.service)
    if of_service:
        return of_service(request)
    return [Question(f"{incoming.service}:{request.operation}")]


def _in_context(question: Question, caller: Caller, incoming: Incoming) -> Question:
    """With the keys that every request has."""
    keys = {
        "aws:securetransport": ("false",),  # the sandbox speaks HTTP
        "aws:sourceip": ("127.0.0.1",),
        "aws:viaawsservice": ("false",),
        **({"ec2:region": (incoming.region,)} if incoming.service == "ec2" else {}),
        **caller.known(incoming.region),
    }
    if caller.instance:
        keys["ec2:sourceinstancearn"] = (f"arn:aws:ec2:{incoming.region}:{ACCOUNT}:instance/{caller.instance}",)
    return replace(question, context=keys | dict(question.context))


def _refused(incoming: Incoming, caller: Caller, question: Question, why: str) -> Refusal:
    sentence = f"User: {caller.arn} is not authorized to perform: {question.action}"
    if question.resource != "*" or incoming.service != "ec2":
        sentence += f" on resource: {question.resource}"
    sentence += f" {why}"
    if incoming.service == "ec2":
        return Refusal("UnauthorizedOperation", f"You are not authorized to perform this operation. {sentence}", 403)
    if incoming.protocol in ("json", "rest-json"):
        return Refusal("AccessDeniedException", sentence, 400 if incoming.protocol == "json" else 403)
    return Refusal("AccessDenied", sentence, 403)
