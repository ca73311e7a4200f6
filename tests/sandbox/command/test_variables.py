"""Each variable that could lead a call elsewhere, tried: the call must arrive at the sandbox, and nowhere else."""

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.command.site import content, publish
from sandbox.command.state import State
from sandbox.inprocess import SECRET, Sandbox

ROOT = Path(__file__).parents[3]
PROGRAM = """
import json, os, sys
from sandbox.command.variables import turn_process_to
from sandbox.command.state import State
turn_process_to(State(**json.loads(sys.argv[1])))
import boto3
print(boto3.client("sts").get_caller_identity()["Arn"], len(boto3.client("ec2").describe_vpcs()["Vpcs"]))
"""


class Trap(http.server.BaseHTTPRequestHandler):
    """Where a real account, or a proxy to it, would be."""

    caught: list[str]

    def _catch(self) -> None:
        self.caught.append(f"{self.command} {self.path}")
        self.send_error(418)

    do_GET = do_POST = do_PUT = do_CONNECT = _catch  # noqa: N815 - the names that http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing: what is caught is all that matters."""


@pytest.fixture
def trap() -> Iterator[tuple[str, list[str]]]:
    caught: list[str] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Set", (Trap,), {"caught": caught}))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", caught
    server.shutdown()
    server.server_close()


@pytest.fixture
def turned(sandbox: Sandbox, tmp_path: Path) -> State:
    port = int(sandbox.endpoint.rsplit(":", 1)[1])
    key = sandbox.world.access_key
    return State(os.getpid(), port, sandbox.endpoint, key, SECRET, "us-east-1", 0.0, str(tmp_path), False)


def ask(state: State, hostile: dict[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [sys.executable, "-c", PROGRAM, json.dumps(state.__dict__)]
    return subprocess.run(command, cwd=ROOT, env={**clean, **hostile}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "hostile",
    [
        {"AWS_ENDPOINT_URL_EC2": "{trap}", "AWS_ENDPOINT_URL_STS": "{trap}"},
        {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "HTTPS_PROXY": "{trap}", "https_proxy": "{trap}"},
        {"AWS_PROFILE": "work"},
        {"AWS_CONFIG_FILE": "{config}", "AWS_SHARED_CREDENTIALS_FILE": "{credentials}"},
        {"AWS_CONFIG_FILE": "{config}", "AWS_PROFILE": "work", "AWS_DEFAULT_PROFILE": "work"},
        {"AWS_USE_FIPS_ENDPOINT": "true"},
        {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
        {"AWS_CA_BUNDLE": "/nonexistent"},
        {"HTTP_PROXY": "{trap}", "http_proxy": "{trap}", "HTTPS_PROXY": "{trap}", "ALL_PROXY": "{trap}"},
        {"HTTP_PROXY": "{trap}", "http_proxy": "{trap}", "NO_PROXY": "example.com"},
        {"AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL", "AWS_SECRET_ACCESS_KEY": "real"},
        {"AWS_SESSION_TOKEN": "real"},
        {"AWS_DATA_PATH": "/nonexistent", "AWS_STS_REGIONAL_ENDPOINTS": "legacy"},
        {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"},
        {"AWS_ROLE_ARN": "arn:aws:iam::1:role/x", "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent"},
        {"HOME": "{home}"},
    ],
    ids="+".join,
)
def test_no_variable_leads_elsewhere(
    turned: State, trap: tuple[str, list[str]], tmp_path: Path, hostile: dict[str, str]
) -> None:
    endpoint, caught = trap
    services = "[services elsewhere]\n" + "".join(f"{name} =\n  endpoint_url = {endpoint}\n" for name in ("ec2", "sts"))
    config = f"[default]\nservices = elsewhere\n[profile work]\nservices = elsewhere\nregion = us-west-2\n{services}"
    credentials = "[default]\naws_access_key_id = AKIAREALREALREALREAL\naws_secret_access_key = real\n"
    (tmp_path / ".aws").mkdir()
    for name, text in (("config", config), ("credentials", credentials)):
        (tmp_path / ".aws" / name).write_text(text)
    places = {
        "trap": endpoint,
        "home": str(tmp_path),
        "config": str(tmp_path / ".aws" / "config"),
        "credentials": str(tmp_path / ".aws" / "credentials"),
    }
    done = ask(turned, {name: value.format(**places) for name, value in hostile.items()})
    assert done.stdout.strip() == "arn:aws:iam::123456789012:user/sandbox 1", done.stderr
    assert caught == []


def test_the_trap_does_catch(trap: tuple[str, list[str]], turned: State, sandbox: Sandbox) -> None:
    """The same program led astray on purpose: the test above can fail."""
    endpoint, caught = trap
    astray = State(**{**turned.__dict__, "endpoint": endpoint})
    assert ask(astray, {}).returncode != 0
    assert caught


def test_files_are_private(turned: State, tmp_path: Path) -> None:
    ask(turned, {})
    for name in ("aws-config", "aws-credentials"):
        assert (tmp_path / "run" / name).stat().st_mode & 0o777 == 0o600


def test_the_site_file(turned: State, tmp_path: Path) -> None:
    settings = content(turned, ("Stand-in.sh", "ab" * 32))
    assert settings["builder"] == {"ssh_from": "127.0.0.1/32"}
    download = settings["downloads"]["Miniforge3-*-Linux-x86_64.sh"]
    assert download["url"] == f"http://169.254.169.1:{turned.port}/kiln-sandbox/downloads/Stand-in.sh"
    other_port = content(State(**{**turned.__dict__, "ssh_port": 2222}), ("Stand-in.sh", "ab" * 32))
    assert other_port["builder"]["connect"] == {"proxy_command": "nc %h 2222"}
    installer = tmp_path / "made" / "Stand-in.sh"
    installer.parent.mkdir()
    installer.write_text("#!/bin/bash\n")
    publish(turned, (installer, "ab" * 32))
    assert (tmp_path / "downloads" / "Stand-in.sh").read_text() == "#!/bin/bash\n"
    assert json.loads((tmp_path / "run" / "site.yaml").read_text()) == settings
