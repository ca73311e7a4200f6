"""What a template's definition must not do, at validate and in its plan."""

from pathlib import Path

import pytest

from images.spec import definitions as image_definitions
from kiln.errors import Problem, UserError
from launch_templates import definitions, show
from launch_templates.contents import make_contents
from tests.support.launch_templates import Define
from tests.support.stock import STOCK

LOOP = "until curl -s localhost:51678/v1/metadata; do sleep 1; done"


def check(path: str) -> tuple[UserError, ...]:
    return definitions.check(path, image_definitions.find_family)


def test_all_problems_of_the_user_data_are_named_at_once(definition: Define) -> None:
    path = definition(
        f'scripts: [{{name: waits, script: "{LOOP}"}}, {{name: dos, script: "echo a\\r\\n"}}]\n'
        "user_data:\n- name: whole\n  type: shell-script\n"
        '  content: "MIME-Version: 1.0\\nContent-Type: multipart/mixed\\n"\n'
        "- name: sets\n  type: shell-script\n  content: |\n    #!/bin/sh\n"
        "    echo ECS_CLUSTER=x >> /etc/ecs/ecs.config\n"
        "docker_storage: {driver: devicemapper, basesize: 40 GiB}\n"
    )
    with pytest.raises(Problem) as caught:
        check(path)
    assert caught.value.what == f"{path}: 5 problems"
    for words in (
        "the script 'waits' waits for the ECS agent (line 1)", "the script 'dos' has Windows line ends (line 1)",
        "the part whole is a whole MIME document", "the part sets sets ECS_CLUSTER (line 2)",
        "small cannot be registered",
    ):  # fmt: skip
        assert words in caught.value.output


@pytest.mark.parametrize(
    "more",
    [
        "docker_storage: {driver: devicemapper, basesize: 40 GiB}\n",
        'files: [{path: /etc/docker/daemon.json, content: \'{"storage-driver": "devicemapper"}\'}]\n',
        "scripts: [{name: x, script: \"echo 'OPTIONS=--storage-opt dm.basesize=40G' >> /etc/sysconfig/docker\"}]\n",
    ],
)
def test_devicemapper_is_refused_without_an_account(definition: Define, more: str) -> None:
    with pytest.raises(UserError, match=r"al2023 has Docker 25"):
        check(definition(more))


def test_the_family_is_the_aliass_the_definitions_or_the_images(tmp_path: Path) -> None:
    path, storage = tmp_path / "small.yaml", "docker_storage: {driver: devicemapper}\n"
    for which in ("ami: ecs/al2-arm64", "ami: ami-0abcdef12\nfamily: al2023", "image: nextflow-al2"):
        path.write_text(f"name: small\n{which}\ntask_credentials: job-role\n{storage}")
        with pytest.raises(UserError, match="has Docker 25"):
            check(str(path))
    path.write_text(f"name: small\nimage: nextflow-al1-devicemapper\ntask_credentials: job-role\n{storage}")
    assert check(str(path)) == ()


def test_warnings_stand_in_the_plan_and_at_validate(definition: Define) -> None:
    path = definition("scripts: [{name: up, script: yum update -y}]\n")
    [warning] = check(path)
    assert warning.what == "the script 'up' upgrades all packages (line 1): yum update -y"
    lines = show.render_warnings(make_contents(definitions.load(path), "al2023", STOCK))
    assert lines[0] == f"  !      {warning.what}"


def test_a_file_that_a_script_runs_is_followed(definition: Define) -> None:
    waits = f"files: [{{path: /opt/wait.sh, content: '{LOOP}', mode: \"0755\"}}]\n"
    assert check(definition(waits)) == ()
    with pytest.raises(UserError, match="the script 'run' waits for the ECS agent"):
        check(definition(waits + "scripts: [{name: run, script: /opt/wait.sh}]\n"))
    assert check(definition(waits + "scripts: [{name: run, script: systemd-run /opt/wait.sh}]\n")) == ()


def test_a_refusal_shows_the_warnings_too_and_a_source_with_windows_line_ends_is_named(
    definition: Define, tmp_path: Path
) -> None:
    (tmp_path / "a.sh").write_bytes(b"#!/bin/bash\r\necho a\r\n")
    path = definition(
        "user_data: [{name: dos, type: shell-script, source: a.sh}]\nscripts: [{name: up, script: yum update -y}]\n"
    )
    with pytest.raises(UserError, match="the part dos has Windows line ends") as caught:
        check(path)
    assert "sed -i 's/\\r$//' a.sh" in caught.value.hint
    assert caught.value.output.splitlines()[:2] == [
        path,
        "! the script 'up' upgrades all packages (line 1): yum update -y",
    ]
