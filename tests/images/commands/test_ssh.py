"""`invoke ssh` into a kept builder."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from images.commands.ssh import make_command, ssh
from kiln.errors import UserError

KEPT: dict[str, Any] = {
    "build": "b", "instance": "i-1", "host": "203.0.113.9", "user": "ada", "host_key": "ssh-ed25519 AAAA",
    "proxy_command": None,
}  # fmt: skip


def test_only_the_kept_key_and_the_pinned_host_key_count(tmp_path: Path) -> None:
    arguments = make_command(tmp_path, KEPT)
    assert arguments[:5] == ["ssh", "-F", "none", "-i", str(tmp_path / "key")]
    assert arguments[-1] == "ada@203.0.113.9"
    options = {arguments[n + 1] for n, argument in enumerate(arguments) if argument == "-o"}
    assert options == {
        "IdentitiesOnly=yes", "IdentityAgent=none", "StrictHostKeyChecking=yes", "GlobalKnownHostsFile=none",
        f"UserKnownHostsFile={tmp_path / 'known_hosts'}",
    }  # fmt: skip
    assert (tmp_path / "known_hosts").read_text() == "203.0.113.9 ssh-ed25519 AAAA\n"


def test_a_tunnel_is_told_the_instance(tmp_path: Path) -> None:
    arguments = make_command(tmp_path, KEPT | {"proxy_command": "aws ssm start-session --target %i"})
    assert "ProxyCommand=aws ssm start-session --target i-1" in arguments


def test_the_builder_is_looked_up_by_its_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr(os, "execvp", lambda program, arguments: became.append(arguments))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "builds" / "x" / "k"
    folder.mkdir(parents=True)
    (folder / "kept.json").write_text(json.dumps(KEPT))
    with pytest.raises(UserError, match="i-2 is not a kept builder"):
        ssh("i-2")
    assert became == []
    with pytest.raises(UserError):  # a real execvp never comes back
        ssh("i-1")
    assert became[0][-1] == "ada@203.0.113.9"
