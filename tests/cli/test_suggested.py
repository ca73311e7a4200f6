"""Every command that Kiln suggests, and that changes nothing, is run where it can be: beside an environment with a job.

Those that would change something are planned only. tests/kiln/test_pasteable.py gives all of them to invoke's parser;
tests/cli/test_pasted.py follows what tasks print.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.inprocess import Sandbox
from tests.support.doctor import make_ami, turned_to
from tests.support.environments import define
from tests.support.pasting import commands, paste, type_in
from tests.support.suggestions import every_suggestion

READ = ("doctor", "iam-policy", "list-amis", "nextflow-config", "show-job")
PLANNED = ("build-ami", "destroy-env", "register-env")
NOT_RUN = {
    "head-down": "there is no head's machine", "head-up": "it has no plan", "measure-memory": "it has no plan",
    "nextflow-image": "it builds on this computer's Docker", "run": "there is no pipeline's run to go on with",
    "show-run": "there is no pipeline's run", "ssh": "there is no machine", "upload": "it has no plan",
}  # fmt: skip


PLAIN = """
name: plain
base: {ssm: ecs/al2023}
docker_storage: {driver: overlay2}
builder: {ssh_from: 127.0.0.1/32, instance_profile: PROFILE}
"""
PRIVATE = """
container_images: [registry.example.org/team/aligner:2.1]
registries: {registry.example.org: {secret: registry-login}}
"""


@dataclass(frozen=True)
class Account:
    """`environment` is a definition that is registered, `job` one that waits in it; `private` pulls with a login."""

    environment: str
    plain: str
    private: str
    job: str


def read_task(command: str) -> str:
    return command.split()[1]


RUN = [command for command in every_suggestion() if read_task(command) in (*READ, *PLANNED)]


@pytest.fixture(scope="module")
def account(one_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    folder = tmp_path_factory.mktemp("suggested")
    with turned_to(one_sandbox, folder), pytest.MonkeyPatch.context() as patch:
        patch.setattr("kiln.asking.can_ask", lambda: False)
        make_ami(one_sandbox, "nextflow-al2023-1")
        path = define(folder)
        applied = type_in("register-env", "--env", path, "--yes")
        assert applied.code == 0, applied.text
        asked = {"jobName": "own", "jobQueue": "small-low", "jobDefinition": "small-task"}
        plain, private = folder / "plain.yaml", folder / "private.yaml"
        plain.write_text(PLAIN.replace(", instance_profile: PROFILE", ""))
        private.write_text(PLAIN.replace("PROFILE", "puller") + PRIVATE)
        yield Account(path, str(plain), str(private), one_sandbox.client("batch").submit_job(**asked)["jobId"])


def complete(command: str, account: Account) -> list[str]:
    """Put what there is in the place of the names that the program fills in, and let changes be planned only."""
    words = shlex.split(re.sub(r'[.",].*', "", command))[1:]
    task = words[0]
    image = account.private if "--builder" in words else account.plain
    values = {"--env": account.environment, "--image": image, task: account.job}
    for place, word in enumerate(words):
        if word == "name":
            words[place] = values[words[place - 1]]
    if task in ("destroy-env", "doctor", "register-env") and "--env" not in words:
        words += ["--env", account.environment]
    if (task == "build-ami" or "--builder" in words) and "--image" not in words:
        words += ["--image", image]
    return [*words, *(["--plan"] if task in PLANNED else [])]


@pytest.mark.parametrize("command", RUN)
def test_what_is_suggested_is_run(account: Account, command: str) -> None:
    words = complete(command, account)
    if "--follow" in words:
        words.remove("--follow")  # of a job that never ends
    printed = type_in(*words)
    assert printed.code in (0, 2), f"{shlex.join(words)}: {printed.code}\n{printed.text}"
    assert "Traceback" not in printed.text
    assert len(printed.text) > 40


def test_what_a_builder_without_its_profile_is_told_can_be_pasted(account: Account, tmp_path: Path) -> None:
    """The definition is named by its path, as it was given."""
    refused = type_in("build-ami", "--image", account.private, "--plan")
    assert "there is no instance profile puller" in refused.text
    [command] = commands(refused.text)
    [policy] = paste(command, tmp_path)
    assert "secretsmanager:GetSecretValue" in policy.text


def test_of_every_other_suggestion_is_told_why_it_is_not_run() -> None:
    others = {read_task(command) for command in every_suggestion()} - {*READ, *PLANNED}
    assert others <= NOT_RUN.keys()
    assert len(RUN) > 10
