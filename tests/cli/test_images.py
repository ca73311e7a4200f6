"""The tasks of images: what is typed reaches the command behind it."""

import pytest

from tests.support.typed import Record, Typed

ORDINARY = {"plan": False, "force": False, "on_error": "cleanup", "test": True, "as_json": False}


@pytest.mark.parametrize(
    ("words", "arguments", "options"),
    [
        ((), ("nextflow-al2023", None), {}),
        (("--image", "x", "--region", "eu-west-1"), ("x", "eu-west-1"), {}),
        (("--plan", "--json"), ("nextflow-al2023", None), {"plan": True, "as_json": True}),
        (("--force", "--on-error", "keep"), ("nextflow-al2023", None), {"force": True, "on_error": "keep"}),
        (("--no-test",), ("nextflow-al2023", None), {"test": False}),
    ],
)
def test_build_ami(
    typed: Typed, recorded: Record, words: tuple[str, ...], arguments: tuple[str, ...], options: dict[str, object]
) -> None:
    build = recorded("images.commands.build.build", 2)
    assert typed("build-ami", *words) == 2
    assert build.call == (arguments, ORDINARY | options)


def test_test_ami(typed: Typed, recorded: Record) -> None:
    test = recorded("images.commands.test.test")
    assert typed("test-ami", "ami-1") == 0
    assert typed("test-ami", "ami-1", "--image", "x", "--region", "r", "--on-error", "ask", "--json") == 0
    assert test.calls == [
        (("ami-1", None, None), {"on_error": "cleanup", "as_json": False}),
        (("ami-1", "x", "r"), {"on_error": "ask", "as_json": True}),
    ]


def test_list_amis(typed: Typed, recorded: Record) -> None:
    listed = recorded("images.commands.amis.list_amis")
    typed("list-amis")
    typed("list-amis", "--region", "r", "--json")
    assert listed.calls == [((None,), {"as_json": False}), (("r",), {"as_json": True})]


def test_clean_deletes_only_when_told(typed: Typed, recorded: Record) -> None:
    clean = recorded("images.commands.amis.clean", 2)
    assert typed("clean") == 2
    typed("clean", "--apply", "--region", "r", "--json")
    assert clean.calls == [
        ((None,), {"apply": False, "as_json": False}), (("r",), {"apply": True, "as_json": True}),
    ]  # fmt: skip


def test_ssh(typed: Typed, recorded: Record) -> None:
    ssh = recorded("images.commands.ssh.ssh")
    typed("ssh", "i-1")
    assert ssh.call == (("i-1",), {})
