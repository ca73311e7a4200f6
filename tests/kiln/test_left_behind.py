"""What failed work left behind goes with its error to the boundary."""

import pytest

from cli.task import tell
from kiln.errors import Exit, Interrupted, UserError, left_by, note_left

LEFT = "the AMI: aws ec2 deregister-image --image-id ami-1\nLog: builds/x/log.txt"


@pytest.mark.parametrize("error", [UserError("it failed"), Interrupted("SIGINT"), KeyboardInterrupt(), KeyError("x")])
def test_it_goes_with_each_error(error: BaseException) -> None:
    assert left_by(error) == ""
    note_left(error, LEFT)
    assert left_by(error) == LEFT


@pytest.mark.parametrize(
    ("error", "code"),
    [(UserError("it failed"), Exit.USER_ERROR), (Interrupted("SIGINT"), Exit.INTERRUPTED), (KeyError("x"), Exit.BUG)],
)
def test_a_person_reads_it(error: BaseException, code: Exit, capsys: pytest.CaptureFixture[str]) -> None:
    note_left(error, LEFT)
    assert tell(error) == code
    shown = capsys.readouterr().err
    assert all(line in shown for line in LEFT.splitlines())


def test_an_error_of_aws_keeps_it_in_its_translation(capsys: pytest.CaptureFixture[str]) -> None:
    from botocore.exceptions import ClientError

    error = ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": "no"}}, "RunInstances")
    note_left(error, LEFT)
    assert tell(error) == Exit.USER_ERROR
    assert "  Left   the AMI:" in capsys.readouterr().err
