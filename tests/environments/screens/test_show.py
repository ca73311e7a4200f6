"""show-env, list-envs, and the tasks as a person types them."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from environments.commands import environment as commands
from environments.screens.catalogue import STATES
from kiln.errors import Exit, UserError
from sandbox.inprocess import Sandbox
from tests.support.cli import Cli
from tests.support.environments import Define, Register


def test_an_environment_is_shown(
    sandbox: Sandbox, stock: str, register: Register, define: Define, capsys: pytest.CaptureFixture[str]
) -> None:
    env = define()
    register(env)
    batch = sandbox.client("batch")
    container = {"image": "busybox", "resourceRequirements": [{"type": "VCPU", "value": "1"},
                                                              {"type": "MEMORY", "value": "64"}]}  # fmt: skip
    batch.register_job_definition(jobDefinitionName="j", type="container", containerProperties=container)
    batch.submit_job(jobName="a", jobQueue="one", jobDefinition="j")
    sandbox.clock.advance(30)
    capsys.readouterr()
    assert commands.show_environment(env, None, as_json=False) == Exit.DONE
    text = capsys.readouterr().out
    assert stock in text
    assert "days old" in text
    assert "at most 12 × c5.2xlarge" in text
    assert "0 / 8 / 100" in text  # the job that waits has had a machine launched
    assert commands.show_environment("small", None, as_json=True) == Exit.DONE
    document = json.loads(capsys.readouterr().out)
    [queue] = document["queues"]
    assert set(queue["jobs"]) == set(STATES)
    assert sum(queue["jobs"].values()) == 1
    [one] = document["compute_environments"]
    assert (one["status"], one["instances"], one["at_most"]) == ("VALID", 0, "at most 12 × c5.2xlarge")
    assert document["amis"][0]["exists"] is True


def test_what_is_wrong_is_shown(
    sandbox: Sandbox, register: Register, define: Define, capsys: pytest.CaptureFixture[str]
) -> None:
    register(define())
    profile = {"InstanceProfileName": "ecsInstanceRole", "RoleName": "ecsInstanceRole"}
    sandbox.client("iam").remove_role_from_instance_profile(**profile)
    sandbox.clock.advance(60)
    capsys.readouterr()
    commands.show_environment("small", None, as_json=False)
    assert "has no associated IAM Roles" in capsys.readouterr().out
    commands.list_environments(None, as_json=False)
    assert "see invoke show-env --env small" in capsys.readouterr().out


def test_environments_are_listed(
    sandbox: Sandbox, stock: str, register: Register, define: Define, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.list_environments(None, as_json=False) == Exit.DONE
    assert "No environment is registered" in capsys.readouterr().out
    register(define())
    register("salmon", "ecs-optimized")
    capsys.readouterr()
    assert commands.list_environments(None, as_json=True) == Exit.DONE
    found = {each["environment"]: each for each in json.loads(capsys.readouterr().out)}
    assert set(found) == {"salmon", "small"}
    assert found["salmon"]["compute_environments"] == ["salmonExcess", "salmonWorkload"]
    assert found["small"]["amis"] == [stock]
    assert found["small"]["healthy"] is True


def test_an_environment_that_is_not_there(sandbox: Sandbox) -> None:
    with pytest.raises(UserError, match="there is no environment genomics in us-east-1"):
        commands.show_environment("genomics", None, as_json=False)
    with pytest.raises(UserError, match="there is no environment definition"):
        commands.show_environment("./none.yaml", None, as_json=False)


def test_from_the_command_line(sandbox: Sandbox, tmp_path: Path) -> None:
    invoke = Cli(tmp_path, {**sandbox.env(), "XDG_CACHE_HOME": str(tmp_path / "cache")})
    stock = ("--env", "salmon", "--ami", "ecs-optimized")
    planned = invoke("register-env", *stock, "--plan", "--json", code=Exit.SOMETHING_TO_DO)
    document = json.loads(planned.stdout)
    assert (document["environment"], document["something_to_do"]) == ("salmon", True)
    refused = invoke("register-env", *stock, code=Exit.USER_ERROR)
    assert "--yes" in refused.stderr
    texts = [line[9:] for line in refused.stderr.splitlines() if line[8:9] == "Z"]
    assert "" in texts
    assert ("", "") not in pairwise(texts), refused.stderr
    assert json.loads(invoke("list-envs", "--json").stdout) == []
    failed = invoke("register-env", "--env", "salmon", code=Exit.USER_ERROR)
    assert "✗ nextflow-al2023 has no tested AMI in us-east-1" in failed.stderr
    failed = invoke("register-env", "--env", "nobodys", code=Exit.USER_ERROR)
    assert "Known: genomics, genomics-2019, reference, salmon" in failed.stderr
    failed = invoke("register-env", *stock, "--drain-timeout", "0", code=Exit.USER_ERROR)
    assert "a number of minutes, 1 at least" in failed.stderr
