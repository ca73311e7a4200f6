"""The canary's script and command, run by this computer's bash, with a stand-in for the AWS CLI and for S3."""

import hashlib
import subprocess
from pathlib import Path
from shlex import quote

import pytest

from jobs.canary import report, script
from jobs.canary.report import Line
from jobs.canary.run import Run
from jobs.canary.setting import Setting
from tests.support.bash import tool

CONTENT = b"reads" * 1000
# aws --region R s3 cp FROM TO | s3 rm PLACE | s3api put-object-tagging … | sts … | --version; s3:// is a folder.
AWS = """
while [[ $1 == --* && $1 != --version ]]; do shift 2; done
place() { if [[ $1 == s3://* ]]; then echo "@S3@/${1#s3://}"; else echo "$1"; fi; }
case "$1 $2" in
  "--version "*) echo "aws-cli/2.31.0 Python/3.13" ;;
  "sts get-caller-identity") echo "arn:aws:sts::123456789012:assumed-role/small-job-role/task" ;;
  "s3 cp") shift 3
    if [ "$2" = - ]; then cat "$(place "$1")"; exit; fi
    mkdir -p "$(dirname "$(place "$2")")" && cp "$(place "$1")" "$(place "$2")" ;;
  "s3 rm") rm "$(place "$4")" ;;
  "s3api put-object-tagging") [ -e "@S3@/$4/$6" ] ;;
  *) echo "unknown: $*" >&2; exit 252 ;;
esac
"""


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    cli = tmp_path / "miniconda"
    tool(tmp_path / "tools", "unused", "")
    (cli / "bin").mkdir(parents=True)
    tool(cli / "bin", "aws", AWS.replace("@S3@", str(tmp_path / "s3")))
    (cli / "bin").chmod(0o755)
    run = Run("20261128t100000-0a1b2c", "small")
    return Setting(
        run, "us-east-1", ("small-low",), "small-work", "work/", str(cli), "debian", "", "small-job-role",
        "/aws/batch/job", 0, str(tmp_path / "scratch"), 600,
    )  # fmt: skip


def play(setting: Setting, tmp_path: Path, *, content: bytes = CONTENT, text: str = "") -> tuple[int, dict[str, Line]]:
    """Stage as the canary does, and run the command in a folder of its own; its exit code and what it reported."""
    s3 = tmp_path / "s3" / setting.bucket
    for name, queue, data in (
        ("input.bin", "", content),
        (script.SCRIPT, "small-low", (text or make(setting)).encode()),
    ):
        path = s3 / setting.key(name, queue)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    here = tmp_path / "container"
    here.mkdir(exist_ok=True)
    done = subprocess.run(
        script.make_command(setting, "small-low"), cwd=here, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, report.read(done.stdout.splitlines())


def make(setting: Setting) -> str:
    return script.make_script(setting, "small-low", hashlib.sha256(CONTENT).hexdigest())


def held(setting: Setting, tmp_path: Path, name: str) -> bytes:
    return (tmp_path / "s3" / setting.bucket / setting.key(name, "small-low")).read_bytes()


def states(reported: dict[str, Line]) -> dict[str, str]:
    return {name: line.state for name, line in reported.items()}


def test_all_is_well_but_the_mount_that_root_can_write_to(setting: Setting, tmp_path: Path) -> None:
    code, reported = play(setting, tmp_path)
    assert states(reported) == {
        "kernel": "info", "driver": "info", "python": "info", "free": "info", "mount": "failed", "version": "ok",
        "identity": "ok", "download": "ok", "upload": "ok", "tag": "ok", "delete": "ok", "scratch": "ok", "end": "info",
    }  # fmt: skip
    assert code == 1
    assert reported["mount"].words == f"{setting.cli} can be written to"
    assert reported["version"].words.startswith("aws-cli/2.31.0")
    assert reported["free"].words.isdecimal()
    assert held(setting, tmp_path, "output.bin") == CONTENT
    assert held(setting, tmp_path, script.CODE) == b"1"
    assert b"kiln-canary scratch ok 0 GiB" in held(setting, tmp_path, script.LOG)
    assert not (tmp_path / "s3" / setting.bucket / setting.key("scrap", "small-low")).exists()
    assert list((tmp_path / "scratch").iterdir()) == []


def without_the_mount(setting: Setting) -> str:
    """The script with a mount that nobody can write to."""
    return make(setting).replace(".kiln-canary", "nosuch/.kiln-canary")


def test_all_is_well(setting: Setting, tmp_path: Path) -> None:
    code, reported = play(setting, tmp_path, text=without_the_mount(setting))
    assert code == 0
    assert {line.state for line in reported.values()} == {"ok", "info"}
    assert held(setting, tmp_path, script.CODE) == b"0"


def test_other_bytes_than_those_put_there_are_seen(setting: Setting, tmp_path: Path) -> None:
    code, reported = play(setting, tmp_path, content=b"other", text=without_the_mount(setting))
    assert code == 1
    assert reported["download"] == Line("failed", "what came from S3 is not what was put there")
    assert "upload" not in reported


def test_a_disk_that_is_full_is_told_with_how_far_it_came(setting: Setting, tmp_path: Path) -> None:
    """dd in the place of a disk that takes a GiB and no more."""
    full = tmp_path / "full"
    tool(full, "dd", 'case "$*" in *seek=0*) exit 0 ;; esac; echo "No space left on device" >&2; exit 1\n')
    text = without_the_mount(setting).replace("scratch=0", "scratch=3").replace(
        "cli=", f"PATH={quote(str(full))}:$PATH\ncli=", 1
    )  # fmt: skip
    code, reported = play(setting, tmp_path, text=text)
    assert code == 1
    assert reported["progress"].words == "1 of 3 GiB written"
    assert reported["scratch"].state == "failed"
    assert reported["scratch"].words.startswith("after 1 GiB: ")
    assert "No space left on device" in reported["scratch"].words


def test_a_gib_is_written_and_removed(setting: Setting, tmp_path: Path) -> None:
    text = without_the_mount(setting).replace("scratch=0", "scratch=1")
    code, reported = play(setting, tmp_path, text=text)
    assert code == 0
    assert reported["scratch"].words.startswith("1 GiB in ")
    assert list((tmp_path / "scratch").iterdir()) == []


def test_without_the_cli_nothing_is_reported_and_the_exit_code_says_so(setting: Setting, tmp_path: Path) -> None:
    (Path(setting.cli) / "bin" / "aws").unlink()
    code, reported = play(setting, tmp_path)
    assert code == 127
    assert reported == {}


def test_the_command_ends_by_term_as_nextflows_does(setting: Setting, tmp_path: Path) -> None:
    command = script.make_command(setting, "small-low")
    assert command[:4] == ["bash", "-o", "pipefail", "-c"]
    assert len(" ".join(command)) < 1500, "SubmitJob takes overrides of 8192 characters"
    assert command[4].startswith('trap "[[ -n \\$pid ]] && kill -TERM \\$pid" TERM; trap "{ ret=\\$?; ')
