import pytest
from pydantic import ValidationError

from kiln.errors import UserError
from provision.model.recipe import Check, Machine, Step
from provision.provisioners import user_scripts

MACHINE = Machine("al2023")


def test_scripts_become_steps_in_order_and_checks() -> None:
    spec = user_scripts.Spec.model_validate(
        [
            {"name": "kernel", "source": "kernel.sh", "timeout": "20 min", "reboot": True},
            {"name": "genomes", "script": "mkdir /genomes", "check": "test -d /genomes"},
        ]
    ).loaded({"kernel.sh": b"#!/bin/bash\nyum -y update kernel\n"}.__getitem__)
    recipe = user_scripts.recipe(spec, MACHINE)
    assert recipe.steps == (
        Step("kernel", "#!/bin/bash\nyum -y update kernel\n", timeout=1200, reboot=True),
        Step("genomes", "mkdir /genomes", timeout=600),
    )
    assert recipe.checks == (Check("genomes: its check", "test -d /genomes"),)


@pytest.mark.parametrize("text", ["#!/usr/bin/env python3\nprint()", "#!/usr/bin/perl\n", "echo\r\n"])
def test_what_bash_cannot_run_is_a_user_error(text: str) -> None:
    with pytest.raises(UserError):
        user_scripts.recipe(user_scripts.Spec.model_validate([{"name": "x", "script": text}]), MACHINE)


@pytest.mark.parametrize("first", ["#!/bin/sh", "#!/usr/bin/env bash", "#! /bin/bash -e", "echo hi"])
def test_shells_are_taken(first: str) -> None:
    assert user_scripts.recipe(user_scripts.Spec.model_validate([{"name": "x", "script": first}]), MACHINE).steps


def test_a_source_that_is_no_text_is_a_user_error() -> None:
    spec = user_scripts.Spec.model_validate([{"name": "x", "source": "x.bin"}])
    with pytest.raises(UserError, match=r"x\.bin is not a script"):
        spec.loaded(lambda source: b"\x7fELF\xff")


@pytest.mark.parametrize(
    "raw",
    [
        [{"name": "x"}],
        [{"name": "x", "script": " "}],
        [{"name": "x", "script": "a", "source": "b"}],
        [{"name": "x; id", "script": "a"}],
        [{"name": "x", "script": "a", "timeout": 10}],
        [{"name": "x", "script": "a", "reboot": 1}],
        [{"name": "x", "script": "a"}, {"name": "x", "script": "b"}],
    ],
)
def test_bad_scripts_are_refused(raw: list[object]) -> None:
    with pytest.raises(ValidationError):
        user_scripts.Spec.model_validate(raw)
