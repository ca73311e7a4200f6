import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse

import pytest

from sandbox.machines.guest.imds import Imds, answer
from sandbox.world.hypervisor import MetadataOptions

TREE = {
    "meta-data/instance-id": b"i-0123456789abcdef0",
    "meta-data/placement/region": b"us-east-1",
    "meta-data/public-keys/0=builder/openssh-key": b"ssh-ed25519 AAAA builder",
    "dynamic/instance-identity/document": b"{}",
    "user-data": b"#cloud-config\n",
}


@pytest.fixture
def imds() -> Iterator[Imds]:
    server = Imds(lambda: TREE)
    yield server
    server.close()


def ask(imds: Imds, path: str, method: str = "GET", **headers: str) -> HTTPResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"http://127.0.0.1:{imds.port}{path}", method=method, headers=named)
    response: HTTPResponse = urllib.request.urlopen(request, timeout=5)
    return response


def token(imds: Imds, ttl: str = "60") -> str:
    return ask(imds, "/latest/api/token", "PUT", X_aws_ec2_metadata_token_ttl_seconds=ttl).read().decode()


def refusal(imds: Imds, path: str, method: str = "GET", **headers: str) -> int:
    with pytest.raises(urllib.error.HTTPError) as error:
        ask(imds, path, method, **headers)
    return error.value.code


def test_a_request_without_a_token_is_refused(imds: Imds) -> None:
    assert refusal(imds, "/latest/meta-data/instance-id") == 401
    assert refusal(imds, "/latest/meta-data/instance-id", X_aws_ec2_metadata_token="made-up") == 401


def test_a_request_with_a_token_is_answered(imds: Imds) -> None:
    body = ask(imds, "/2021-03-23/meta-data/instance-id", X_aws_ec2_metadata_token=token(imds)).read()
    assert body == b"i-0123456789abcdef0"


@pytest.mark.parametrize("ttl", ["", "0", "21601", "soon"])
def test_a_token_needs_a_time_to_live_of_one_second_to_six_hours(imds: Imds, ttl: str) -> None:
    assert refusal(imds, "/latest/api/token", "PUT", X_aws_ec2_metadata_token_ttl_seconds=ttl) == 400


def test_a_token_expires(imds: Imds, monkeypatch: pytest.MonkeyPatch) -> None:
    given = token(imds, "1")
    assert imds.knows_token(given)
    now = imds._expiry_of[given]
    monkeypatch.setattr("sandbox.machines.guest.imds.time.monotonic", lambda: now + 0.001)
    assert not imds.knows_token(given)


def test_what_is_absent_is_a_quick_404(imds: Imds) -> None:
    assert refusal(imds, "/latest/meta-data/spot/instance-action", X_aws_ec2_metadata_token=token(imds)) == 404
    assert refusal(imds, "/latest", "PUT", X_aws_ec2_metadata_token_ttl_seconds="60") == 404


def test_a_change_of_the_instance_shows_at_once() -> None:
    tree = dict(TREE)
    server = Imds(lambda: tree)
    try:
        good = token(server)
        tree["user-data"] = b"changed"
        assert ask(server, "/latest/user-data", X_aws_ec2_metadata_token=good).read() == b"changed"
    finally:
        server.close()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", b"dynamic/\nmeta-data/\nuser-data"),
        ("meta-data/", b"instance-id\nplacement/\npublic-keys/"),
        ("meta-data", b"instance-id\nplacement/\npublic-keys/"),
        ("dynamic/instance-identity/", b"document"),
        ("meta-data/public-keys/", b"0=builder"),
        ("meta-data/public-keys/0/", b"openssh-key"),
        ("meta-data/public-keys/0/openssh-key", b"ssh-ed25519 AAAA builder"),
        ("meta-data/instance", None),
        ("meta-data/placement/zone", None),
    ],
)
def test_directories_are_listed_as_on_ec2(path: str, body: bytes | None) -> None:
    assert answer(TREE, path) == body


def test_a_directory_may_have_a_text_of_its_own() -> None:
    assert (
        answer(
            {"meta-data/public-keys/": b"0=k", "meta-data/public-keys/0/openssh-key": b"key"}, "meta-data/public-keys/"
        )
        == b"0=k"
    )


def test_a_request_without_a_token_is_answered_where_the_options_allow_it() -> None:
    options = [MetadataOptions(needs_token=False)]
    server = Imds(lambda: TREE, lambda: options[0])
    try:
        assert ask(server, "/latest/meta-data/instance-id").read() == b"i-0123456789abcdef0"
        assert refusal(server, "/latest/meta-data/instance-id", X_aws_ec2_metadata_token="made-up") == 401
        options[0] = MetadataOptions(needs_token=True)
        assert refusal(server, "/latest/meta-data/instance-id") == 401
    finally:
        server.close()


def test_a_service_that_is_off_refuses_everything() -> None:
    options = [MetadataOptions()]
    server = Imds(lambda: TREE, lambda: options[0])
    try:
        given = token(server)
        options[0] = MetadataOptions(enabled=False)
        assert refusal(server, "/latest/meta-data/instance-id", X_aws_ec2_metadata_token=given) == 403
        assert refusal(server, "/latest/api/token", "PUT", X_aws_ec2_metadata_token_ttl_seconds="60") == 403
    finally:
        server.close()
