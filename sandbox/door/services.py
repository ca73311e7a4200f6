"""The services that the sandbox knows more of than moto does: what their calls must be allowed, and who answers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sandbox.batch.questions
import sandbox.ec2.questions
import sandbox.ecr.questions
import sandbox.ecs.questions
import sandbox.iam.questions
import sandbox.iam.sts_questions
import sandbox.kms.questions
import sandbox.logs.questions
import sandbox.pricing.service
import sandbox.s3.questions
import sandbox.ssm.questions
from sandbox.door.moto import answer_by_moto
from sandbox.iam.evaluation.policy import Question
from sandbox.world.answers import Answer
from sandbox.world.request import Request
from sandbox.world.world import World


def ask_for_operation(request: Request) -> Iterable[Question]:
    """Ask for the operation itself, of no resource: what most services' calls are allowed by."""
    return [Question(f"{request.service}:{request.operation}")]


@dataclass(frozen=True)
class Service:
    """`questions` are what a call must be allowed, `answer` is who carries it out."""

    questions: Callable[[Request], Iterable[Question]] = ask_for_operation
    answer: Callable[[Request], Answer] = answer_by_moto


def refuse_as_not_imitated(_: Request) -> Answer:
    """Refuse what moto would take for another service's."""
    raise NotImplementedError("a service that the sandbox does not have")


# By the name that requests are signed for. A service that is not here is moto's alone.
SERVICES: dict[str, Service] = {
    "batch": Service(sandbox.batch.questions.ask),
    "ec2": Service(sandbox.ec2.questions.ask),
    "ecr": Service(sandbox.ecr.questions.ask),
    "ecs": Service(sandbox.ecs.questions.ask),
    "iam": Service(sandbox.iam.questions.ask),
    "kms": Service(sandbox.kms.questions.ask),
    "logs": Service(sandbox.logs.questions.ask),
    "pricing": Service(answer=sandbox.pricing.service.answer),
    "s3": Service(sandbox.s3.questions.ask),
    "s3express": Service(answer=refuse_as_not_imitated),
    "ssm": Service(sandbox.ssm.questions.ask),
    "sts": Service(sandbox.iam.sts_questions.ask),
}


def find_service(request: Request) -> Service:
    return SERVICES.get(request.service, Service())


def answer_by_service(_: World, request: Request) -> Answer:
    """Have the service carry the request out."""
    return find_service(request).answer(request)
