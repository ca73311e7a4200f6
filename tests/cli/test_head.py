"""The tasks of head nodes: what is typed reaches the command behind it."""

from nextflow.head.asked import Asked
from tests.support.typed import Record, Typed


def test_head_up(typed: Typed, recorded: Record) -> None:
    up = recorded("nextflow.head.commands.head_up")
    typed("head-up")
    typed(
        "head-up", "--env", "e", "--instance-type", "t2.micro", "--ami", "ami-1", "--ssh-from", "none",
        "--time-limit", "1 h", "--nextflow", "none", "--region", "r", "--json",
    )  # fmt: skip
    assert up.calls == [
        ((Asked(), None), {"as_json": False}),
        ((Asked("e", "t2.micro", "ami-1", "none", "1 h", "none"), "r"), {"as_json": True}),
    ]


def test_head_ssh_and_head_down(typed: Typed, recorded: Record) -> None:
    ssh, down = recorded("nextflow.head.commands.head_ssh"), recorded("nextflow.head.commands.head_down")
    typed("head-ssh", "--env", "e")
    typed("head-down", "--env", "e", "--region", "r", "--json")
    assert ssh.call == (("e",), {})
    assert down.call == (("e", "r"), {"as_json": True})
