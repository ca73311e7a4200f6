"""Launch template definitions: every key, and what is refused."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from kiln.errors import Problem, UserError
from launch_templates import definitions
from launch_templates.contents import make_contents
from tests.support.launch_templates import Define
from tests.support.stock import STOCK


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("user_data: [{name: late, type: shell-script, source: late.sh}]\n", "late.sh: No such file"),
        ("ami: ami-nonsense\n", "ami"),
        ("instance_tags: {'kiln:x': a}\n", "reserved"),
        ("volumes: {data: {size: 10 GiB}}\n", "device and size"),
        ("volumes: {root: {device: /dev/sdb}}\n", "leave it out"),
        ("instance_type: m5.large\n", "unknown key"),
        ("keep_versions: 0\n", "keep_versions: 0 does not fit. It takes a whole number, from 1 to 1000"),
        (
            "user_data: [{name: a, type: include, content: x}]\n",
            "type in the first of user_data (a): include does not",
        ),
    ],
)
def test_problems_are_told_with_the_reference(definition: Define, more: str, words: str) -> None:
    with pytest.raises(Problem) as caught:
        definitions.load(definition(more))
    assert words in caught.value.output
    assert "launch_templates/reference.yaml" in caught.value.hint


def test_latest_of_what_must_be_said(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("name: small\ntask_credentials: job-role\n")
    with pytest.raises(Problem) as caught:
        definitions.load(str(path))
    assert "image is required" in caught.value.output


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('user_data: [{name: a, type: shell-script, content: "#!/bin/sh\\nsystemctl start ecs"}]', "waits for the ECS"),
        ("scripts: [{name: a, script: echo ECS_CLUSTER=x >>/etc/ecs/ecs.config}]", "the script 'a' sets ECS_CLUSTER"),
        ("files: [{path: /etc/ecs/more.config, content: ECS_INSTANCE_ATTRIBUTES=x}]", "sets ECS_INSTANCE_ATTRIBUTES"),
        ("user_data: [{name: a, type: cloud-config, content: 'a: 1'}]", "is not a cloud-config"),
    ],
)
def test_what_breaks_a_machine_is_refused_when_it_is_loaded(definition: Define, more: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        definitions.load(definition(more + "\n"))
    assert words in caught.value.what


@pytest.mark.parametrize(
    ("more", "family", "words"),
    [
        ("docker_storage: {driver: devicemapper, basesize: 40 GiB}", "al2023", "cannot be registered"),
        ("docker_storage: {driver: overlay2, volume: data}", "al2023", "data volume"),
        ("packages: [jq]", "al1", "no systemd"),
        ("scripts: [{name: kernel, script: 'true', reboot: true}]", "al2023", "reboot"),
    ],
)
def test_what_cannot_work_is_refused(definition: Define, more: str, family: Any, words: str) -> None:
    with pytest.raises(UserError) as caught:
        make_contents(definitions.load(definition(more + "\n")), family, STOCK)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(b"#!/bin/bash\necho\n", mtime=0), "user_data (own): own.txt is packed by gzip"),
        ("#!/bin/bash\necho\n".encode("utf-16"), "user_data (own): own.txt is in UTF-16"),
        (b"#!/bin/bash\necho \xff\n", "user_data (own): own.txt is not UTF-8 text"),
    ],
)
def test_section_3_a_source_that_is_no_text_is_named(
    definition: Define, tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "own.txt").write_bytes(content)
    with pytest.raises(UserError) as refused:
        definitions.load(definition("user_data: [{name: own, type: shell-script, source: own.txt}]\n"))
    assert words in str(refused.value.output)


@pytest.mark.parametrize("name", ["btrfs-progs", "epel-release"])
def test_section_2_a_package_that_the_base_does_not_have_is_refused_at_validate(definition: Define, name: str) -> None:
    with pytest.raises(UserError) as refused:
        definitions.check(definition(f"packages: [jq, {name}]\n"), lambda _: "al2023")
    assert f"packages no {name}" in str(refused.value)
