"""`register-env --canary`: a roll-out that is proven, or taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest

from environments.commands import environment as commands
from environments.rollout.options import Options
from jobs.commands import canary as proof
from kiln.errors import Exit, UserError
from sandbox.inprocess import Sandbox
from tests.support import environments as tools
from tests.support.images import MakeAmi
from tests.support.played import Part, Played

WELL = ("kiln-canary kernel info 6.1.0", "kiln-canary scratch ok 11 GiB in 90 s", "kiln-canary end info 0")
BAD = ("kiln-canary kernel info 6.1.0", "kiln-canary scratch failed after 9 GiB: No space left on device")
RollOut = Callable[..., int]


@pytest.fixture
def roll_out(small: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RollOut:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(ami: str, *, plan: bool = False) -> int:
        return commands.register(
            small, ami, None, Options(), plan=plan, yes=True, verbose=False, as_json=False, canary=proof.prove
        )

    return run


def amis(sandbox: Sandbox) -> set[str]:
    return {tools.ami_of(described) for described in tools.compute(sandbox).values()}


def test_a_roll_out_that_is_proven_stays(
    sandbox: Sandbox, played: Played, roll_out: RollOut, make_ami: MakeAmi, capsys: pytest.CaptureFixture[str]
) -> None:
    played.ordinary = Part(lines=WELL)
    new = make_ami("new")
    assert roll_out(new) == Exit.DONE
    assert amis(sandbox) == {new}
    assert "✓ small runs jobs" in capsys.readouterr().err


def test_a_roll_out_whose_canary_fails_is_taken_back(
    sandbox: Sandbox, played: Played, roll_out: RollOut, make_ami: MakeAmi, capsys: pytest.CaptureFixture[str]
) -> None:
    [old] = amis(sandbox)
    played.ordinary = Part(lines=BAD, exit_code=1)
    new = make_ami("new")
    with pytest.raises(UserError) as told:
        roll_out(new)
    assert told.value.what == f"the canary of small failed on {new}"
    assert "scratch: a file of 11 GiB could not be written" in told.value.why
    assert f"small runs {old} again" in told.value.hint
    assert amis(sandbox) == {old}
    assert {described["status"] for described in tools.compute(sandbox).values()} == {"VALID"}


def test_without_another_ami_there_is_no_way_back(
    sandbox: Sandbox, played: Played, roll_out: RollOut, stock: str
) -> None:  # fmt: skip
    """It is proven although there is nothing to register: the run before may have been killed before its canary."""
    [old] = amis(sandbox)
    played.ordinary = Part(lines=BAD, exit_code=1)
    with pytest.raises(UserError, match="it ran that AMI before"):
        roll_out(old)
    assert amis(sandbox) == {old}


def test_a_canary_that_cannot_run_says_which_ami_is_unproven(
    sandbox: Sandbox, played: Played, small: str, roll_out: RollOut, make_ami: MakeAmi
) -> None:
    Path(small).write_text(Path(small).read_text().replace("buckets: {work: {}}", ""))
    new = make_ami("new")
    with pytest.raises(UserError, match="small has no bucket") as told:
        roll_out(new)
    assert told.value.left == f"small runs {new}, which no canary has proven"
    assert amis(sandbox) == {new}


def test_a_plan_sends_no_job(sandbox: Sandbox, played: Played, roll_out: RollOut, make_ami: MakeAmi) -> None:
    sandbox.calls.clear()
    assert roll_out(make_ami("new"), plan=True) == Exit.SOMETHING_TO_DO
    assert "SubmitJob" not in {call.action for call in sandbox.calls.all()}
