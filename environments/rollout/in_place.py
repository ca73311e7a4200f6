"""Update a compute environment in place: AWS Batch replaces its machines by new ones.

Source: "Perform infrastructure updates", AWS Batch User Guide.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from cloud.session import Cloud
from environments.kinds.batch import compute_request, waiting
from environments.kinds.batch.compute_request import DesiredEnvironment
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.model import ownership
from environments.model.resource import Difference
from environments.rollout.options import DRAIN_MINUTES, Options
from kiln.errors import UserError


def update(
    cloud: Cloud,
    desired: DesiredEnvironment,
    existing: ExistingEnvironment,
    changes: Sequence[Difference],
    options: Options,
) -> str:
    """Make an infrastructure update; returns the ARN. The AMI is remembered once the compute environment is VALID.

    Raises UserError when it turns INVALID; by then it is as it was.
    """
    name, environment = existing.aws_name, desired.environment
    waiting.environment_at_rest(cloud, name)
    policy = {
        "terminateJobsOnUpdate": options.terminate_jobs,
        "jobExecutionTimeoutMinutes": options.drain_minutes if not options.terminate_jobs else DRAIN_MINUTES,
    }
    fields = {change.field for change in changes}
    cloud.client("batch").update_compute_environment(
        **compute_request.infrastructure(name, desired.fields, fields, policy)
    )
    with _put_back_on_failure(cloud, existing, fields, policy):
        waiting.environments_valid(cloud, [name])
    memory = ownership.memory(existing.tags, environment).moved_to(desired.fields["imageIdOverride"])
    tags = {ownership.key(environment): memory.as_tag()}
    cloud.client("batch").tag_resource(resourceArn=existing.id, tags=tags)
    return existing.id


@contextmanager
def _put_back_on_failure(
    cloud: Cloud, existing: ExistingEnvironment, fields: Collection[str], policy: Mapping[str, Any]
) -> Iterator[None]:
    """Where the block fails, give the compute environment its fields of before, if it was VALID with them."""
    name = existing.aws_name
    try:
        yield
    except UserError as error:
        if waiting.environment_at_rest(cloud, name) and existing.status == "VALID":
            before = compute_request.infrastructure(name, existing.fields, fields, policy)
            cloud.client("batch").update_compute_environment(**before)
            waiting.environments_valid(cloud, [name])
            error.left = f"{name} is as it was, on {existing.fields['imageIdOverride']}"
        raise
