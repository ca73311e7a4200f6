from pathlib import Path

import pytest
from pydantic import ValidationError

from provision.model.recipe import Machine
from provision.provisioners import packages
from tests.support.bash import run, tool

MACHINE = Machine("al2023")


@pytest.mark.parametrize("name", ["jq; reboot", "-y", "$(id)", "a b", "", "../x", "jq\n"])
def test_a_name_that_a_shell_would_read_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        packages.Spec.model_validate([name])


def test_no_packages_no_step() -> None:
    assert not packages.recipe(packages.Spec(), MACHINE).steps


@pytest.mark.parametrize("managers", [("dnf", "yum"), ("yum",)])
def test_the_machines_own_manager_installs_with_its_cache_in_memory(tmp_path: Path, managers: tuple[str, ...]) -> None:
    for name in managers:
        tool(tmp_path / "bin", name, f'echo "${{0##*/}} $*" >>{tmp_path}/calls')
    step = packages.recipe(packages.Spec.model_validate(["jq", "htop"]), MACHINE).steps[0]
    assert run(step.script, tools=tmp_path / "bin", KILN_TMP="/memory").returncode == 0
    assert (tmp_path / "calls").read_text() == (
        f"{managers[0]} --assumeyes --setopt=cachedir=/memory/packages install jq htop\n"
    )


def test_the_check_names_what_is_missing(tmp_path: Path) -> None:
    tool(tmp_path, "rpm", "exit 1")
    states = 'jq) echo "install ok installed jq 1.6" ;; *) echo "deinstall ok config-files gone 1" ;;'
    tool(tmp_path, "dpkg-query", f'case "${{@: -1}}" in {states} esac')
    check = packages.recipe(packages.Spec.model_validate(["jq=1.6"]), MACHINE).checks[0]
    assert run(check.script, tools=tmp_path).returncode == 0
    check = packages.recipe(packages.Spec.model_validate(["jq", "gone"]), MACHINE).checks[0]
    done = run(check.script, tools=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "not installed: gone\n"
