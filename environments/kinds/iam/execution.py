"""What the jobs' execution role may do: exactly what the ECS agent fetches and writes in its name (pure).

Sources: "AWS Batch IAM execution role" and "Specifying sensitive data", AWS Batch User Guide; "Private registry
authentication" and "Amazon ECS task execution IAM role" (with an execution role the agent uses it for images of ECR,
and Docker for CloudWatch Logs too), Amazon ECS Developer Guide.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from environments.kinds.iam.statements import Statement, allow, sid_of
from environments.spec.environment import EnvironmentSpec
from environments.spec.jobs import JobDefinition
from environments.spec.secrets import secret_arn

_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


class Place(Protocol):
    """Where an environment is."""

    @property
    def partition(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def account(self) -> str: ...


def execution_access(spec: EnvironmentSpec, place: Place) -> list[Statement]:
    """The statements for every job definition that has the environment's execution role."""
    jobs = spec.with_execution_role
    references = [reference for job in jobs.values() for reference in _references(job)]
    secrets = {secret_arn(reference) for reference in references if ":secretsmanager:" in reference}
    parameters = {_parameter_arn(place, reference) for reference in references if ":secretsmanager:" not in reference}
    writing = {arn for job in jobs.values() for arn in _log_groups(spec, place, job, creating=False)}
    creating = {arn for job in jobs.values() for arn in _log_groups(spec, place, job, creating=True)}
    repositories = {arn for job in jobs.values() for arn in _repositories(place, job)}
    sid = sid_of(spec.name)
    asked: list[tuple[str, tuple[str, ...], Iterable[str]]] = [
        ("Secrets", ("secretsmanager:GetSecretValue",), secrets),
        ("Parameters", ("ssm:GetParameters",), parameters),
        ("SecretKeys", ("kms:Decrypt",), spec.roles.secret_keys),
        ("Logs", ("logs:CreateLogStream", "logs:PutLogEvents"), writing),
        ("LogGroups", ("logs:CreateLogGroup",), creating),
        ("Registry", ("ecr:GetAuthorizationToken",), ["*"] if repositories else []),
        ("Images", _PULL, repositories),
    ]
    return [allow(sid + name, list(actions), list(resources)) for name, actions, resources in asked if resources]


def _references(job: JobDefinition) -> Iterator[str]:
    yield from job.secrets.values()
    yield from job.log.secret_options.values()
    if job.repository_credentials:
        yield job.repository_credentials


def _parameter_arn(place: Place, reference: str) -> str:
    """A parameter that is named without an ARN is one of the job's own account and region."""
    if reference.startswith("arn:"):
        return reference
    return f"arn:{place.partition}:ssm:{place.region}:{place.account}:parameter/{reference.removeprefix('/')}"


def _log_groups(spec: EnvironmentSpec, place: Place, job: JobDefinition, *, creating: bool) -> Iterator[str]:
    options = job.log.options
    if job.log.driver != "awslogs" or (creating and options.get("awslogs-create-group") != "true"):
        return
    group = options.get("awslogs-group", spec.log_group.name)
    region = options.get("awslogs-region", place.region)
    yield f"arn:{place.partition}:logs:{region}:{place.account}:log-group:{group}:*"


def _repositories(place: Place, job: JobDefinition) -> Iterator[str]:
    if arn := repository_arn(place, job):
        yield arn


def repository_arn(place: Place, job: JobDefinition) -> str:
    """The ARN of the repository of ECR that a job's image is from; "" for any other registry."""
    if job.ecr:
        return f"arn:{place.partition}:ecr:{place.region}:{place.account}:repository/{job.ecr}"
    image = job.ecr_repository
    if image is None:
        return ""
    return f"arn:{place.partition}:ecr:{image['region']}:{image['account']}:repository/{image['repository']}"
