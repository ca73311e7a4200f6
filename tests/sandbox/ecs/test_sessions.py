"""An agent's web sockets over the wire: its handshakes, its messages, and each refusal."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.door import sockets
from sandbox.ecs import running
from sandbox.ecs.model.records import ContainerInstance, Task
from sandbox.inprocess import Sandbox
from tests.support.agent_machine import Machine
from tests.support.agent_socket import AgentSocket, Closed, Message
from tests.support.from_template import until
from tests.support.trust import trust

Start = Callable[..., Task]
ROLE = "arn:aws:iam::123456789012:role/job"


@pytest.fixture
def machine(sandbox: Sandbox, cluster: str, launch_machine: Callable[..., str]) -> Machine:
    return Machine(sandbox, launch_machine())


@pytest.fixture
def job_role(sandbox: Sandbox) -> str:
    sandbox.client("iam").create_role(RoleName="job", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"))
    sandbox.clock.advance(30)
    return ROLE


def find_instance(cluster: str) -> ContainerInstance:
    return running.list_instances("us-east-1", cluster)[-1]


def acknowledge(session: AgentSocket, arn: str, body: Message) -> None:
    session.send("AckRequest", cluster="c", containerInstance=arn, messageId=body["messageId"])


def test_a_task_over_the_wire(sandbox: Sandbox, cluster: str, machine: Machine, start: Callable[..., Task]) -> None:
    arn = machine.register()
    described = machine.sandbox.client("ecs").describe_container_instances
    with machine.connect(arn) as session:
        manifest = session.receive_type("TaskManifestMessage")
        assert manifest["tasks"] == []
        session.send("AckRequest", cluster="c", containerInstance=arn, messageId=manifest["messageId"])
        (shown,) = described(cluster="c", containerInstances=[arn])["containerInstances"]
        assert shown["agentConnected"]
        assert shown["versionInfo"] == {
            "agentVersion": "1.105.1",
            "agentHash": "8dfceca6",
            "dockerVersion": "DockerVersion: 20.10.24+dfsg1",
        }
        task = start(find_instance(cluster))
        payload = session.receive_type("PayloadMessage")
        assert payload["seqNum"] > manifest["timeline"]
        (sent,) = payload["tasks"]
        assert sent["arn"] == task.arn
        assert sent["containers"][0]["environment"]["AWS_ENDPOINT_URL"] == sandbox.endpoint
        session.send("AckRequest", cluster="c", containerInstance=arn, messageId=payload["messageId"])
        change: dict[str, Any] = {"containerName": "default", "runtimeId": "5" * 64, "status": "RUNNING"}
        machine.ecs.submit_task_state_change(cluster="c", task=task.arn, status="RUNNING", containers=[change])
        assert task.taken
        assert task.last_status == "RUNNING"
        change |= {"status": "STOPPED", "exitCode": 3}
        machine.ecs.submit_task_state_change(cluster="c", task=task.arn, status="STOPPED", containers=[change])
    assert (task.last_status, task.container.exit_code) == ("STOPPED", 3)
    assert task.reason == "Essential container in task exited"


def test_a_message_comes_again_until_it_is_acknowledged(
    sandbox: Sandbox, cluster: str, machine: Machine, start: Start
) -> None:
    arn = machine.register()
    with machine.connect(arn) as session:
        acknowledge(session, arn, session.receive_type("TaskManifestMessage"))
        task = start(find_instance(cluster))
        first = session.receive_type("PayloadMessage")
        sandbox.clock.advance(11)
        assert session.receive_type("PayloadMessage") == first
        assert not task.taken
    with machine.connect(arn, send_credentials=False) as session:
        again = session.receive_type("PayloadMessage")
        assert again["tasks"] == first["tasks"]
        assert again["seqNum"] > first["seqNum"]
        manifest = session.receive_type("TaskManifestMessage")
        assert manifest["timeline"] > again["seqNum"]
        assert [entry["taskArn"] for entry in manifest["tasks"]] == [task.arn]
        acknowledge(session, arn, again)
        acknowledge(session, arn, manifest)
        until(lambda: task.taken, "the acknowledgement")
        sandbox.clock.advance(60)
        session.send("HeartbeatAckRequest", messageId="x")
        other = start(find_instance(cluster))
        assert session.receive_type("PayloadMessage")["tasks"][0]["arn"] == other.arn


def test_the_credentials_of_tasks(
    sandbox: Sandbox, cluster: str, machine: Machine, start: Start, job_role: str
) -> None:
    """They are in the payload, come again where the agent's process has lost them, and in time before they expire."""
    arn = machine.register()
    with machine.connect(arn) as session:
        start(find_instance(cluster), role_arn=job_role)
        payload = session.receive_type("PayloadMessage")
        given = payload["tasks"][0]["roleCredentials"]
        assert given["roleArn"] == job_role
        identity = sandbox_client(sandbox, given).get_caller_identity()
        task_id = payload["tasks"][0]["arn"].rpartition("/")[2]
        assert identity["Arn"] == f"arn:aws:sts::123456789012:assumed-role/job/{task_id}"
        acknowledge(session, arn, payload)
        note_credentials(session, payload, given)
        change = {"containerName": "default", "status": "RUNNING"}
        machine.ecs.submit_task_state_change(
            cluster="c", task=payload["tasks"][0]["arn"], status="RUNNING", containers=[change]
        )
        sandbox.clock.advance(5.6 * 3600)
        renewed = session.receive_type("IAMRoleCredentialsMessage")
        assert renewed["taskArn"] == payload["tasks"][0]["arn"]
        assert renewed["roleType"] == "TaskApplication"
        assert renewed["roleCredentials"]["credentialsId"] == given["credentialsId"]
        assert renewed["roleCredentials"]["expiration"] > given["expiration"]
        assert renewed["roleCredentials"]["accessKeyId"] != given["accessKeyId"]
        note_credentials(session, renewed, renewed["roleCredentials"])
        session.send("AckRequest", messageId="x")
        sandbox.client("sts").get_caller_identity()
    machine.renew_keys()
    with machine.connect(arn, send_credentials=False) as session:
        assert session.receive()["type"] == "TaskManifestMessage"
    with machine.connect(arn, send_credentials=True) as session:
        again = session.receive_type("IAMRoleCredentialsMessage")
        assert again["roleCredentials"] == renewed["roleCredentials"]


def note_credentials(session: AgentSocket, body: Message, given: Message) -> None:
    session.send(
        "IAMRoleCredentialsAckRequest", messageId=body["messageId"], credentialsId=given["credentialsId"],
        expiration=given["expiration"],
    )  # fmt: skip


def sandbox_client(sandbox: Sandbox, given: Message) -> Any:
    return sandbox.client(
        "sts", aws_access_key_id=given["accessKeyId"], aws_secret_access_key=given["secretAccessKey"],
        aws_session_token=given["sessionToken"],
    )  # fmt: skip


def test_a_task_that_ecs_does_not_know_is_stopped(cluster: str, machine: Machine, start: Start) -> None:
    arn = machine.register()
    with machine.connect(arn) as session:
        task = start(find_instance(cluster))
        manifest = session.receive_type("TaskManifestMessage")
        stray = {"taskArn": f"{task.arn[:-32]}{'0' * 32}", "taskClusterArn": cluster, "desiredStatus": "STOPPED"}
        own = {"taskArn": task.arn, "taskClusterArn": cluster, "desiredStatus": "STOPPED"}
        session.send("TaskStopVerificationMessage", messageId=manifest["messageId"], stopCandidates=[stray, own])
        answer = session.receive_type("TaskStopVerificationAck")
        assert answer["messageId"] == manifest["messageId"]
        assert answer["stopTasks"] == [stray]


@pytest.fixture
def beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats every 50 ms."""
    monkeypatch.setattr(sockets, "BEAT", 0.05)


@pytest.mark.usefixtures("beats")
def test_heartbeats(machine: Machine) -> None:
    with machine.connect(machine.register()) as session:
        for _ in range(6):
            beat = session.receive_type("HeartbeatMessage")
            assert beat["healthy"] is True
            session.send("HeartbeatAckRequest", messageId=beat["messageId"])


@pytest.mark.usefixtures("beats")
def test_an_agent_that_answers_nothing_is_hung_up_on(cluster: str, machine: Machine) -> None:
    arn = machine.register()
    with machine.connect(arn) as session, pytest.raises(Closed, match="1000"):
        session.receive_type("nothing")
    until(lambda: not find_instance(cluster).agent_connected, "the end of the session")


def test_an_agent_is_connected_while_its_session_is_open(cluster: str, machine: Machine) -> None:
    arn = machine.register()
    assert not find_instance(cluster).agent_connected
    with machine.connect(arn) as first:
        first.receive_type("TaskManifestMessage")
        assert find_instance(cluster).agent_connected
        with machine.connect(arn) as second:  # as after a connection that only this side has lost
            second.receive_type("TaskManifestMessage")
            with pytest.raises(Closed, match="1000"):
                first.receive_type("nothing")
            assert find_instance(cluster).agent_connected
    until(lambda: not find_instance(cluster).agent_connected, "the end of the session")


def test_what_is_no_message_is_let_pass(machine: Machine) -> None:
    arn = machine.register()
    with machine.connect(arn) as session:
        for text in ("no JSON", "[]", '{"type": "AckRequest"}', '{"type": "Unheard", "message": {}}', '{"message": 1}'):
            session.send_text(text)
        session.send("TaskStopVerificationMessage", messageId="x", stopCandidates=[])
        assert session.receive_type("TaskStopVerificationAck")["stopTasks"] == []


def test_telemetry_is_taken(machine: Machine) -> None:
    arn = machine.register()
    endpoint = machine.ecs.discover_poll_endpoint(cluster="c", containerInstance=arn)["telemetryEndpoint"]
    query = {"agentHash": "8dfceca6", "agentVersion": "1.105.1", "cluster": "c", "containerInstance": arn}
    with AgentSocket(endpoint, query, machine.keys) as session:
        head = "Authorization: AWS4-HMAC-SHA256 …\r\nHost: x\r\n\r\n"
        for asked, answered in (
            ("PublishMetricsRequest", "AckPublishMetric"),
            ("PublishHealthRequest", "AckPublishHealth"),
            ("PublishInstanceStatusRequest", "AckPublishInstanceStatus"),
        ):
            session.send_text(f'{head}{{"type": "{asked}", "message": {{}}}}')
            assert session.receive() == {"type": answered, "message": {"message": "OK"}}
