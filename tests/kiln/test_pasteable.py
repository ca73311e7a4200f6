"""Every command that Kiln suggests can be pasted: issue 11, section 3, its second point."""

import shlex

import pytest
from invoke.parser import Parser

import tasks
from kiln import typed
from kiln.boundary import render
from kiln.errors import UserError
from tests.support.suggestions import every_suggestion


@pytest.fixture(autouse=True)
def _as_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed._Typed, "prefix", "invoke")
    monkeypatch.setattr(typed._Typed, "given", {})
    monkeypatch.setattr(typed._Typed, "paths", {})


def parsed(command: str) -> list[str]:
    """The tasks of a command line, as invoke parses it; raises ParseError for what it does not take."""
    words = shlex.split(command)
    assert words[0] == "invoke"
    return [context.name or "" for context in Parser(contexts=tasks.namespace.to_contexts()).parse_argv(words[1:])]


def test_what_suggestions_take_over_are_options_of_the_tasks() -> None:
    contexts = {context.name: set(context.args) for context in tasks.namespace.to_contexts()}
    for task, options in typed._TAKES.items():
        assert set(options) <= contexts[task], task
    with_region = {str(name) for name, options in contexts.items() if "region" in options}
    assert with_region - {"iam-policy"} == {task for task, options in typed._TAKES.items() if "region" in options}


@pytest.mark.parametrize("command", every_suggestion())
def test_every_suggestion_in_the_code_is_taken_by_invoke(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    typed.note({"env": "my lab/e 1.yaml", "image": "i.yaml", "template": "it's.yaml", "region": "eu-west-1"})
    assert len(parsed(typed.pasteable(command))) == 1
    monkeypatch.setattr(typed._Typed, "prefix", "invoke sandbox")
    assert len(parsed(typed.pasteable(command))) == 2


def test_there_are_suggestions_to_try() -> None:
    assert len(every_suggestion()) > 15


@pytest.mark.parametrize(
    ("given", "text", "pasted"),
    [
        ({"region": "eu-west-1"}, "Build one: invoke build-ami.", "Build one: invoke build-ami --region eu-west-1"),
        ({"env": "salmon"}, "invoke register-env", "invoke register-env --env salmon"),
        ({"env": "my lab/e.yaml"}, "invoke destroy-env --plan", "invoke destroy-env --env 'my lab/e.yaml' --plan"),
        ({"env": "my lab/e.yaml"}, "invoke show-env --env my lab/e.yaml", "invoke show-env --env 'my lab/e.yaml'"),
        ({"env": "x.yaml"}, "invoke show-env --env e; look", "invoke show-env --env x.yaml; look"),
        ({"image": "i.yaml"}, "invoke build-ami --image small", "invoke build-ami --image i.yaml"),
        ({"region": "us-west-2"}, "invoke clean --apply removes it.",
         "invoke clean --region us-west-2 --apply removes it."),
        ({"region": "us-west-2"}, "invoke show-env --region us-west-2", "invoke show-env --region us-west-2"),
        ({"region": "us-west-2"}, "aws ec2 delete-volume --volume-id vol-1", "aws ec2 delete-volume --region us-west-2"
         " --volume-id vol-1"),
        ({"region": "us-west-2"}, "aws iam attach-role-policy --role-name x",
         "aws iam attach-role-policy --role-name x"),
        ({}, "invoke register-env --env lab.", "invoke register-env --env lab"),
    ],
)  # fmt: skip
def test_a_suggestion_names_what_the_person_gave(given: dict[str, str], text: str, pasted: str) -> None:
    typed.note(given)
    for option, name in (("env", "e"), ("image", "small")):
        typed.note_path(option, name, given.get(option, ""))
    assert typed.pasteable(text) == pasted
    assert typed.pasteable(pasted) == pasted


def test_behind_the_sandbox_suggestions_lead_to_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    typed.begin_with("invoke sandbox")
    typed.note({"env": "lab.yaml", "region": "us-east-1"})
    error = UserError("x", "y", "Try invoke register-env --ami latest\naws ec2 create-default-vpc")
    assert "Try    Try invoke sandbox register-env --env lab.yaml --region us-east-1 --ami latest" in render(error)
    assert 'eval "$(invoke sandbox.env)" && aws ec2 create-default-vpc --region us-east-1' in render(error)
    assert typed.command("list-envs") == "invoke sandbox list-envs --region us-east-1"
