"""Private registries: what is written, and that a password goes from AWS to Docker's socket and nowhere else."""

import base64
import json
import os
import socketserver
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from kiln.errors import UserError
from provision.model.recipe import Machine
from provision.provisioners import container_images, files, registries
from provision.provisioners.registries import Credentials, Login
from tests.support.bash import run, tool

ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
PASSWORD = "hunter2-is-secret"
BUILDER = Machine("al2023", python="/home/ec2-user/miniconda/bin/python")
BOTO3 = f"""
import base64
class Refused(Exception):
    response = {{"Error": {{"Code": "AccessDeniedException"}}}}
class Client:
    def __init__(self, service, region): self.at = (service, region)
    def get_authorization_token(self, registryIds):
        assert (self.at, registryIds) == (("ecr", "eu-west-1"), ["123456789012"])
        return {{"authorizationData": [{{"authorizationToken": base64.b64encode(b"AWS:{PASSWORD}").decode()}}]}}
    def get_secret_value(self, SecretId):
        if SecretId.endswith("denied"):
            raise Refused("User is not authorized to perform: secretsmanager:GetSecretValue")
        return {{"SecretString": "{PASSWORD}" if SecretId.endswith("broken") else
                '{{"username": "me", "password": "{PASSWORD}"}}'}}
    def get_parameter(self, Name, WithDecryption):
        assert WithDecryption
        return {{"Parameter": {{"Value": '{{"username": "me", "password": "{PASSWORD}"}}'}}}}
def client(service, region_name): return Client(service, region_name)
"""


@pytest.mark.parametrize(
    ("reference", "login"),
    [
        (f"{ECR}/a/b:1", Login(ECR, "ecr:eu-west-1:123456789012")),
        (f"{ECR}/a@sha256:{'0' * 64}", Login(ECR, "ecr:eu-west-1:123456789012")),
        ("registry.example.org:5000/a:1", Login("registry.example.org:5000", "secret:login")),
        ("me/private:1", Login("docker.io", "parameter:/hub")),
        ("ubuntu:24.04", Login("docker.io", "parameter:/hub")),
        ("quay.io/a/b", None),
        ("public.ecr.aws/docker/library/busybox:1", None),
    ],
)
def test_what_an_image_is_pulled_with(reference: str, login: Login | None) -> None:
    known = {
        "registry.example.org:5000": Credentials(secret="login"),
        "docker.io": Credentials(parameter="/hub"),
    }
    assert registries.find_login(reference, known) == login


@pytest.mark.parametrize(
    "raw",
    [
        {"username": "me", "password": PASSWORD},
        {"secret": "login", "parameter": "/login"},
        {},
        {"secret": f"me:{PASSWORD}"},
        {"parameter": f"me:{PASSWORD}"},
        {"secret": f'{{"username": "me", "password": "{PASSWORD}"}}'},
        {"secret": ""},
    ],
)
def test_credentials_themselves_are_refused(raw: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        Credentials.model_validate(raw)
    assert PASSWORD not in " ".join(fault["msg"] for fault in caught.value.errors())


@pytest.mark.parametrize(
    "path", ["/root/.docker/config.json", "/home/ec2-user/.docker/config.json", "/root/.dockercfg"]
)
def test_a_file_with_passwords_of_registries_is_refused(path: str) -> None:
    with pytest.raises(ValidationError, match="passwords of registries"):
        files.Spec.model_validate([{"path": path, "content": "{}"}])


def test_registries_that_nothing_comes_from_and_ecr_are_refused() -> None:
    with pytest.raises(ValueError, match=r"they come from docker\.io"):
        registries.check({"quay.io": Credentials(secret="x")}, ["ubuntu"])
    with pytest.raises(ValueError, match="is ECR"):
        registries.check({ECR: Credentials(secret="x")}, [f"{ECR}/a"])
    registries.check({"quay.io": Credentials(secret="x")}, ["quay.io/a/b"])


def test_a_builder_without_boto3_cannot_log_in() -> None:
    spec = container_images.Spec.model_validate([f"{ECR}/a:1"])
    with pytest.raises(UserError, match="cannot be pulled with a login"):
        container_images.recipe(spec, Machine("al2023"))


class Docker(socketserver.ThreadingUnixStreamServer):
    """Docker's socket: what it was asked, and what it answers."""

    daemon_threads = True
    answer: bytes = b'{"status": "Downloaded"}\n'
    code = 200

    def __init__(self, path: str) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        super().__init__(path, Handler)


class Handler(BaseHTTPRequestHandler):
    server: Docker

    def do_POST(self) -> None:
        header = json.loads(base64.urlsafe_b64decode(self.headers["X-Registry-Auth"]))
        self.server.asked.append((self.path, header))
        self.send_response(self.server.code)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def address_string(self) -> str:
        return "docker"

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Docker]:
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    server = Docker("docker.sock")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def pull(folder: Path, reference: str, **named: Credentials) -> Any:
    """Run the step as the builder does, with a boto3 that knows the credentials; no file may be left with them."""
    (folder / "boto3.py").write_text(BOTO3)
    machine = Machine("al2023", python=sys.executable)
    known = {name.replace("_", "."): value for name, value in named.items()}
    recipe = container_images.recipe(container_images.Spec.model_validate([reference]), machine, known)
    [step] = recipe.steps
    assert PASSWORD not in step.script
    tool(folder / "bin", "curl", "exit 0")
    tool(folder / "bin", "sleep", "exit 0")
    script = step.script.replace("/var/run/docker.sock", str(folder / "docker.sock")).replace(" -s - ", " - ")
    script = script.replace("InstanceMetadataRegionFetcher(timeout=5, num_attempts=3).retrieve_region()", "'us-east-1'")
    done = run(script, tools=folder / "bin", PYTHONPATH=str(folder), HOME=str(folder), PYTHONDONTWRITEBYTECODE="1")
    assert PASSWORD not in done.stdout + done.stderr
    for path in (path for path in folder.rglob("*") if path.is_file() and path.name != "boto3.py"):
        assert PASSWORD not in path.read_text(errors="replace"), path
    return done


@pytest.mark.parametrize(
    ("reference", "query", "address", "user"),
    [
        (f"{ECR}/a/b:1", f"fromImage={ECR}%2Fa%2Fb&tag=1", ECR, "AWS"),
        (f"{ECR}/a@sha256:{'0' * 64}", f"fromImage={ECR}%2Fa&tag=sha256%3A{'0' * 64}", ECR, "AWS"),
        ("quay.io/a/b", "fromImage=quay.io%2Fa%2Fb&tag=latest", "quay.io", "me"),
        ("me/private:2", "fromImage=me%2Fprivate&tag=2", "https://index.docker.io/v1/", "me"),
    ],
)
def test_an_image_is_pulled_with_the_credentials_of_aws(
    docker: Docker, tmp_path: Path, reference: str, query: str, address: str, user: str
) -> None:
    done = pull(tmp_path, reference, quay_io=Credentials(secret="login"), docker_io=Credentials(parameter="/hub"))
    assert done.returncode == 0, done.stderr
    login = {"username": user, "password": PASSWORD, "serveraddress": address}
    assert docker.asked == [(f"/images/create?{query}", login)]


def test_a_role_without_the_right_is_said_once(docker: Docker, tmp_path: Path) -> None:
    done = pull(tmp_path, "quay.io/a/b", quay_io=Credentials(secret="denied"))
    assert done.returncode == 1
    assert done.stderr.count("secretsmanager:GetSecretValue") == 1
    assert "invoke iam-policy --builder" in done.stderr
    assert "could not pull quay.io/a/b" in done.stderr
    assert docker.asked == []


def test_a_secret_in_another_form_is_said_and_not_shown(docker: Docker, tmp_path: Path) -> None:
    done = pull(tmp_path, "quay.io/a/b", quay_io=Credentials(secret="broken"))
    assert done.returncode == 1
    assert 'must be {"username": "NAME", "password": "WORD"}' in done.stderr


@pytest.mark.parametrize(
    ("code", "answer"),
    [(200, {"error": f"denied: {PASSWORD} is wrong"}), (500, {"message": "unauthorized"})],
)
def test_what_docker_refuses_is_tried_three_times(
    docker: Docker, tmp_path: Path, code: int, answer: dict[str, str]
) -> None:
    docker.code, docker.answer = code, json.dumps(answer).encode()
    done = pull(tmp_path, f"{ECR}/a:1")
    assert done.returncode == 1
    assert len(docker.asked) == 3
    assert "denied: ***" in done.stderr or "unauthorized" in done.stderr


def children(process: int) -> Iterator[int]:
    """The processes that a process started, and theirs."""
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            yield child
            yield from children(child)


def test_the_password_is_in_no_argument_or_variable(
    docker: Docker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Docker answers only when the processes of the step have been looked at."""
    looked: list[str] = []
    answer = Handler.do_POST

    def look(handler: Handler) -> None:
        for process in children(os.getpid()):
            for part in ("cmdline", "environ"):
                looked.append(Path(f"/proc/{process}/{part}").read_bytes().decode(errors="replace"))
        answer(handler)

    monkeypatch.setattr(Handler, "do_POST", look)
    assert pull(tmp_path, f"{ECR}/a:1").returncode == 0
    assert any("ecr:eu-west-1:123456789012" in text for text in looked)
    assert not any(PASSWORD in text for text in looked)
