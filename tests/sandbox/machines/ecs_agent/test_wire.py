"""Signatures and calls, as AWS reads them."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Botocores

from sandbox.machines.ecs_agent.wire.calls import Aws, AwsError
from sandbox.machines.ecs_agent.wire.imds import Imds, RoleCredentials, seconds_of
from sandbox.machines.ecs_agent.wire.signing import Credentials, Request, query_string, sign
from tests.support import moto_once
from tests.support.control_plane_double import ControlPlane

# botocore's own, whatever tests of the same process have put in its place.
CANONICAL = next(seam for seam in moto_once.SEAMS if seam.name == "canonical_request").original
KEYS = {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}


@pytest.mark.parametrize("token", ["", "t/+="])
@pytest.mark.parametrize(
    "query",
    [(), (("b", "a:1 /"), ("a", "x y"), ("dockerVersion", "DockerVersion: 20.10.24+dfsg1")), (("a", "2"), ("a", "1"))],
)
def test_a_signature_is_botocores(
    token: str, query: tuple[tuple[str, str], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request("GET", "169.254.169.1:5000", "/acs/ws", query, {"X-Amz-Target": "A.B"}, b"{}")
    mine = sign(request, Credentials("AKIA1", "secret", token), "us-east-1", "ecs", 1795828305.0)
    url = f"http://169.254.169.1:5000/acs/ws?{query_string(query)}"
    theirs = AWSRequest("GET", url, headers={"X-Amz-Target": "A.B"}, data=b"{}")
    signer = SigV4Auth(Botocores("AKIA1", "secret", token or None), "ecs", "us-east-1")
    theirs.context["timestamp"] = mine["X-Amz-Date"]
    theirs.headers["X-Amz-Date"] = mine["X-Amz-Date"]
    if token:
        theirs.headers["X-Amz-Security-Token"] = token
    text = signer.string_to_sign(theirs, CANONICAL(signer, theirs))
    assert mine["Authorization"].endswith(f"Signature={signer.signature(text, theirs)}")


@pytest.fixture
def plane() -> Iterator[ControlPlane]:
    with closing(ControlPlane()) as double:
        yield double


def make_aws(plane: ControlPlane, waits: list[float]) -> Aws:
    return Aws(plane.url, "us-east-1", RoleCredentials(Imds(), KEYS), waits.append)


def test_a_call(plane: ControlPlane) -> None:
    assert make_aws(plane, []).ecs("SubmitTaskStateChange", {"task": "t"}) == {"acknowledgment": "ACK"}
    assert plane.calls == [("SubmitTaskStateChange", {"task": "t"})]
    headers = {name.lower(): value for name, value in plane.headers[0].items()}
    assert headers["x-amz-target"] == "AmazonEC2ContainerServiceV20141113.SubmitTaskStateChange"
    assert headers["amz-sdk-request"] == "attempt=1; max=3"
    assert headers["user-agent"].startswith("Amazon ECS Agent - v1.105.1 (")
    assert "Credential=AKIA1/" in headers["authorization"]


def test_what_passes_is_tried_again(plane: ControlPlane) -> None:
    waits: list[float] = []
    plane.errors = [(500, {"__type": "ServerException", "message": "no"}), (400, {"__type": "ThrottlingException"})]
    make_aws(plane, waits).ecs("X", {})
    assert len(plane.calls) == 3
    assert len(waits) == 2
    assert 0.1 <= waits[0] <= 0.2


def test_what_does_not_is_not(plane: ControlPlane) -> None:
    plane.errors = [(400, {"__type": "com.amazonaws.ecs#ClientException", "message": "Cluster not found."})]
    with pytest.raises(AwsError) as error:
        make_aws(plane, []).ecs("X", {})
    assert (error.value.code, error.value.message, len(plane.calls)) == ("ClientException", "Cluster not found.", 1)


def test_three_attempts_and_no_more(plane: ControlPlane) -> None:
    plane.errors = [(500, {"__type": "ServerException"})] * 5
    with pytest.raises(AwsError, match="ServerException"):
        make_aws(plane, []).ecs("X", {})
    assert len(plane.calls) == 3


def test_no_answer(plane: ControlPlane) -> None:
    plane.close()
    with pytest.raises(AwsError, match="RequestError"):
        make_aws(plane, []).ecs("X", {})


@pytest.mark.parametrize("seconds", [0, 951782400, 1709164800, 1795828305, 4102444799])
def test_times(seconds: int) -> None:
    assert seconds_of(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))) == seconds
