"""How an agent's session begins: who may open one for which container instance, and what its URL says.

Source: the agent's own protocol (amazon-ecs-agent 1.105), as recorded: the refusal of a handshake is an HTTP error with
a message of the session as its body. After InactiveInstanceException the agent stays away for an hour.
"""

from collections.abc import Callable, Mapping
from uuid import uuid4

from sandbox.ecs.model.caller import Caller, may_act
from sandbox.ecs.model.names import read_cluster_name
from sandbox.ecs.model.records import ContainerInstance, Fields
from sandbox.ecs.model.tables import Records
from sandbox.ecs.sessions.session import AgentSession, Send
from sandbox.world.refusals import Refusal

Query = Mapping[str, str]


def make_heartbeat() -> Fields:
    return {"type": "HeartbeatMessage", "message": {"messageId": str(uuid4()), "healthy": True}}


def find_instance(records: Records, named: str) -> ContainerInstance | None:
    return records.instances.get(named)


def check(records: Records, named: str, cluster: str, caller: Caller, action: str) -> Refusal | None:
    """Refuse whoever may not speak for this container instance of that cluster, and every session of one that is no
    longer.
    """
    instance = find_instance(records, named)
    if instance is not None and not may_act(caller, instance.ec2_instance_id):
        message = f"User: {caller.arn} is not authorized to perform: ecs:{action} on resource: {named}"
        return Refusal("AccessDeniedException", message, 403)
    if instance is None:
        return Refusal("InvalidInstanceException", "The container instance does not exist.")
    if read_cluster_name(instance.cluster_arn) != read_cluster_name(cluster):
        return Refusal("InvalidClusterException", "The container instance is in another cluster.")
    if instance.status == "INACTIVE" and action == "Poll":
        return Refusal("InactiveInstanceException", "The container instance is inactive.")
    return None


def begin(records: Records, query: Query, caller: Caller, send: Send, hang_up: Callable[[], None]) -> AgentSession:
    """Open a session after its handshake has been checked."""
    instance = records.instances[query["containerInstanceArn"]]
    session = AgentSession(records, instance, send, hang_up, caller.endpoint)
    versions = {name: query[name] for name in ("agentVersion", "agentHash", "dockerVersion") if query.get(name)}
    session.open(versions, lacks_credentials=query.get("sendCredentials") == "true")
    return session
