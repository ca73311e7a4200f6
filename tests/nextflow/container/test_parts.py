"""What the build is given."""

import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from kiln.errors import UserError
from nextflow.container.parts import Parts, choose_parts
from nextflow.container.pins import Pin, load_pins

FULL = {name: Pin(pin.version, pin.url, "ab" * 32, "https://example.org") for name, pin in load_pins().items()}


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "nextflow"
    path.write_text("#!/bin/sh\n")
    return str(path)


def test_every_argument_of_the_dockerfile_is_given() -> None:
    parts = choose_parts(FULL)
    lines = parts.files["Dockerfile"].decode().replace("\\\n", " ").splitlines()
    named = [word.partition("=")[0] for line in lines if line.startswith("ARG ") for word in line.split()[1:]]
    assert sorted(named) == sorted(parts.arguments)
    assert parts.arguments["BASE"] == f"{FULL['base'].url}@sha256:{'ab' * 32}"
    assert parts.arguments["NF_AMAZON_SHA256"] == "ab" * 32
    assert parts.tag.startswith("26.04.6-")


def test_the_context_is_the_same_for_the_same_parts() -> None:
    parts = choose_parts(FULL)
    backwards = replace(parts, files=dict(reversed(list(parts.files.items()))))
    assert parts.pack() == choose_parts(FULL).pack() == backwards.pack()
    with tarfile.open(fileobj=io.BytesIO(parts.pack())) as tar:
        names = tar.getnames()
    assert {"Dockerfile", "install/install.sh", "entrypoint/entrypoint.sh", "entrypoint/lock.sh"} <= set(names)
    assert not any(name.startswith("replaced/") for name in names)


def test_every_change_is_another_image(program: str) -> None:
    other = FULL | {"nf-amazon": replace(FULL["nf-amazon"], version="3.9.3")}
    parts = [choose_parts(FULL), choose_parts(other), choose_parts(FULL, base="debian:12")]
    parts += [choose_parts(FULL, nextflow=program), choose_parts(FULL, aws_cli="base")]
    parts += [choose_parts(FULL, sources="Types: deb")]
    tags = [part.tag for part in parts]
    assert len(set(tags)) == len(tags)
    edited = Parts(parts[0].arguments, {**parts[0].files, "entrypoint/lock.sh": b""}, {}, "26.04.6")
    assert edited.tag not in tags


def test_what_is_replaced_needs_no_pin_and_is_named(program: str) -> None:
    parts = choose_parts(load_pins(), base="debian:12", nextflow=program, aws_cli="base")
    assert set(parts.replaced) == {"base", "nextflow", "nf-amazon", "nf-cloudcache", "aws-cli"}
    assert parts.files["replaced/nextflow"] == b"#!/bin/sh\n"
    assert parts.arguments["AWS_CLI_URL"] == "base"
    assert parts.tag.startswith("replaced-")
    with pytest.raises(UserError, match="no published SHA-256 of aws-cli"):
        choose_parts(load_pins(), base="debian:12", nextflow=program)
    with pytest.raises(UserError, match="cannot be read"):
        choose_parts(FULL, nextflow=f"{program}.missing")
    with pytest.raises(UserError, match="--aws-cli cannot be"):
        choose_parts(FULL, aws_cli="pip")


def test_the_base_images_own_nextflow_needs_no_pin() -> None:
    parts = choose_parts(load_pins(), base="debian:12", nextflow="base", aws_cli="base")
    assert parts.arguments["NEXTFLOW_URL"] == "base"
    assert parts.replaced["nf-amazon"] == parts.replaced["nextflow"] == "the base image's own"
    assert not any(path.startswith("replaced/") for path in parts.files)


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder with a program, a library that it needs, and one plug-in."""
    folder = tmp_path / "given"
    for path in ("nextflow", "lib/core.jar", "plugins/nf-amazon-3.9.1/classes/x.class"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    return folder


def test_a_folder_with_a_program_and_plugins_is_put_in_its_place(given: Path) -> None:
    parts = choose_parts(load_pins(), base="debian:12", nextflow=str(given), aws_cli="base")
    assert {path for path in parts.files if path.startswith("replaced/folder/")} == {
        "replaced/folder/nextflow", "replaced/folder/lib/core.jar",
        "replaced/folder/plugins/nf-amazon-3.9.1/classes/x.class",
    }  # fmt: skip
    assert (parts.replaced["nf-amazon"], parts.replaced["nf-cloudcache"]) == ("3.9.1", "left out")
    (given / "nextflow").unlink()
    with pytest.raises(UserError, match="without a program nextflow"):
        choose_parts(load_pins(), base="debian:12", nextflow=str(given), aws_cli="base")
