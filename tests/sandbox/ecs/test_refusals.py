"""Who may speak for a container instance, over the wire: every refusal of a handshake, and of a machine's calls."""

import json
from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sandbox.ecs import running
from sandbox.ecs.model.records import Task
from sandbox.inprocess import Sandbox
from tests.support.agent_machine import Machine, make_query
from tests.support.agent_socket import AgentSocket, Refused
from tests.support.policies import allow, document
from tests.support.refused import Refused as Expect

WEB_SOCKETS = pytest.mark.parametrize(
    ("path", "action"), [("/acs/", "ecs:Poll"), ("/tcs/", "ecs:StartTelemetrySession")]
)


@pytest.fixture
def machine(sandbox: Sandbox, cluster: str, launch_machine: Callable[..., str]) -> Machine:
    return Machine(sandbox, launch_machine())


def refuse(machine: Machine, path: str, arn: str, **how: object) -> Refused:
    """Open a web socket that is refused."""
    keys, service = how.get("keys", machine.keys), str(how.get("service", "ecs"))
    query = make_query(arn) | {"cluster": "c", "containerInstance": arn}
    with pytest.raises(Refused) as caught:
        AgentSocket(machine.sandbox.endpoint + path, query, keys, service)  # type: ignore[arg-type]
    assert 400 <= caught.value.status < 500
    return caught.value


def code_of(refused: Refused) -> str:
    assert isinstance(refused.message["message"]["message"], str)
    return str(refused.message["type"])


@WEB_SOCKETS
def test_keys_that_are_no_keys(sandbox: Sandbox, machine: Machine, path: str, action: str) -> None:
    arn = machine.register()
    key, secret, _ = machine.keys
    assert code_of(refuse(machine, path, arn, keys=None)) == "MissingAuthenticationToken"
    assert code_of(refuse(machine, path, arn, keys=("AKIA" + "0" * 16, secret, None))) == "UnrecognizedClientException"
    assert code_of(refuse(machine, path, arn, keys=(key, secret, "other"))) == "UnrecognizedClientException"
    assert code_of(refuse(machine, path, arn, service="batch")) == "InvalidSignatureException"
    sandbox.clock.advance(6 * 3600 + 1)
    assert code_of(refuse(machine, path, arn)) == "ExpiredTokenException"


@WEB_SOCKETS
def test_a_role_without_the_right(sandbox: Sandbox, machine: Machine, path: str, action: str) -> None:
    arn = machine.register()
    iam = sandbox.client("iam")
    deny = document(allow(action, Effect="Deny"))
    iam.put_role_policy(RoleName="machines", PolicyName="deny", PolicyDocument=deny)
    sandbox.clock.advance(30)
    refused = refuse(machine, path, arn)
    assert code_of(refused) == "AccessDeniedException"
    said = refused.message["message"]["message"]
    assert f"is not authorized to perform: {action} on resource: {arn}" in said
    iam.delete_role_policy(RoleName="machines", PolicyName="deny")


def test_a_right_to_poll_in_another_cluster(sandbox: Sandbox, machine: Machine) -> None:
    arn = machine.register()
    iam = sandbox.client("iam")
    policy = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
    iam.detach_role_policy(RoleName="machines", PolicyArn=policy)
    for cluster, works in (("other", False), ("c", True)):
        condition = {"ArnEquals": {"ecs:cluster": f"arn:aws:ecs:us-east-1:123456789012:cluster/{cluster}"}}
        rights = document(allow("ecs:Poll", Condition=condition), allow("ecs:DiscoverPollEndpoint"))
        iam.put_role_policy(RoleName="machines", PolicyName="poll", PolicyDocument=rights)
        sandbox.clock.advance(30)
        if works:
            machine.connect(arn).__exit__()
        else:
            assert code_of(refuse(machine, "/acs/", arn)) == "AccessDeniedException"


@WEB_SOCKETS
def test_another_machines_container_instance(
    sandbox: Sandbox, machine: Machine, launch_machine: Callable[..., str], path: str, action: str
) -> None:
    other = Machine(sandbox, launch_machine())
    arn = other.register()
    refused = refuse(machine, path, arn)
    assert code_of(refused) == "AccessDeniedException"
    assert action in refused.message["message"]["message"]


@WEB_SOCKETS
def test_a_container_instance_that_is_none(machine: Machine, path: str, action: str) -> None:
    arn = machine.register()
    assert code_of(refuse(machine, path, arn[:-1] + "x")) == "InvalidInstanceException"
    assert code_of(refuse(machine, path, "")) == "InvalidInstanceException"


def test_a_cluster_that_is_not_its_own(sandbox: Sandbox, machine: Machine) -> None:
    """A right to poll in one cluster is none in another."""
    query = make_query(machine.register()) | {"clusterArn": "other"}
    with pytest.raises(Refused) as caught:
        AgentSocket(f"{sandbox.endpoint}/acs/", query, machine.keys)
    assert code_of(caught.value) == "InvalidClusterException"


def test_a_container_instance_that_is_inactive(sandbox: Sandbox, machine: Machine) -> None:
    arn = machine.register()
    with machine.connect(arn):
        sandbox.client("ecs").deregister_container_instance(cluster="c", containerInstance=arn, force=True)
    assert code_of(refuse(machine, "/acs/", arn)) == "InactiveInstanceException"
    assert machine.register(containerInstanceArn=arn) == arn
    machine.connect(arn).__exit__()


def test_what_is_no_web_socket(sandbox: Sandbox, machine: Machine) -> None:
    arn = machine.register()
    place = urlsplit(sandbox.endpoint)
    url = f"{sandbox.endpoint}/acs/ws?{urlencode(make_query(arn))}"
    request = AWSRequest("GET", url, headers={"Host": place.netloc, "Upgrade": "websocket"})
    SigV4Auth(Credentials(*machine.keys), "ecs", "us-east-1").add_auth(request)
    connection = HTTPConnection(place.netloc)
    connection.request("GET", url.removeprefix(sandbox.endpoint), headers=dict(request.headers.items()))
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["type"]) == (400, "BadRequestException")
    connection.close()


def test_a_fault_that_is_arranged(sandbox: Sandbox, machine: Machine) -> None:
    arn = machine.register()
    sandbox.faults.add("Poll", "ServerException", status=500)
    with pytest.raises(Refused) as caught:
        machine.connect(arn)
    assert (caught.value.status, caught.value.message["type"]) == (500, "ServerException")
    machine.connect(arn).__exit__()


def test_a_machine_acts_for_itself_alone(
    sandbox: Sandbox, cluster: str, machine: Machine, launch_machine: Callable[..., str],
    start: Callable[..., Task], refused: Expect,
) -> None:  # fmt: skip
    other = Machine(sandbox, launch_machine())
    arn = other.register()
    task = start(running.list_instances("us-east-1", cluster)[-1])
    with refused("AccessDeniedException"):
        Machine.register(other_document(machine, other))
    with refused("AccessDeniedException"):
        machine.ecs.submit_task_state_change(cluster="c", task=task.arn, status="STOPPED")
    with refused("AccessDeniedException"):
        machine.ecs.submit_container_state_change(cluster="c", task=task.arn, containerName="default", status="STOPPED")
    with refused("AccessDeniedException"):
        machine.ecs.update_container_instances_state(cluster="c", containerInstances=[arn], status="DRAINING")
    with refused("AccessDeniedException"):
        machine.ecs.deregister_container_instance(cluster="c", containerInstance=arn)
    assert task.last_status == "PENDING"
    other.ecs.update_container_instances_state(cluster="c", containerInstances=[arn], status="DRAINING")
    other.ecs.submit_task_state_change(cluster="c", task=task.arn, status="STOPPED")
    assert task.last_status == "STOPPED"


def other_document(machine: Machine, other: Machine) -> Machine:
    """A machine that shows another one's identity document."""
    forged = Machine(machine.sandbox, machine.id)
    forged.id = other.id
    return forged
