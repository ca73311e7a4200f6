from pathlib import Path

import pytest
from pydantic import ValidationError

from provision.model import shell
from provision.model.recipe import File, Machine
from provision.provisioners import files
from tests.support.bash import run

MACHINE = Machine("al2023")


def test_content_and_source_become_files() -> None:
    spec = files.Spec.model_validate(
        [
            {"path": "/etc/motd", "content": "Fired by Kiln\n"},
            {"path": "/opt/tool", "source": "tool.bin", "mode": "0755", "owner": "ec2-user:ec2-user"},
        ]
    ).loaded({"tool.bin": b"\x7fELF\xff"}.__getitem__)
    assert files.recipe(spec, MACHINE).files == (
        File("/etc/motd", b"Fired by Kiln\n"),
        File("/opt/tool", b"\x7fELF\xff", 0o755, "ec2-user:ec2-user"),
    )


def test_the_check_sees_content_mode_and_absence(tmp_path: Path) -> None:
    file = tmp_path / "motd"
    check = files.recipe(files.Spec.model_validate([{"path": str(file), "content": "a\n", "mode": "0600"}]), MACHINE)
    script = check.checks[0].script
    assert "does not exist" in run(script).stderr
    file.write_text("a\n")
    file.chmod(0o644)
    assert "has mode 644, expected 600" in run(script).stderr
    file.chmod(0o600)
    assert run(script).returncode == 0
    file.write_text("b\n")
    done = run(script)
    assert (done.returncode, done.stderr) == (1, f"{file} has other content than defined\n")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"path": "etc/motd", "content": ""}, "path"),
        ({"path": "/etc/../motd", "content": ""}, r"must not contain"),
        ({"path": "/etc/ecs/ecs.config", "content": "ECS_CLUSTER=x"}, "ecs_agent sets its keys"),
        ({"path": "/etc/sysconfig/docker-storage", "content": ""}, "docker_storage extends"),
        ({"path": "/etc/motd"}, "exactly one of content and source"),
        ({"path": "/etc/motd", "content": "", "source": "x"}, "exactly one of content and source"),
        ({"path": "/etc/motd", "content": "", "mode": 420}, "octal digits in quotes"),
        ({"path": "/etc/motd", "content": "", "mode": "0999"}, "octal digits in quotes"),
        ({"path": "/etc/motd", "content": "", "owner": "root; id"}, "owner"),
    ],
)
def test_bad_files_are_refused(raw: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        files.Spec.model_validate([raw])


def test_a_path_stands_once() -> None:
    with pytest.raises(ValidationError, match="defined twice: /etc/motd"):
        files.Spec.model_validate([{"path": "/etc/motd", "content": text} for text in "ab"])


def test_a_failing_function_ends_the_script() -> None:
    assert run(shell.FAIL + "kiln_fail no; echo went on").stdout == ""
