"""Java out of the distribution's packages: the name for every manager, and a check that sees a missing or old one."""

from pathlib import Path

import pytest

from provision.model.recipe import Machine
from provision.provisioners import java
from tests.support.bash import run, tool

MACHINE = Machine("al2023")
SPEC = java.Spec(version=17)


def test_no_version_no_step() -> None:
    assert java.recipe(java.Spec(), MACHINE).steps == ()


@pytest.mark.parametrize(
    ("managers", "package"),
    [
        (("dnf", "yum"), "java-17-amazon-corretto-headless"),
        (("yum",), "java-17-amazon-corretto-headless"),
        (("apt-get",), "openjdk-17-jre-headless"),
    ],
)
def test_every_family_has_its_package(tmp_path: Path, managers: tuple[str, ...], package: str) -> None:
    for name in managers:
        tool(tmp_path / "bin", name, f'echo "$*" >>{tmp_path}/calls')
    step = java.recipe(SPEC, MACHINE).steps[0]
    rooms = {"KILN_TMP": str(tmp_path / "memory"), "KILN_ROOT": str(tmp_path / "root")}
    assert run(step.script, tools=tmp_path / "bin", **rooms).returncode == 0
    assert (tmp_path / "calls").read_text().splitlines()[-1].split()[-1] == package


def test_a_debian_without_manuals_takes_the_package(tmp_path: Path) -> None:
    """Its post-installation links its manuals there, and fails where there is no such folder."""
    links = tmp_path / "root" / "usr" / "share" / "man" / "man1"
    tool(tmp_path / "bin", "apt-get", f'case "$*" in *openjdk*) touch {links}/java.1.gz ;; esac')
    step = java.recipe(SPEC, MACHINE).steps[0]
    rooms = {"KILN_TMP": str(tmp_path / "memory"), "KILN_ROOT": str(tmp_path / "root")}
    done = run(step.script, tools=tmp_path / "bin", **rooms)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ("echo 'openjdk version \"17.0.9\" 2023-10-17' >&2", ""),
        ("echo 'openjdk version \"21\" 2023-09-19' >&2", ""),
        ("echo 'openjdk version \"11.0.1\" 2018' >&2", "java is version 11, older than 17"),
        ("echo 'openjdk version \"1.8.0_1\"' >&2", "java is version 1, older than 17"),
        ("echo broken >&2; exit 1", "java does not start: broken"),
        ("echo something", "java does not say its version"),
    ],
)
def test_the_check(tmp_path: Path, told: str, fault: str) -> None:
    tool(tmp_path, "java", told)
    done = run(java.recipe(SPEC, MACHINE).checks[0].script, tools=tmp_path)
    assert done.returncode == bool(fault)
    assert fault in done.stderr


def test_amazon_linux_1_has_none() -> None:
    assert "no Java 17" in str(java.refusal(SPEC, "al1"))
    assert java.refusal(SPEC, "al2") is None
    assert java.refusal(java.Spec(), "al1") is None
