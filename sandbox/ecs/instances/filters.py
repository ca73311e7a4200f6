"""The filter of ListContainerInstances: an expression of the cluster query language.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListContainerInstances.html (filter;
InvalidParameterException). The text of the refusal is the sandbox's own.
"""

from collections.abc import Callable

from sandbox.ecs.instances.views import count
from sandbox.ecs.model.errors import InvalidParameterException
from sandbox.ecs.model.records import ContainerInstance
from sandbox.ecs.queries.expressions import BadExpression
from sandbox.ecs.queries.matching import Facts, compile_filter


def compile_for(text: str | None) -> Callable[[ContainerInstance], bool]:
    """Make a test of container instances out of a request's filter; refused when it is no expression."""
    if not text:
        return lambda instance: True
    try:
        holds = compile_filter(text)
    except BadExpression as error:
        raise InvalidParameterException(f"Invalid filter: {error}.") from None
    return lambda instance: holds(_read_facts(instance))


def _read_facts(instance: ContainerInstance) -> Facts:
    return Facts(
        agent_connected=instance.agent_connected,
        agent_version=str(instance.version_info.get("agentVersion") or ""),
        ec2_instance_id=instance.ec2_instance_id,
        registered_at=instance.registered_at,
        running_tasks=count(instance, "RUNNING"),
        groups=tuple({f"family:{task.family}": None for task in instance.live.values()}),
        attributes={str(a["name"]): str(a.get("value") or "") for a in instance.attributes},
    )
