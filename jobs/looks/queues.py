"""Which queues a person means: those of an environment, a named one, or all of Kiln's."""

import difflib
from collections.abc import Sequence

from environments.kinds.batch.job_queues import order_of
from environments.model import ownership
from environments.model.region import Described, Region
from environments.spec import definitions
from kiln import typed
from kiln.errors import UserError


def select(region: Region, env: str, queue: str) -> list[Described]:
    """Select queues as AWS Batch describes them; raises UserError for an unknown environment or queue.

    `env` is an environment's name or its definition's path, `queue` a name or an ARN; "" is all.
    """
    queues = _of_environment(region, env) if env else region.job_queues
    if queue:
        return [_named(region, queues, env, queue)]
    if env:
        return queues
    kilns = [described for described in queues if ownership.users(described.get("tags") or {})]
    if kilns:
        return kilns
    raise UserError(
        f"no queue in {region.cloud.region} is Kiln's",
        _tell_names("the queues there", queues) or "there is no queue at all",
        f"Name a queue with --queue, or register an environment: {typed.command('register-env')}.",
    )


def _of_environment(region: Region, env: str) -> list[Described]:
    spec = definitions.find(env)
    name, named = (spec.name, spec.queues) if spec else (env, {})
    queues = [
        queue
        for queue in region.job_queues
        if ownership.carries(queue, name)
        or (queue["jobQueueName"] in named and not ownership.users(queue.get("tags") or {}))
    ]
    if queues:
        return queues
    known = sorted({user for queue in region.job_queues for user in ownership.users(queue.get("tags") or {})})
    raise UserError(
        f"there is no environment {name} in {region.cloud.region}",
        f"Kiln's environments there: {', '.join(known)}" if known else "no queue there has a tag of Kiln's",
        f"Check --env and --region, or register it: {typed.command(f'register-env --env {env}')}.",
    )


def _named(region: Region, queues: Sequence[Described], env: str, queue: str) -> Described:
    for described in queues:
        if queue in (described["jobQueueName"], described["jobQueueArn"]):
            return described
    parts, here = queue.split(":"), region.cloud.region
    if queue.startswith("arn:") and len(parts) > 5 and parts[3] != here:
        raise UserError(
            f"the queue {parts[5].rpartition('/')[2]} is not in {here}",
            f"its ARN is of {parts[3]}",
            f"Try --region {parts[3]}.",
        )
    names = [str(described["jobQueueName"]) for described in queues]
    near = difflib.get_close_matches(queue, names, n=1)
    where = f"in the environment {env}" if env else f"in {here}"
    raise UserError(
        f"there is no queue {queue} {where}",
        _tell_names("the queues there", queues) or "there is no queue at all",
        f"Did you mean --queue {near[0]}?" if near else "Check --queue and --region.",
    )


def _tell_names(what: str, queues: Sequence[Described]) -> str:
    names = sorted(str(queue["jobQueueName"]) for queue in queues)
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"{what}: {', '.join(names[:8])}{more}" if names else ""


def list_members(region: Region, queue: Described) -> list[Described]:
    """List the compute environments of a queue, in the order in which AWS Batch tries them."""
    by_arn = {environment["computeEnvironmentArn"]: environment for environment in region.compute_environments}
    return [by_arn[arn] for arn in order_of(queue) if arn in by_arn]
