"""The script inside the image's build, function by function."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from nextflow.container.parts import ROOM
from tests.support import bash

INSTALL = ROOM / "install" / "install.sh"


def run(folder: Path, call: str, moved: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """Call a function of it; commands may be stand-ins in folder/tools, and places of the image are `moved`."""
    functions = INSTALL.read_text().removesuffix("main\n").replace('cd "$(dirname "$0")/.."', f"cd {folder}")
    for place, other in (moved or {}).items():
        functions = functions.replace(place, other)
    return bash.run(f"{functions}\n{call}", tools=folder / "tools")


def test_shellcheck_finds_nothing() -> None:
    assert INSTALL.read_text().endswith("\nmain\n")
    program = Path(sys.executable).with_name("shellcheck")
    done = subprocess.run([program, INSTALL], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(("version", "code"), [("17", 0), ("25", 0), ("11", 1), ("1.8", 1), ("", 1)])
def test_nextflow_needs_java_17(tmp_path: Path, version: str, code: int) -> None:
    bash.tool(tmp_path / "tools", "java", f'echo "    java.specification.version = {version}" >&2')
    done = run(tmp_path, "check_java")
    assert done.returncode == code, done.stderr
    assert ("Java 17 or later" in done.stderr) == bool(code)


def test_a_download_with_another_sum_is_refused(tmp_path: Path) -> None:
    bash.tool(
        tmp_path / "tools", "curl", 'while [ $# -gt 1 ]; do [ "$1" = --output ] && printf x >"$2"; shift; done; :'
    )
    good = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of x
    file = tmp_path / "file"
    assert run(tmp_path, f"fetch https://example.org/x {good} {file}").returncode == 0
    assert run(tmp_path, f"fetch https://example.org/x {good.replace('2', '3')} {file}").returncode == 1
    assert run(tmp_path, f"fetch https://example.org/x '' {file}").returncode == 1


@pytest.mark.parametrize("path", ["replaced/nextflow", "replaced/folder/nextflow"])
def test_what_is_given_in_nextflows_place_is_installed(tmp_path: Path, path: str) -> None:
    """Its plug-ins, where Nextflow finds them; the pinned ones are not downloaded."""
    program = tmp_path / path
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\nexec cat ${0%/*}/lib/words\n")
    if in_folder := "folder" in path:
        for name, text in (("lib/words", "here"), ("plugins/nf-amazon-3.9.1/x", "x")):
            (program.parent / name).parent.mkdir(parents=True)
            (program.parent / name).write_text(text)
    plugins, bin_folder = tmp_path / "home" / "plugins", tmp_path / "bin"
    call = f"""NEXTFLOW_URL=none NXF_HOME={tmp_path}/home NXF_PLUGINS_DIR={plugins} NEXTFLOW_VERSION=26.04.6
echo it >replaced/nextflow.name
mkdir {bin_folder}
install_nextflow; install_plugin nf-amazon 3.9.2 none none; install_plugin nf-cloudcache 0.6.0 none none"""
    done = run(tmp_path, call, {"/usr/local/bin": str(bin_folder), "/opt/given": f"{tmp_path}/given"})
    assert done.returncode == 0, done.stderr
    told = "came with what replaces" if in_folder else "3.9.2 is left out"
    assert "nextflow is REPLACED by it: not Nextflow 26.04.6" in done.stdout
    assert told in done.stdout
    assert "nf-cloudcache 0.6.0 is left out" in done.stdout
    assert (bin_folder / "nextflow").stat().st_mode & 0o777 == 0o755
    assert (plugins / "nf-amazon-3.9.1" / "x").exists() == in_folder
    if in_folder:
        beside = tmp_path / "given-nextflow" / "lib" / "words"
        assert (beside.read_text(), beside.stat().st_mode & 0o777) == ("here", 0o755)


@pytest.mark.parametrize("there", [True, False])
def test_the_base_images_own_nextflow_is_left_as_it_is(tmp_path: Path, there: bool) -> None:
    if there:
        bash.tool(tmp_path / "tools", "nextflow", 'echo "nextflow version 26.04.6"')
    call = f"NEXTFLOW_URL=base NXF_HOME={tmp_path}/home; install_nextflow; install_plugin nf-amazon 3.9.2 none none"
    done = run(tmp_path, call)
    assert done.returncode == (0 if there else 1), done.stderr
    told = done.stdout if there else done.stderr
    assert ("nextflow version 26.04.6" if there else "has no nextflow on its PATH") in told
