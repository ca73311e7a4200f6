"""`invoke nextflow-image` in front of the offline AWS, with a machine that is not there."""

import json
from pathlib import Path
from typing import Any

import pytest

from cloud.errors import translate
from cloud.session import Cloud
from environments.plan.pushed_images import list_references
from kiln.errors import Exit, UserError
from kiln.screen import Screen
from nextflow.container import command, local, repository
from nextflow.container.parts import choose_parts
from nextflow.container.pins import load_pins
from nextflow.container.remote import make_recipe
from sandbox.inprocess import Sandbox
from tests.support import bash
from tests.support.aws_state import left_behind
from tests.support.container_images import TinyImage, put_tiny
from tests.support.fake_remote import FakeRemote

LOGIN = repository.Login("registry.example", "AWS", "se'cret")
IMAGE = "registry.example/nextflow:1"


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "nextflow"
    path.write_text("#!/bin/sh\n")
    return str(path)


def build(program: str, **options: Any) -> int:
    given: dict[str, Any] = {
        "push": True,
        "on": "auto",
        "base": "debian:12",
        "nextflow": program,
        "aws_cli": "base",
        "sources": "",
    }
    return command.nextflow_image(None, as_json=True, **(given | options))


def test_it_is_built_on_a_machine_that_is_gone_afterwards(
    sandbox: Sandbox, program: str, remote: type[FakeRemote], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    tag = choose_parts(load_pins(), "debian:12", program, "base").tag

    def push(self: FakeRemote, bundle: Any, on_event: Any) -> Any:
        assert [task.name for task in bundle.tasks] == ["files", "docker answers", "docker build", "docker push"]
        put_tiny(sandbox.client("ecr"), "nextflow", TinyImage(), tag)
        return FakeRemote.perform(self, bundle, on_event)

    monkeypatch.setattr(remote, "perform", push)
    assert build(program) == Exit.DONE
    document = json.loads(capsys.readouterr().out)
    assert document["image"] == list_references(Cloud(), [repository.NAME])[repository.NAME]
    assert (document["tag"], document["built_on"]) == (tag, "machine")
    assert left_behind(sandbox) == {}
    launched = sandbox.calls.count("RunInstances")
    assert build(program) == Exit.DONE
    assert json.loads(capsys.readouterr().out) == document | {"built_on": None}
    assert sandbox.calls.count("RunInstances") == launched


def test_a_build_that_fails_leaves_no_machine(sandbox: Sandbox, program: str, remote: type[FakeRemote]) -> None:
    remote.failing["docker build"] = 1
    with pytest.raises(UserError, match="docker build"):
        build(program)
    assert left_behind(sandbox) == {}


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
def test_whatever_call_fails_nothing_half_done_is_left(
    sandbox: Sandbox, program: str, remote: type[FakeRemote], monkeypatch: pytest.MonkeyPatch, code: str, capfd: Any
) -> None:
    """What could not be removed, since that call failed, is told."""
    tag = choose_parts(load_pins(), "debian:12", program, "base").tag

    def perform(self: FakeRemote, bundle: Any, on_event: Any) -> Any:
        if repository.find_tagged(Cloud(), tag) is None:
            put_tiny(sandbox.client("ecr"), "nextflow", TinyImage(), tag)
        return FakeRemote.perform(self, bundle, on_event)

    monkeypatch.setattr(remote, "perform", perform)
    monkeypatch.setattr("cloud.session.ATTEMPTS", 1)
    sandbox.calls.clear()
    assert build(program) == Exit.DONE
    happened = list(dict.fromkeys(call.action for call in sandbox.calls.all()))
    assert len(happened) > 10
    for action in happened:
        sandbox.client("ecr").delete_repository(repositoryName="nextflow", force=True)
        sandbox.faults.add(action, code)
        capfd.readouterr()
        try:
            build(program)
        except Exception as error:
            words = error if isinstance(error, UserError) else translate(error)
            assert words, action
        sandbox.faults.clear()
        printed = capfd.readouterr().err
        left = left_behind(sandbox)
        left.pop("volumes", None)  # they go with their machine
        for kind, ids in left.items():
            assert all(f" {name}" in printed.partition("by hand: ")[2] for name in ids), (action, kind)
            remove(sandbox, kind, ids)
        assert build(program) == Exit.DONE, action
        assert sandbox.client("ecr").get_lifecycle_policy(repositoryName="nextflow"), action


def remove(sandbox: Sandbox, kind: str, ids: list[str]) -> None:
    """Do what a person is told to do by hand."""
    ec2 = sandbox.client("ec2")
    if kind == "instances":
        ec2.terminate_instances(InstanceIds=ids)
        sandbox.clock.advance(120)
    for name in ids:
        if kind == "groups":
            ec2.delete_security_group(GroupId=name)
        if kind == "keys":
            ec2.delete_key_pair(KeyName=name)


def test_nothing_is_asked_of_aws_where_a_pin_is_empty(sandbox: Sandbox, program: str) -> None:
    with pytest.raises(UserError, match=r"no published SHA-256 of aws-cli"):
        build(program, aws_cli="")
    with pytest.raises(UserError, match="--on cannot be"):
        build(program, on="kubernetes")
    assert sandbox.calls.all() == ()


@pytest.mark.parametrize("push", [True, False])
def test_without_docker_nothing_is_made(
    sandbox: Sandbox, program: str, monkeypatch: pytest.MonkeyPatch, push: bool
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UserError, match="this computer has no Docker") as refused:
        build(program, on="docker", push=push)
    assert "--on machine" in refused.value.hint
    assert sandbox.calls.all() == ()


def test_package_sources_that_are_no_text(sandbox: Sandbox, program: str, tmp_path: Path) -> None:
    (tmp_path / "sources").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="sources cannot be read"):
        build(program, sources=str(tmp_path / "sources"))


def test_the_login_is_in_no_command_line(tmp_path: Path, program: str) -> None:
    parts = choose_parts(load_pins(), "debian:12", program, "base", "a 'source'\nof two lines")
    recipe = make_recipe(parts, IMAGE, LOGIN)
    scripts = {step.name: step.script for step in recipe.steps}
    assert not any("cret" in script for script in scripts.values())
    assert [file.mode for file in recipe.files] == [0o600, 0o600]
    tools, words, context = tmp_path / "tools", tmp_path / "words", tmp_path / "context"
    bash.tool(tools, "docker", f'printf "%s|" "$@" >>{words}; cat >>{words}')
    context.write_text("<context>")
    script = scripts["docker build"].replace("/run/kiln-nextflow-image/context.tar", str(context))
    assert bash.run(script, tools=tools).returncode == 0
    assert "|--build-arg|PACKAGE_SOURCES=a 'source'\nof two lines|" in words.read_text()
    assert words.read_text().endswith(f"|--tag|{IMAGE}|-|<context>")


def test_docker_of_this_computer_is_used_where_it_answers(
    tmp_path: Path, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools, words = tmp_path / "tools", tmp_path / "words"
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert not local.has_docker()
    noting = f'echo "$*" >>{words}; if [ "$1" = login ]; then cat >>{words}; echo >>{words}; fi; [ "$1" != "$FAIL" ]'
    bash.tool(tools, "docker", noting)
    assert local.has_docker()
    parts = choose_parts(load_pins(), "debian:12", program, "base")
    local.build(parts, IMAGE, LOGIN, Screen(quiet=True))
    login = "login --username AWS --password-stdin registry.example"
    assert words.read_text().splitlines()[-4:] == [login, "se'cret", f"push {IMAGE}", "logout registry.example"]
    monkeypatch.setenv("FAIL", "push")
    with pytest.raises(UserError, match="docker push ended with 1"):
        local.build(parts, IMAGE, LOGIN, Screen(quiet=True))
    assert words.read_text().splitlines()[-1] == "logout registry.example"
    monkeypatch.delenv("FAIL")
    choices: dict[str, Any] = {"base": "debian:12", "nextflow": program, "aws_cli": "base", "sources": ""}
    words.write_text("")
    assert command.nextflow_image("us-east-1", push=False, on="auto", as_json=False, **choices) == 0
    assert " --tag nextflow:" in words.read_text()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert not local.has_docker()
