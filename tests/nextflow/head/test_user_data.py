"""The end by itself, and Nextflow by its sum: the shell of the user data, run here."""

import base64
import gzip
import hashlib
import json
import os
import time
from pathlib import Path

import pytest

from images.builder.keys import generate_keys
from kiln.errors import UserError
from nextflow.container.pins import Pin
from nextflow.head import ending, user_data
from nextflow.head.program import Given
from tests.support.bash import run, tool

ROOT = Path(__file__).parents[3]


@pytest.fixture
def end(tmp_path: Path) -> str:
    """The script that ends the machine, with a deadline and a shutdown of the test's own."""
    (tmp_path / "deadline").write_text(f"{int(time.time()) - 5}\n")
    tool(tmp_path / "bin", "shutdown", f"echo over >>{tmp_path}/ended")
    text = ending.END.replace(ending.DEADLINE, str(tmp_path / "deadline"))
    return text.replace("/sbin/shutdown", str(tmp_path / "bin" / "shutdown"))


def ended(tmp_path: Path) -> bool:
    return (tmp_path / "ended").exists()


def test_it_ends_behind_its_limit_and_not_before(tmp_path: Path, end: str) -> None:
    tool(tmp_path / "bin", "pgrep", "exit 1")
    (tmp_path / "deadline").write_text(f"{int(time.time()) + 60}\n")
    run(end, tools=tmp_path / "bin")
    assert not ended(tmp_path)
    (tmp_path / "deadline").write_text(f"{int(time.time()) - 1}\n")
    run(end, tools=tmp_path / "bin")
    assert ended(tmp_path)


@pytest.mark.parametrize(
    ("words", "keeps"),
    [
        ("java -Xmx1g -cp /x.jar nextflow.cli.Launcher run main.nf", True),
        ("/usr/lib/jvm/bin/java -Xmx1g -jar /home/ec2-user/.nextflow/framework/nextflow-26.04.6-one.jar run a", True),
        ("bash /usr/local/bin/nextflow run main.nf", True),
        ("/usr/bin/bash ./nextflow run main.nf", True),
        ("/usr/bin/python3 /usr/local/bin/nextflow run main.nf", True),
        ("vi /home/ec2-user/nextflow", False),
        ("less nextflow.config", False),
        ("bash nextflow-notes.sh", False),
        ("tmux new-session -A -s nextflow", False),
        ("-bash", False),
    ],
)
def test_never_while_a_nextflow_runs(tmp_path: Path, end: str, words: str, keeps: bool) -> None:
    """grep reads the pattern as pgrep -f does: an extended regular expression over a process's words."""
    (tmp_path / "line").write_text(words)
    tool(tmp_path / "bin", "pgrep", f'grep -Eq "$2" {tmp_path}/line')
    run(end, tools=tmp_path / "bin")
    assert ended(tmp_path) is not keeps


def test_a_look_that_fails_ends_nothing(tmp_path: Path, end: str) -> None:
    tool(tmp_path / "bin", "pgrep", "exit 3")
    run(end, tools=tmp_path / "bin")
    assert not ended(tmp_path)


@pytest.mark.parametrize("good", [True, False])
def test_nextflow_is_there_only_by_its_published_sum(tmp_path: Path, good: bool) -> None:
    (tmp_path / "source").write_text("#!/bin/sh\necho nextflow\n")
    digest = hashlib.sha256((tmp_path / "source").read_bytes()).hexdigest() if good else "0" * 64
    pin = Pin("26.04.6", f"file://{tmp_path}/source", digest, "its page")
    done = run(user_data.write_install(pin, str(tmp_path / "nextflow")))
    assert (done.returncode == 0) is good
    assert (tmp_path / "nextflow").exists() is good


@pytest.mark.parametrize("tmux", [True, False])
def test_the_session_is_in_tmux_where_there_is_one(tmp_path: Path, tmux: bool) -> None:
    tool(tmp_path / "bin", "tmux", 'echo "tmux $*"') if tmux else None
    session = user_data.SESSION_SCRIPT.replace("command -v tmux", f"[ -x {tmp_path}/bin/tmux ]")
    done = run(session.replace("exec bash -l", "echo a shell"), tools=tmp_path / "bin")
    assert done.stdout == ("tmux new-session -A -s nextflow\n" if tmux else "a shell\n")
    assert ("a run ends with the connection" in done.stderr) is not tmux


@pytest.mark.parametrize(
    ("nextflow", "there", "words"),
    [
        (Pin("26.04.6", "https://x", "0" * 64, "its page"), False, "is not here (yet)"),
        (Pin("26.04.6", "https://x", "0" * 64, "its page"), True, ""),
        (Given("stand_in.py", b"", "26.04.6"), True, "nextflow is REPLACED by stand_in.py: not Nextflow 26.04.6"),
        (None, False, "no Nextflow"),
    ],
)
def test_a_login_says_which_nextflow_there_is(
    tmp_path: Path, nextflow: Pin | Given | None, there: bool, words: str
) -> None:
    tool(tmp_path, "nextflow", "true") if there else None
    text = user_data.write_profile("eu-west-1", nextflow).replace(user_data.NEXTFLOW, f"{tmp_path}/nextflow")
    assert "export AWS_REGION=eu-west-1\n" in text
    assert run(text).stdout == ""
    shown = run(text.replace("case $- in", "case i in")).stdout
    assert words in shown
    assert bool(shown) is bool(words)


def test_the_cloud_config() -> None:
    keys = generate_keys("head")
    text = user_data.make_cloud_config(keys, "eu-west-1", time_limit=60, nextflow=None)
    assert text.startswith("#cloud-config\n")
    document = json.loads(text.partition("\n")[2])
    assert document["ssh_authorized_keys"] == [keys.public]
    assert document["ssh_keys"]["ed25519_public"] == keys.host.public
    assert document["runcmd"] == []
    switch = document["bootcmd"][0][-1]
    assert ending.END in switch
    assert "KillUserProcesses=no" in switch
    assert run(f"bash -n <<'SWITCH'\n{switch}\nSWITCH").returncode == 0


def test_a_program_in_nextflows_place_goes_along() -> None:
    program = (ROOT / "sandbox" / "nextflow" / "stand_in.py").read_bytes()
    text = user_data.make_cloud_config(
        generate_keys("head"), "us-east-1", time_limit=60, nextflow=Given("stand_in.py", program, "26.04.6")
    )
    [file] = [file for file in json.loads(text.partition("\n")[2])["write_files"] if file["path"].endswith("/nextflow")]
    assert (file["permissions"], file["encoding"]) == ("0755", "gz+b64")
    assert gzip.decompress(base64.b64decode(file["content"])) == program
    large = Given("nextflow", os.urandom(16 * 1024), "26.04.6")
    with pytest.raises(UserError, match="too large"):
        user_data.make_cloud_config(generate_keys("head"), "us-east-1", time_limit=60, nextflow=large)
