"""The manifest of a build, and its timeline."""

import io
import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cloud.session import Cloud
from images.acceptance import manifest
from images.record.report import Report
from kiln.journal import Journal
from kiln.screen import Screen
from tests.support.planned import evidence, plan_build

IMAGE = {"ImageId": "ami-1", "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-1"}}]}
CLOUD = cast("Cloud", SimpleNamespace(region="eu-west-1", calls=Counter({"RunInstances": 2, "CreateImage": 1})))


@pytest.fixture
def report(tmp_path: Path) -> Iterator[Report]:
    with closing(Journal(tmp_path)) as journal:
        report = Report(Screen(io.StringIO()), journal)
        with report.step("builder"):
            report.machines.append("i-1")
        yield report


def write(folder: Path, report: Report, *, accepted: bool = True) -> dict[str, Any]:
    return manifest.write(CLOUD, plan_build(folder), IMAGE, "tested", report, evidence(accepted=accepted))


def test_what_was_built_from_what(tmp_path: Path, report: Report) -> None:
    document = write(tmp_path, report)
    assert document["ami"] == {
        "id": "ami-1", "name": "x-name", "region": "eu-west-1", "status": "tested", "snapshots": ["snap-1"],
        "architecture": "x86_64",
    }  # fmt: skip
    assert document["base"]["created"] == "2026-01-01T00:00:00+00:00"
    assert (document["image"], document["key"], document["why"]) == ("x", "k" * 64, "a reason")
    assert document["spec"]["tests"] == [{"name": "mine", "script": "true", "timeout": 180}]
    assert document["calls"] == {"RunInstances": 2, "CreateImage": 1}


def test_what_the_machines_showed(tmp_path: Path, report: Report) -> None:
    document = write(tmp_path, report)
    assert document["builder"] == {"instance": "i-1", "type": "m6i.large", "zone": "a"}
    assert document["machines"] == ["i-1"]
    assert document["added_bytes"] == {"used": 4096, "written": 8192}
    assert [check["name"] for check in document["checks"]["builder"]] == ["docker", "root"]
    assert document["checks"]["image"] == [{"name": "ecs", "ok": True, "seconds": 1.0, "output": ""}]
    assert (document["versions"], document["packages"]) == ({"docker": "25.0"}, ("bash 5 x86_64",))
    assert [(step["name"], step["depth"]) for step in document["steps"]] == [("builder", 0)]


def test_an_acceptance_that_was_left_out(tmp_path: Path, report: Report) -> None:
    document = write(tmp_path, report, accepted=False)
    assert document["checks"]["image"] is document["versions"] is document["packages"] is None


def test_the_file_holds_what_is_returned_and_a_picture_lies_beside_it(tmp_path: Path, report: Report) -> None:
    document = write(tmp_path, report)
    assert json.loads((tmp_path / "manifest.json").read_text()) == json.loads(json.dumps(document))
    assert "x-name: ami-1" in (tmp_path / "timeline.svg").read_text()


@pytest.mark.parametrize(("changes", "suffix"), [("", ""), (" M kiln/undo.py\n", "+")])
def test_the_revision_says_whether_the_clone_was_changed(
    monkeypatch: pytest.MonkeyPatch, changes: str, suffix: str
) -> None:
    def run(command: list[str], **_: Any) -> SimpleNamespace:
        return SimpleNamespace(stdout=changes if "status" in command else "0123abcd\n")

    monkeypatch.setattr(subprocess, "run", run)
    assert manifest.read_revision() == "0123abcd" + suffix


def test_outside_a_clone_there_is_no_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_: Any) -> None:
        raise FileNotFoundError("git")

    monkeypatch.setattr(subprocess, "run", run)
    assert manifest.read_revision() == ""
