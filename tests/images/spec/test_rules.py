"""An image's scripts and files are held to the same rules as a template's, by the definition alone."""

from pathlib import Path

import pytest

from images.spec import definitions
from kiln.errors import Problem, UserError

IMAGE = "name: x\nbase: {ssm: ecs/al2023}\ndocker_storage: {driver: overlay2}\n"


def image(tmp_path: Path, more: str, base: str = IMAGE) -> str:
    path = tmp_path / "x.yaml"
    path.write_text(base + more)
    return str(path)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("scripts: [{name: a, script: 'echo ECS_CLUSTER=x >> /etc/ecs/ecs.config'}]", "the script 'a' sets ECS_"),
        ("scripts: [{name: a, script: systemctl start ecs}]", r"the script 'a' waits for the ECS agent \(line 1\)"),
        ("scripts: [{name: a, script: 'while ! docker ps | grep ecs-agent; do sleep 1; done'}]", "'a' waits for"),
        ("scripts: [{name: a, script: 'if true; then'}]", r"the script 'a' is not shell \(line 1\)"),
        ('scripts: [{name: a, script: "echo a\\r\\n"}]', r"the script 'a' has Windows line ends \(line 1\)"),
        ("scripts: [{name: a, script: '#!/usr/bin/python3'}]", "the script 'a' asks for /usr/bin/python3"),
        ("files: [{path: /etc/docker/daemon.json, content: '{\"storage-opts\": [\"dm.basesize=4G\"]}'}]", "dm.base"),
        ('files: [{path: /opt/a.sh, content: "#!/bin/sh\\r\\necho\\r\\n"}]', "/opt/a.sh has Windows line ends"),
        ("scripts: [{name: a, script: 'true', check: 'until curl localhost:51678; do sleep 1; done'}]",
         r"the check of 'a' waits for the ECS agent \(line 1\)"),
        ("scripts: [{name: a, script: 'true', check: 'if true; then'}]", "the check of 'a' is not shell"),
        ("tests: [{name: b, script: cloud-init status --wait}]", "the test 'b' waits for the end of the boot"),
        ("tests: [{name: b, script: 'while true; do sleep 9; done'}]", "the test 'b' never ends"),
        ('tests: [{name: b, script: "true\\r\\n"}]', "the test 'b' has Windows line ends"),
        ("files: [{path: /etc/systemd/system/ecs.service.d/a.conf, content: Environment=ECS_CLUSTER=x}]", "sets ECS_"),
    ],
)  # fmt: skip
def test_a_script_or_file_that_breaks_machines_is_refused_at_validate(tmp_path: Path, more: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        definitions.load(image(tmp_path, more + "\n"))


def test_a_script_of_a_file_of_its_own_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.sh").write_text("set -e\n\nsystemctl restart ecs\n")
    with pytest.raises(UserError, match=r"the script 'a' waits for the ECS agent \(line 3\)"):
        definitions.load(image(tmp_path, "scripts: [{name: a, source: a.sh}]\n"))


def test_what_cannot_be_built_and_scripts_are_named_at_once(tmp_path: Path) -> None:
    base = IMAGE.replace("overlay2", "devicemapper")
    with pytest.raises(Problem) as caught:
        definitions.load(image(tmp_path, "scripts: [{name: a, script: systemctl start ecs}]\n", base))
    assert "x cannot be built" in caught.value.output
    assert "the script 'a'" in caught.value.output


def test_an_image_may_upgrade_its_packages_and_al1_may_have_devicemapper(tmp_path: Path) -> None:
    assert definitions.check(image(tmp_path, "scripts: [{name: a, script: yum update -y}]\n")) == ()
    al1 = IMAGE.replace("al2023", "al1").replace("overlay2", "devicemapper")
    files = "files: [{path: /etc/sysconfig/docker, content: OPTIONS=--storage-opt dm.basesize=20G}]\n"
    assert definitions.check(image(tmp_path, files, al1)) == ()
    [warning] = definitions.check(image(tmp_path, "scripts: [{name: a, script: 'export DB_PASSWORD=hunter22'}]\n"))
    assert "the script 'a' holds a password (line 1)" in warning.what


def test_checks_and_tests_that_only_look_pass(tmp_path: Path) -> None:
    more = "scripts: [{name: a, script: 'true', check: 'systemctl is-enabled ecs'}]\ntests: [{name: b, script: df}]\n"
    assert definitions.check(image(tmp_path, more)) == ()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("docker_storage: {driver: autoscale}\n", "autoscale needs a data volume"),
        (
            "docker_storage: {driver: autoscale}\nvolumes: {data: {device: /dev/sdc, size: 100 GiB}}\n"
            "aws_cli: {enabled: false}\n",
            "autoscale needs the AWS CLI's Python",
        ),
        (
            "docker_storage: {driver: autoscale}\nvolumes: {data: {device: /dev/sdc, size: 100 GiB}}\n"
            "aws_cli: {packages: [awscli]}\n",
            "autoscale needs the AWS CLI's Python",
        ),
    ],
)
def test_section_2_what_one_part_lacks_of_another_is_refused_without_an_account(
    tmp_path: Path, more: str, words: str
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("name: own\nbase: {ssm: ecs/al2023}\n" + more)
    with pytest.raises(UserError) as refused:
        definitions.load(str(path))
    assert words in refused.value.what


@pytest.mark.parametrize("name", ["btrfs-progs", "epel-release"])
def test_section_2_a_package_that_the_base_does_not_have_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"name: own\nbase: {{ssm: BASE}}\npackages: [jq, {name}]\ndocker_storage: {{driver: overlay2}}\n")
    whole = path.read_text()
    path.write_text(whole.replace("BASE", "ecs/al2023"))
    with pytest.raises(UserError, match="cannot be built") as refused:
        definitions.load(str(path))
    assert f"al2023 packages no {name}. Leave it out; " in refused.value.why
    path.write_text(whole.replace("BASE", "ecs/al2"))
    assert definitions.load(str(path)).packages.root == ("jq", name)
