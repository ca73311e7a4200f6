"""What makes a function a task: its result or its error becomes the exit code, and errors become words."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, NoRegionError

from cli.task import bounded, task
from kiln.errors import Exit, Interrupted, UserError
from sandbox.command.client import SandboxError
from sandbox.world import folders

ROOT = Path(__file__).parent.parent.parent


def ends_with(error: BaseException) -> int:
    def body() -> int:
        raise error

    with pytest.raises(SystemExit) as caught:
        bounded(body)()
    assert isinstance(caught.value.code, int)
    return caught.value.code


@pytest.mark.parametrize("result", [0, None])
def test_a_task_that_went_well_just_returns(result: int | None) -> None:
    assert bounded(lambda: result)() is None


def test_another_result_is_the_exit_code() -> None:
    with pytest.raises(SystemExit) as caught:
        bounded(lambda: Exit.SOMETHING_TO_DO)()
    assert caught.value.code == 2


def test_arguments_and_names_pass_through() -> None:
    given: list[object] = []

    def body(a: int, *, b: int) -> None:
        """What it does."""
        given.append((a, b))

    made = bounded(body)
    made(1, b=2)
    assert given == [(1, 2)]
    assert (made.__name__, made.__doc__) == ("body", "What it does.")


def test_an_error_that_can_be_mended(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends_with(UserError("no", "why", "try")) == Exit.USER_ERROR
    assert capsys.readouterr().err == "✗ no\n  Why    why\n  Try    try\n"


def test_errors_of_aws_are_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    denied = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "RunInstances")
    assert ends_with(denied) == Exit.USER_ERROR
    assert "the credentials may not call RunInstances" in capsys.readouterr().err
    assert ends_with(NoRegionError()) == Exit.USER_ERROR
    assert "that is not an AWS region" in capsys.readouterr().err


def test_errors_of_the_sandbox_are_told_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends_with(SandboxError("QEMU is missing")) == Exit.USER_ERROR
    assert capsys.readouterr().err == "✗ QEMU is missing\n"


def test_an_interrupt(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends_with(Interrupted("SIGINT")) == Exit.INTERRUPTED
    assert capsys.readouterr().err == "✗ interrupted\n"


def test_a_signal_is_an_interrupt(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        bounded(lambda: os.kill(os.getpid(), signal.SIGTERM))()
    assert caught.value.code == Exit.INTERRUPTED


def test_a_bug_shows_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends_with(KeyError("lost")) == Exit.BUG
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "KeyError: 'lost'" in shown
    assert "This is a bug in Kiln" in shown


def test_bytes_that_are_no_text_are_blamed_on_the_option_that_has_them(capsys: pytest.CaptureFixture[str]) -> None:
    def body(image: str, named: list[str]) -> None:
        (named[0] + image).encode()

    for options in ({"image": "\udcff", "named": ["a"]}, {"image": "a", "named": ["b\udcff"]}):
        with pytest.raises(SystemExit) as caught:
            bounded(body)(**options)
        assert caught.value.code == Exit.USER_ERROR
    assert capsys.readouterr().err.startswith("✗ image is not UTF-8\n")
    with pytest.raises(SystemExit) as caught:
        bounded(lambda text: len("\udcff".encode()))(text="a")
    assert caught.value.code == Exit.BUG


@pytest.mark.parametrize("words", [["head-down", "--env"], ["test-ami"], ["destroy-env", "--env"], ["show-job"]])
def test_tasks_that_are_given_bytes(words: list[str]) -> None:
    here = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    variables = os.environ | here | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    command = [sys.executable, "-m", "invoke", *words, "a\udcff"]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == Exit.USER_ERROR, done.stderr
    assert "Traceback" not in done.stderr


def test_an_exit_is_left_as_it_is() -> None:
    with pytest.raises(SystemExit) as caught:
        bounded(lambda: sys.exit(7))()
    assert caught.value.code == 7


def test_no_option_gets_a_short_name_by_itself() -> None:
    @task(help={"region": "where"})
    def some(c: object, region: str = "") -> None:
        """Do something."""

    [argument] = some.get_arguments()
    assert argument.names == ("region",)


@pytest.mark.parametrize("words", [["show-job", "--help"], ["sandbox", "show-job", "-h"], ["sandbox.ssh", "--help"]])
def test_help_is_asked_for_behind_a_task_that_takes_an_argument(words: list[str], tmp_path: Path) -> None:
    """invoke itself takes --help for the argument's value. No offline AWS is started for it."""
    command = [sys.executable, "-m", "invoke", *words]
    variables = os.environ | {folders.HOME_VARIABLE: str(tmp_path / "home")}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert not (tmp_path / "home").exists()
    assert done.returncode == 0, done.stderr
    assert f"{words[-2]} [--options]" in done.stdout
