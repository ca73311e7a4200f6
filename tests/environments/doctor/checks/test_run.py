"""All checks together: what has the same cause once, and none without what it needs."""

import inspect
from importlib import import_module
from pathlib import Path

from environments.doctor import checks
from environments.doctor.checks.finding import Finding, error, warning
from environments.doctor.checks.run import OF_ENVIRONMENT, OF_REGION, Check, run
from environments.doctor.facts.picture import Picture
from tests.support.doctor_pictures import picture


def test_what_has_one_cause_is_told_once() -> None:
    def find(_: Picture) -> list[Finding]:
        return [
            warning("w", "why", "fix", "other"),
            error("one is INVALID", "it says so", "general", "one", cause="ami-1"),
            error("ami-1 is gone", "no machine", "particular", "ami-1"),
        ]

    findings = run(picture("c5.2xlarge"), [Check(find)])
    assert [(finding.what, finding.why, finding.fix) for finding in findings] == [
        ("one is INVALID", "ami-1 is gone. it says so", "particular"), ("w", "why", "fix"),
    ]  # fmt: skip


def test_a_check_whose_part_was_not_seen_is_left_out() -> None:
    blind = picture("c5.2xlarge", unseen={"roles": "denied"})
    assert run(blind, [Check(lambda _: [warning("w", "", "", "")], ("roles",))]) == ()
    assert len(run(blind, [Check(lambda _: [warning("w", "", "", "")], ("images",))])) == 1


def test_a_check_goes_on_without_a_part_that_only_helps_it() -> None:
    blind = picture("c5.2xlarge", unseen={"roles": "denied"})
    assert len(run(blind, [Check(lambda _: [warning("w", "", "", "")], ("images",), helped_by=("roles",))])) == 1


def test_every_check_is_run() -> None:
    """A check is a function of its module's own that takes a picture alone."""
    names = [path.stem for path in Path(checks.__path__[0]).glob("*.py") if path.stem not in ("__init__", "run")]
    modules = [import_module(f"environments.doctor.checks.{name}") for name in names]
    written = {
        function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
        and list(inspect.signature(function).parameters) == ["picture"]
    }  # fmt: skip
    assert written == {check.find for check in (*OF_ENVIRONMENT, *OF_REGION)}
