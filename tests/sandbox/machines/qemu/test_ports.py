import os
import socket
import subprocess
from pathlib import Path

import pytest

from sandbox.machines.prerequisites import command_path
from sandbox.machines.qemu import ports
from sandbox.machines.qemu.ports import TRIAL_ADDRESS, can_forward, qemu_for_ssh

QEMU = command_path(ports.QEMU) or ""


def test_a_taken_port_is_found_out() -> None:
    with socket.socket() as taken:
        taken.bind((TRIAL_ADDRESS, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not can_forward(QEMU, port)
    assert can_forward(QEMU, port)


def test_without_port_22_it_is_2222(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ports, "can_forward", lambda qemu, port: False)
    monkeypatch.setattr(ports, "may_be_root", lambda: False)
    assert qemu_for_ssh(tmp_path).ssh_port == 2222


@pytest.mark.skipif(os.geteuid() != 0 or command_path("setcap") is None, reason="gives a file a capability, as root")
def test_the_private_copy_may_have_port_22_without_being_root(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    nobody = 65534
    cache = tmp_path_factory.mktemp("cache")
    for folder in (cache, *list(cache.parents)[:-2]):
        folder.chmod(0o711)

    def forwards(qemu: str) -> bool:
        for path in cache.iterdir():
            os.chown(path, nobody, nobody, follow_symlinks=False)
            if path.suffix != ".sh":  # a change of owner takes a file's capabilities away
                subprocess.run(["setcap", "cap_net_bind_service=ep", str(path)], check=True)
        network = f"user,id=net,restrict=on,hostfwd=tcp:{TRIAL_ADDRESS}:22-:22"
        command = [qemu, "-nodefaults", "-display", "none", "-machine", "none", "-netdev", network, "-monitor", "stdio"]
        done = subprocess.run(command, input=b"quit\n", capture_output=True, user=nobody, group=nobody, check=False)
        return done.returncode == 0

    monkeypatch.setattr(ports, "can_forward", lambda qemu, port: forwards(qemu))
    monkeypatch.setattr(ports, "may_be_root", lambda: True)
    monkeypatch.setattr(ports, "as_root", list)
    monkeypatch.setattr(os, "geteuid", lambda: nobody)
    found = qemu_for_ssh(cache)
    assert found.ssh_port == 22
    assert found.path.endswith(".sh")
