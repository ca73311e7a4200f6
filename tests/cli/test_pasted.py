"""What tasks print to be typed is typed: issue 11, section 3, its second point. Fixes of the doctor have a file of
their own, tests/environments/doctor/test_pasted_fixes.py."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.inprocess import Sandbox
from tests.support.doctor import make_ami
from tests.support.foreign_roles import ECS, make_role
from tests.support.pasting import Printed, commands, paste, read_by_bash, type_in

TEXT = """
name: lab
image: nextflow-al2023
ami: ecs-optimized
launch_template: {template}
buckets: {{work: {{}}}}
compute_environments: {{lab-one: {{instance_types: [{types}], max_vcpus: 100{compute}}}}}
queues: {{lab-low: {{compute_environments: [lab-one]}}}}
{more}
"""
IN = "us-west-2"
Define = Callable[..., str]


@pytest.fixture(autouse=True)
def _at_a_terminal(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """`invoke sandbox` finds this process's own; nobody is at a terminal."""
    monkeypatch.setattr("sandbox.command.screens.enter", lambda machines: None)
    monkeypatch.setattr("kiln.asking.can_ask", lambda: False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a blank and an apostrophe in its name: what is printed must be quoted."""
    (made := tmp_path / "it's my lab").mkdir()
    return made


@pytest.fixture
def define(folder: Path) -> Define:
    def write(
        template: str = "nextflow-al2023", types: str = "c5.2xlarge", compute: str = "", more: str = ""
    ) -> str:  # fmt: skip
        path = folder / "lab.yaml"
        path.write_text(TEXT.format(template=template, types=types, compute=compute, more=more))
        return str(path)

    return write


def follow(printed: Printed, folder: Path) -> list[Printed]:
    """Paste all of it, in its order."""
    return [result for command in commands(printed.text) for result in paste(command, folder)]


@pytest.mark.parametrize("prefix", [(), ("sandbox",)])
def test_the_life_of_an_environment_by_what_is_printed(define: Define, folder: Path, prefix: tuple[str, ...]) -> None:
    env = define()
    for words in (("register-env", "--plan"), ("register-env",)):
        printed = type_in(*prefix, *words, "--env", env, "--region", IN)
        assert printed.code == (2 if "--plan" in words else 1), printed.text
        command = commands(printed.text)[-1]
        assert command.startswith(f"invoke {' '.join([*prefix, ''])}register-env --region {IN} --env ")
    [applied] = paste(command, folder)
    assert "✓ lab" in applied.text
    *_, shown = follow(applied, folder)
    assert f"lab in {IN}" in shown.text
    listed = type_in(*prefix, "list-envs", "--region", IN)
    assert "lab" in listed.text
    going = type_in(*prefix, "destroy-env", "--env", env, "--region", IN, "--plan")
    assert going.code == 2
    [gone] = follow(going, folder)
    assert "✓ lab is down" in gone.text


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("show-env", "--env", "{env}"), 2),
        (("show-env", "--env", "nothere"), 1),
        (("doctor", "--env", "{env}"), 1),
        (("doctor", "--env", "nothere"), 0),
        (("destroy-env", "--env", "nothere"), 1),
        (("register-env", "--env", "{env}", "--ami", "latest"), 1),
        (("register-env", "--env", "{env}", "--ami", "ami-0123456789abcdef0"), 1),
        (("register-env", "--env", "{env}", "--ami", "previous"), 1),
        (("list-amis",), 1),
        (("build-ami", "--plan"), 1),
        (("build-ami", "--image", "nextflow-al2", "--plan"), 1),
        (("test-ami", "ami-0123456789abcdef0"), 1),
        (("register-launch-template", "--ami", "ecs/al2023", "--plan"), 1),
        (("register-launch-template", "--ami", "latest"), 1),
        (("ssh", "i-0123456789abcdef0"), 1),
        (("doctor",), 1),
        (("list-envs",), 1),
        (("clean",), 0),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, tuple) else "",
)  # fmt: skip
def test_hints_of_tasks_that_cannot_go_on(
    sandbox: Sandbox, define: Define, folder: Path, words: tuple[str, ...], count: int
) -> None:
    env = define()
    if words[0] in ("doctor", "list-envs"):
        make_ami(sandbox, "nextflow-al2023-1", region=IN)  # `genomics` takes the newest of Kiln's
    region = () if words[0] == "ssh" else ("--region", IN)
    printed = type_in(*(word.format(env=env) for word in words), *region)
    assert "Traceback" not in printed.text
    pasted = commands(printed.text)
    assert len(pasted) == count, printed.text
    assert all(f"--region {IN}" in command for command in pasted if region)
    for command in pasted:
        if "latest" in command:  # there is no AMI of Kiln's before a machine has built it
            read_by_bash(command, folder)
        else:
            paste(command, folder)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"more": "iam: existing"}, "iam-policy --for administrator"),
        ({"compute": ", key_pair: labkey"}, "aws ec2 create-key-pair"),
        ({"compute": ", key_pair: labkey, placement_group: close"}, "aws ec2 create-placement-group"),
    ],
)
def test_hints_of_refusals_make_what_is_missing(
    define: Define, folder: Path, setting: dict[str, str], words: str
) -> None:  # fmt: skip
    env = define(**setting)
    refused = type_in("register-env", "--env", env, "--region", IN, "--plan")
    assert refused.code == 1
    assert any(words in command for command in commands(refused.text)), refused.text
    follow(refused, folder)
    after = type_in("register-env", "--env", env, "--region", IN, "--plan")
    assert after.code == (1 if "iam" in words else 2), after.text  # the administrator only reads what must be made


def test_a_role_that_does_not_trust_is_mended_by_what_is_printed(
    sandbox: Sandbox, define: Define, folder: Path
) -> None:  # fmt: skip
    make_role(sandbox, "batches", "lambda.amazonaws.com")
    env = define(more="roles: {service: batches}")
    refused = type_in("register-env", "--env", env, "--plan")
    assert (refused.code, len(commands(refused.text))) == (1, 1)
    follow(refused, folder)
    sandbox.clock.advance(60)
    assert "does not trust" not in type_in("register-env", "--env", env, "--plan").text


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("prefix", [(), ("sandbox",)])
def test_warnings_of_a_plan_are_gone_when_their_commands_were_pasted(
    sandbox: Sandbox, define: Define, folder: Path, form: str, prefix: tuple[str, ...]
) -> None:  # fmt: skip
    make_role(sandbox, "ecsInstanceRole", "ec2.amazonaws.com", policies=(ECS,))
    env = define("genomics-workflow-template")
    first = type_in(*prefix, "register-env", "--env", env, "--region", IN, "--plan").text
    assert ("when this plan is applied: eval" in first) == bool(prefix)
    assert type_in("register-env", "--env", env, "--region", IN, "--yes").code == 0
    network = sandbox.client("ec2", IN)
    named = [{"Name": "group-name", "Values": ["lab-batch"]}]
    [group] = network.describe_security_groups(Filters=named)["SecurityGroups"]
    network.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])
    words = [*prefix, "register-env", "--env", env, "--region", IN, "--plan"]
    planned = type_in(*words, *(["--json"] if form == "json" else []))
    text = "\n".join(json.loads(planned.text)["notes"]) if form == "json" else planned.text
    warned = [command for command in commands(text) if "aws " in command]
    assert len(warned) == 2, text
    assert all(command.startswith("eval") == bool(prefix) for command in warned)
    for command in warned:
        paste(command, folder)
    sandbox.clock.advance(60)
    left = type_in("register-env", "--env", env, "--region", IN, "--plan").text
    assert "it lacks" not in left
    assert "no HTTPS" not in left
