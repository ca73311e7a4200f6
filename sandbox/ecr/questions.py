"""What a call of ECR must be allowed.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
"""

from collections.abc import Iterator
from dataclasses import replace

from sandbox.ecr.model.rights import make_question
from sandbox.iam.evaluation import tags
from sandbox.iam.evaluation.policy import Question
from sandbox.world.request import Request

# Of the registry as a whole: an action without resources of its own.
_OF_THE_REGISTRY = {
    "GetAuthorizationToken", "DescribeRegistry", "GetRegistryPolicy", "DeleteRegistryPolicy", "PutRegistryPolicy",
    "GetRegistryScanningConfiguration", "PutRegistryScanningConfiguration", "PutReplicationConfiguration",
    "GetAccountSetting", "PutAccountSetting",
}  # fmt: skip


def ask(request: Request) -> Iterator[Question]:
    if request.operation in _OF_THE_REGISTRY:
        yield Question(f"ecr:{request.operation}")
        return
    asked: dict[str, str | None] = dict(tags.as_dict(request.get("tags")))
    asked |= dict.fromkeys(request.get("tagKeys") or [])
    keys = tags.list_requested(asked)
    for name in _list_names(request):
        question = make_question(request.operation, request.region, name)
        yield replace(question, context=keys | dict(question.context))
    if request.operation == "CreateRepository" and asked:
        question = make_question("TagResource", request.region, str(request.get("repositoryName")))
        yield replace(question, context=keys | dict(question.context))


def _list_names(request: Request) -> list[str]:
    arn = str(request.get("resourceArn") or "")
    if arn:
        return [arn.partition(":repository/")[2] or "*"]
    return (
        [str(request.get("repositoryName"))]
        if request.get("repositoryName")
        else request.get("repositoryNames") or ["*"]
    )
