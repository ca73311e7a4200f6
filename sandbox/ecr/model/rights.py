"""What a caller may do with a repository: by policies of its own, and by the repository's.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
"""

from typing import Any

from sandbox.ecr.model.repositories import find_backend, read_tags, write_arn
from sandbox.iam.callers import find_caller
from sandbox.iam.denials import explain_denial
from sandbox.iam.evaluation import tags
from sandbox.iam.evaluation.policy import Question, Statement, read_statements
from sandbox.world.world import World


def make_question(action: str, region: str, name: str) -> Question:
    """Ask for an action, such as "PutImage", on a repository; one that does not exist has neither tags nor policy."""
    repository = find_backend(region).repositories.get(name)
    carried = read_tags(region, name) if repository else {}
    policy = _read_policy(repository) if repository else ()
    return Question(f"ecr:{action}", write_arn(region, name), tags.list_carried(carried, "ecr"), own_policy=policy)


def explain(world: World, access_key: str, action: str, region: str, name: str) -> str | None:
    """Return why the owner of an access key may not do this with a repository; None where it may."""
    caller = find_caller(world, access_key)
    if caller is None:
        return None  # the sandbox's own administrator
    return explain_denial(caller, make_question(action, region, name), region, secure=True)


def _read_policy(repository: Any) -> tuple[Statement, ...]:
    # The statements of a repository's policy have no Resource: it is the repository.
    return tuple({**statement, "Resource": "*"} for statement in read_statements(repository.policy or ""))
