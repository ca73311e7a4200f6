"""The tasks of environments: what is typed reaches the command behind it."""

import pytest

from jobs.commands import canary
from kiln.errors import Exit
from tests.support.typed import Record, Typed

REGISTER = {"plan": False, "yes": False, "verbose": False, "as_json": False, "canary": None}
DESTROY = {"buckets": [], "amis": [], "plan": False, "yes": False, "terminate_jobs": False, "as_json": False}


@pytest.mark.parametrize(
    ("words", "arguments", "options"),
    [
        ((), ("genomics", "", None), {}),
        (("--env", "e", "--ami", "previous", "--region", "r"), ("e", "previous", "r"), {}),
        (("--plan", "--yes", "--verbose", "--json"), ("genomics", "", None),
         {"plan": True, "yes": True, "verbose": True, "as_json": True}),
        (("--canary",), ("genomics", "", None), {"canary": canary.prove}),
    ],
)  # fmt: skip
def test_register_env(
    typed: Typed, recorded: Record, words: tuple[str, ...], arguments: tuple[str, ...], options: dict[str, object]
) -> None:
    register = recorded("environments.commands.environment.register", 2)
    assert typed("register-env", *words) == 2
    (env, ami, region, rollout), given = register.call
    assert (env, ami, region) == arguments
    assert (rollout.drain_minutes, rollout.terminate_jobs) == (7200, False)
    assert given == REGISTER | options


def test_how_a_roll_out_treats_jobs(typed: Typed, recorded: Record, capsys: pytest.CaptureFixture[str]) -> None:
    register = recorded("environments.commands.environment.register")
    typed("register-env", "--drain-timeout", "60", "--terminate-jobs")
    rollout = register.call[0][3]
    assert (rollout.drain_minutes, rollout.terminate_jobs) == (60, True)
    assert typed("register-env", "--drain-timeout", "0") == Exit.USER_ERROR
    assert len(register.calls) == 1
    assert "✗" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "arguments", "options"),
    [
        ((), ("genomics", None), {}),
        (("--env", "e", "--region", "r", "--with-bucket", "a", "--with-bucket", "b", "--with-ami", "ami-1"), ("e", "r"),
         {"buckets": ["a", "b"], "amis": ["ami-1"]}),
        (("--plan", "--yes", "--terminate-jobs", "--json"), ("genomics", None),
         {"plan": True, "yes": True, "terminate_jobs": True, "as_json": True}),
    ],
)  # fmt: skip
def test_destroy_env(
    typed: Typed, recorded: Record, words: tuple[str, ...], arguments: tuple[str, ...], options: dict[str, object]
) -> None:
    destroy = recorded("environments.commands.destroy.destroy")
    typed("destroy-env", *words)
    assert destroy.call == (arguments, DESTROY | options)


def test_show_env(typed: Typed, recorded: Record) -> None:
    show = recorded("environments.commands.environment.show_environment")
    typed("show-env")
    typed("show-env", "--env", "e", "--region", "r", "--json")
    assert show.calls == [(("genomics", None), {"as_json": False}), (("e", "r"), {"as_json": True})]


def test_list_envs(typed: Typed, recorded: Record) -> None:
    listed = recorded("environments.commands.environment.list_environments")
    typed("list-envs")
    typed("list-envs", "--region", "r", "--json")
    assert listed.calls == [((None,), {"as_json": False}), (("r",), {"as_json": True})]


def test_the_doctor_looks_at_every_environment_unless_one_is_named(typed: Typed, recorded: Record) -> None:
    doctor = recorded("environments.doctor.command.doctor", 2)
    assert typed("doctor") == 2
    typed("doctor", "--env", "e", "--job", "j", "--region", "r", "--json")
    assert doctor.calls == [(("", "", None), {"as_json": False}), (("e", "j", "r"), {"as_json": True})]
