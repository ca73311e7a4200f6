import hashlib
import shutil
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from provision.model import shell
from provision.model.recipe import Download, Machine
from provision.provisioners import aws_cli
from provision.provisioners.aws_cli import Spec
from tests.support.bash import run, tool

INSTALLER = """#!/bin/bash
set -eu
while getopts bfp: flag; do case $flag in p) prefix=$OPTARG ;; esac; done
mkdir -p "$prefix/bin" "$prefix/pkgs"
touch "$prefix/pkgs/archive.conda" "$HOME/.condarc-of-the-installer"
cat >"$prefix/bin/conda" <<'END'
#!/bin/bash
echo "$*" >>"${0%/bin/conda}/calls"
touch "$CONDA_PKGS_DIRS/awscli.conda"
END
chmod +x "$prefix/bin/conda"
"""


def test_the_installer_is_pinned_for_each_architecture() -> None:
    x86, arm = Spec().installer("x86_64"), Spec().installer("arm64")
    assert x86.filename == "Miniforge3-26.3.2-3-Linux-x86_64.sh"
    assert arm.filename == "Miniforge3-26.3.2-3-Linux-aarch64.sh"
    assert x86.sha256 != arm.sha256
    assert Spec(distribution="miniconda").installer("x86_64").filename == "Miniconda3-py313_26.5.3-1-Linux-x86_64.sh"


def test_a_mirror_takes_the_place_of_the_pinned_file() -> None:
    mirror = Download("http://127.0.0.1:8000/installer.sh", "a" * 64)
    machine = Machine("al2023", downloads={"Miniforge3-*-Linux-x86_64.sh": mirror})
    script = aws_cli.recipe(Spec(), machine).steps[0].script
    assert f'kiln_fetch http://127.0.0.1:8000/installer.sh {"a" * 64} "$KILN_TMP"/installer.sh' in script
    assert 'bash "$KILN_TMP"/installer.sh -b -f -p /home/ec2-user/miniconda' in script
    assert "github.com" not in script


def test_the_steps_leave_caches_in_memory_alone(tmp_path: Path) -> None:
    """Both steps, run with an installer and a conda that write where the real ones do."""
    prefix, memory = tmp_path / "home" / "miniconda", tmp_path / "memory"
    memory.mkdir()
    installer = tmp_path / "installer.sh"
    installer.write_text(INSTALLER)
    mirror = Download("http://127.0.0.1:9/installer.sh", hashlib.sha256(installer.read_bytes()).hexdigest())
    tool(tmp_path / "bin", "curl", f'while [ "$1" != --output ]; do shift; done; cp {installer} "$2"')
    tool(tmp_path / "bin", "chown", f'echo "$@" >{tmp_path}/chown')
    machine = Machine("al2023", downloads={"Miniforge3-*": mirror})
    recipe = aws_cli.recipe(Spec(prefix=str(prefix)), machine)
    for step in recipe.steps:
        done = run(step.script, tools=tmp_path / "bin", KILN_TMP=str(memory), HOME=str(tmp_path / "home"))
        assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in prefix.rglob("*") if path.is_file()) == ["calls", "conda"]
    assert not list((tmp_path / "home").glob(".*"))
    assert (prefix / "calls").read_text().splitlines() == [
        "install --override-channels -c conda-forge -y awscli boto3",
        "clean --all --yes",
    ]
    assert (tmp_path / "chown").read_text() == f"-R ec2-user: {prefix}\n"


@pytest.mark.parametrize(
    ("aws", "packages", "wrong"),
    [
        ("echo aws-cli/2.31.0 Python/3.13", "boto3", ""),
        ("echo aws-cli/2.31.0 Python/3.13", "none", "boto3 is missing"),
        ("echo 'GLIBC_2.34 not found' >&2; exit 1", "boto3", "GLIBC_2.34 not found"),
        ("echo hello", "boto3", "says something else"),
    ],
)
def test_the_check_on_the_host(tmp_path: Path, aws: str, packages: str, wrong: str) -> None:
    prefix = tmp_path / "miniconda"
    prefix.mkdir()
    (tmp_path / "lib" / packages).mkdir(parents=True)
    tool(prefix / "bin", "aws", aws)
    tool(prefix / "bin", "python", f'PYTHONPATH={tmp_path}/lib exec {sys.executable} -S "$@"')
    tool(tmp_path / "tools", "su", 'bash -c "${@: -1}"')
    check = aws_cli.recipe(Spec(prefix=str(prefix)), Machine("al2023")).checks[0]
    done = run(check.script, tools=tmp_path / "tools")
    assert (done.returncode == 0) == (wrong == ""), done.stderr
    assert wrong in done.stderr


def inside(tmp_path: Path, prefix: Path) -> str:
    """What the check would run in its container, as docker gets it."""
    tool(tmp_path / "tools", "curl", "exit 0")
    tool(
        tmp_path / "tools",
        "docker",
        f'[ "$1" = image ] || printf %s "${{@: -1}}" >{tmp_path}/inside; echo "$@" >>{tmp_path}/calls',
    )
    check = aws_cli.recipe(Spec(prefix=str(prefix)), Machine("al2023")).checks[1]
    assert run(check.script, tools=tmp_path / "tools").returncode == 0
    assert (
        f"run --rm --network none --volume {prefix}:{prefix}:ro {shell.CHECK_IMAGE} /bin/bash -c"
        in (tmp_path / "calls").read_text()
    )
    return (tmp_path / "inside").read_text()


def test_the_check_in_a_container_sees_each_fault(tmp_path: Path) -> None:
    """Python in the container, a mount that can be written to, an aws that does not run: each fails the check."""
    prefix = tmp_path / "miniconda"
    prefix.mkdir()
    tool(prefix / "bin", "aws", "echo aws-cli/2.31.0")
    script = inside(tmp_path, prefix)
    empty = tmp_path / "empty"
    empty.mkdir()

    def outcome(path: Path, text: str = script) -> str:
        done = run(f"PATH={path}\n{text}")
        return "" if done.returncode == 0 else done.stderr.strip()

    bash = shutil.which("bash")
    (prefix / "bin/aws").write_text(f"#!{bash}\necho aws-cli/2.31.0")
    assert outcome(empty) == "the mount can be written to"
    read_only = script.replace(f">{prefix}/.kiln-write", ">/dev/null/x")
    assert read_only != script
    assert outcome(empty, read_only) == ""
    tool(empty, "python3", "")
    assert outcome(empty, read_only) == "the container has a Python of its own"
    (empty / "python3").unlink()
    (prefix / "bin/aws").unlink()
    assert "aws --version failed in a container" in outcome(empty, read_only)


def test_disabled_means_nothing_at_all() -> None:
    recipe = aws_cli.recipe(Spec(enabled=False), Machine("al2023"))
    assert not recipe.steps
    assert not recipe.checks


def test_miniconda_is_refused_where_glibc_is_too_old() -> None:
    assert "glibc 2.28" in str(aws_cli.refusal(Spec(distribution="miniconda"), "al2"))
    assert aws_cli.refusal(Spec(distribution="miniconda"), "al2023") is None
    assert aws_cli.refusal(Spec(), "al1") is None


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"prefix": "miniconda"}, "absolute path"),
        ({"prefix": "/opt/../miniconda"}, "absolute path"),
        ({"prefix": "/usr/local"}, "choose a deeper folder"),
        ({"prefix": "/opt"}, "choose a deeper folder"),
        ({"version": "24.3.0-0"}, "needs its sha256"),
        ({"url": "https://mirror.example/x.sh"}, "needs its sha256"),
        ({"sha256": "a" * 64}, "needs the version or the url"),
        ({"sha256": "A" * 64, "version": "1"}, "sha256"),
        ({"packages": ["boto3"]}, "must contain awscli"),
        ({"packages": ["awscli; reboot"]}, "is not a conda package"),
        ({"channel": "-c evil"}, "channel"),
        ({"enabled": "yes"}, "valid boolean"),
    ],
)
def test_bad_values_are_refused(raw: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Spec.model_validate(raw)
