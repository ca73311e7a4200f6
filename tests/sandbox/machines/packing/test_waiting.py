"""The shell in which a machine without a role waits for one."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.machines.guest.imds import Imds
from sandbox.machines.packing import ecs_init

ROLE = "meta-data/iam/security-credentials/machines"


@pytest.fixture
def tree() -> dict[str, bytes]:
    return {"meta-data/instance-id": b"i-0123"}


@pytest.fixture
def script(tmp_path: Path, tree: dict[str, bytes]) -> Iterator[Path]:
    """ecs-init with this host's paths, a metadata service of the test's, and an agent that says that it began."""
    with closing(Imds(lambda: tree)) as service:
        text = (ecs_init.MACHINES / "ecs-init/usr/libexec/amazon-ecs-init").read_text()
        changes = {
            "imds=169.254.169.254": "imds=127.0.0.1", "/80\"": f'/{service.port}"', "sleep $wait": "sleep 0.2",
            "/run/ecs-init-endpoint": f"{tmp_path}/endpoint", "/var/log/ecs": f"{tmp_path}/log",
            "/proc/sys/net/ipv4/conf/all/route_localnet": f"{tmp_path}/route_localnet",
            "iptables-restore --noflush --wait 30": f"cat >>{tmp_path}/rules",
            "/usr/bin/python3 -SE": "echo began",
        }  # fmt: skip
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "amazon-ecs-init"
        path.write_text(text)
        path.chmod(0o755)
        yield path


def begin(script: Path, what: str) -> "subprocess.Popen[str]":
    here = script.parent
    environment = {"PATH": "/usr/bin:/bin", "ECS_DATADIR": f"{here}/data", "ECS_LOGFILE": f"{here}/log/agent.log"}
    return subprocess.Popen([script, what], env=environment, stdout=subprocess.PIPE, text=True)


def test_without_a_role_it_waits_and_leaves_the_agents_state(script: Path, tree: dict[str, bytes]) -> None:
    here = script.parent
    assert begin(script, "pre-start").communicate(timeout=20)[0] == ""
    assert not (here / "rules").exists()
    waiting = begin(script, "start")
    ends = time.monotonic() + 20
    while not (here / "log" / "agent.log").exists():
        assert time.monotonic() < ends
        time.sleep(0.01)
    assert (here / "data" / "agent.db").read_text() == '{"instance": "i-0123"}'
    assert waiting.poll() is None
    tree[ROLE] = b"{}"
    assert waiting.communicate(timeout=20)[0].startswith("began")
    assert waiting.returncode == 0
    assert "169.254.170.2 --dport 80 -j DNAT --to-destination 127.0.0.1:51679" in (here / "rules").read_text()


def test_with_a_role_it_begins_at_once(script: Path, tree: dict[str, bytes]) -> None:
    tree[ROLE] = b"{}"
    assert begin(script, "pre-start").communicate(timeout=20)[0] == ""
    assert (script.parent / "route_localnet").read_text() == "1\n"
    assert begin(script, "start").communicate(timeout=20)[0].startswith("began")
    assert (script.parent / "rules").read_text().count("PREROUTING") == 1
    assert not (script.parent / "log" / "agent.log").exists()


def test_another_agent_begins_without_a_role(script: Path) -> None:
    other = script.parent / "amazon-ecs-agent-other"
    other.write_text("#!/bin/sh\necho the other\n")
    other.chmod(0o755)
    assert begin(script, "pre-start").communicate(timeout=20)[0] == ""
    assert (script.parent / "rules").exists()
    assert begin(script, "start").communicate(timeout=20)[0] == "the other\n"
