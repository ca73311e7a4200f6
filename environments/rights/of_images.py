"""What it takes to fetch the images, secrets and credentials of jobs: the machines' role, or the execution role (pure).

Sources: "Amazon ECS container instance IAM role" and "Amazon ECS task execution IAM role", Amazon ECS Developer Guide;
AmazonEC2ContainerRegistryPullOnly, AWS Managed Policy Reference.
"""

from collections.abc import Iterator

from cloud.rights.demand import Ask, Demand
from environments.kinds.iam.execution import execution_access
from environments.rights.of_machines import allow, known
from environments.rights.use import Use
from environments.spec.environment import EnvironmentSpec

_PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")  # what AWS's own policy for pulling allows
_STREAM = "log-stream:kiln/default/0"


def list_image_demands(role: str, use: Use) -> Iterator[Demand]:
    """List what machines need to pull the images of jobs from ECR in the name of their own role (its ARN)."""
    if not use.images:
        return
    repositories = tuple(sorted(set(use.images.values())))
    where = f"ECR's {', '.join(arn.partition('repository/')[2] for arn in repositories)}"
    asks = (Ask(("ecr:GetAuthorizationToken",)), Ask(_PULL, repositories, where))
    loss = f"the jobs of {', '.join(use.images)} fail with CannotPullImage"
    policy = use.managed("AmazonEC2ContainerRegistryPullOnly")
    yield Demand(role, "kiln-images", loss, policy, allow(asks), asks, known(use))


def list_execution_demands(role: str, use: Use, spec: EnvironmentSpec) -> Iterator[Demand]:
    """List what the jobs' execution role needs: all that Kiln's own policy for it allows."""
    statements = tuple(execution_access(spec, use))
    loss = f"the jobs of {', '.join(spec.with_execution_role)} fail before they start"
    policy = f"arn:{use.partition}:iam::{use.account}:policy/{spec.execution_policy}"
    keys = [statement for statement in statements if statement["Action"] == ["kms:Decrypt"]]
    others = [statement for statement in statements if statement not in keys]
    asks = tuple(Ask(tuple(each["Action"]), _examples(each["Resource"]), _place(each["Resource"])) for each in others)
    if asks:
        yield Demand(role, "kiln-execution", loss, policy, statements, asks, known(use))
    for statement in keys:
        keyed = (Ask(("kms:Decrypt",), tuple(statement["Resource"]), "the keys of its secrets"),)
        yield Demand(
            role, "kiln-execution-keys", loss, policy, statements, keyed, known(use), by_key=True,
        )  # fmt: skip


def _examples(resources: list[str]) -> tuple[str, ...]:
    """A log stream stands for all of its group."""
    return tuple(arn.removesuffix("*") + _STREAM if arn.endswith(":*") else arn for arn in resources)


def _place(resources: list[str]) -> str:
    names = [arn.split(":", 5)[5] for arn in resources if arn != "*"]
    return ", ".join(name.removesuffix(":*").replace(":", " ") for name in names)
