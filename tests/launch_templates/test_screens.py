"""What a person sees of `register-launch-template` and `show-user-data`."""

import json
from pathlib import Path
from typing import Any

import pytest

from images.amis import choose
from kiln.errors import Exit
from launch_templates import commands
from sandbox.inprocess import Sandbox
from tests.support.fake_remote import FakeRemote
from tests.support.images import Build, MakeAmi
from tests.support.launch_templates import GENOMICS, Define, Register


def test_user_data_is_shown_without_aws(monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    assert commands.show_user_data(GENOMICS, "", None, choose, as_json=False) == Exit.DONE
    shown = capsys.readouterr()
    assert "for a stock al2023 AMI" in shown.err
    assert "── 00-kiln-boot   shell-script" in shown.out
    assert "docker storage on /dev/sdc that grows (lvm)" in shown.out
    assert commands.show_user_data("reference", "", None, choose, as_json=True) == Exit.DONE
    document = json.loads(capsys.readouterr().out)
    assert [part["kind"] for part in document["parts"]] == ["cloud-config", "shell-script"]


def test_user_data_is_shown_for_an_ami(sandbox: Sandbox, remote: type[FakeRemote], build: Build, capsys: Any) -> None:
    build("nextflow-al2023")
    capsys.readouterr()
    assert commands.show_user_data("nextflow-al2023", "latest", None, choose, as_json=False) == Exit.DONE
    assert capsys.readouterr().out == "no user data: the AMI carries docker storage, aws cli, ecs agent\n"


def test_screens(sandbox: Sandbox, make_ami: MakeAmi, register: Register, definition: Define, capsys: Any) -> None:
    first = make_ami("one")
    small = definition("packages: [jq]\nkeep_versions: 1\n")
    register(small)
    out = capsys.readouterr()
    assert f"  ami    {first}  one, x86_64" in out.err
    assert "of 16.0 KiB of user data: kiln-boot (packages)" in out.err
    assert "✓ small   v1   registered   lt-" in out.out
    make_ami("two")
    assert register(small, plan=True, set_default=True) == Exit.SOMETHING_TO_DO
    out = capsys.readouterr()
    assert "  ~  launch template  small   v1 → v2   ImageId" in out.out
    assert "  ~  default          v1 → v2" in out.out
    assert "  -  version          v1   old, and no compute environment uses it" in out.out
    assert "1 to register, 1 to update, 1 to delete. Apply with: invoke register-launch-template" in out.out
    assert out.out.rstrip().endswith(f"--template {small} --set-default")
    register(small)
    assert "default  v1; make it v2: invoke register-launch-template --template" in capsys.readouterr().out
    register(small)
    assert "v2, not the default (v1), says the same" in capsys.readouterr().out
