"""Checks on a machine: what is shown of those that failed."""

import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from images.builder import provisioning
from images.record.report import Report
from kiln.errors import UserError
from kiln.journal import Journal
from kiln.screen import Screen
from provision.model.recipe import Check, File, Step
from provision.ssh.remote import Address
from tests.support.fake_remote import FakeRemote

if TYPE_CHECKING:
    from provision.ssh.remote import Remote


@pytest.fixture
def report(tmp_path: Path) -> Iterator[Report]:
    with closing(Journal(tmp_path)) as journal:
        yield Report(Screen(io.StringIO()), journal)


@pytest.fixture
def remote() -> "Remote":
    class Scripted(FakeRemote):
        failing = {"b": 3}  # noqa: RUF012  # as FakeRemote has it
        connected = []  # noqa: RUF012

    with Scripted(Address("h", "u"), None, None) as scripted:
        return cast("Remote", scripted)


def test_every_check_runs_and_those_that_failed_are_named(remote: "Remote", report: Report) -> None:
    with pytest.raises(UserError, match="1 of 3 checks failed: b") as caught:
        provisioning.check(remote, [Check(name, "true") for name in "abc"], report, "checks")
    assert caught.value.output.startswith("✗ b")
    assert [span.name for span in report.spans] == ["a", "b", "c"]
    assert [span.ok for span in report.spans] == [True, False, True]


def test_proofs_of_checks_that_passed(remote: "Remote", report: Report) -> None:
    proofs = provisioning.check(remote, [Check("a", "true")], report, "checks")
    assert [(proof.name, proof.ok) for proof in proofs] == [("a", True)]
    assert provisioning.as_json(proofs)[0]["name"] == "a"


def test_a_step_that_failed_ends_the_work(remote: "Remote", report: Report) -> None:
    with pytest.raises(UserError, match='step "b" ended with exit code 3'):
        provisioning.perform(remote, [File("/etc/a", b"")], [Step("b", "true"), Step("c", "true")], report, "work")


def test_without_work_nothing_is_said(report: Report) -> None:
    provisioning.perform(cast("Remote", None), [], [], report, "work")
    assert report.spans == []
