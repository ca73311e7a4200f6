"""The build against the offline AWS: what is made, in which order, and that nothing is left."""

import json
from pathlib import Path

import pytest

from cloud import tags
from cloud.session import Cloud
from images.commands import amis as commands
from kiln.errors import Exit, UserError
from sandbox.inprocess import Sandbox
from tests.support.aws_state import left_behind, own_images, work
from tests.support.fake_remote import FakeRemote
from tests.support.images import DEFINITION, Build


def test_a_good_build_ends_with_a_tested_ami_and_nothing_else(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(definition) == Exit.DONE
    [image] = own_images(sandbox)
    own = tags.as_dict(image["Tags"])
    assert own[tags.STATUS] == "tested"
    assert own[tags.IMAGE] == "small"
    assert tags.EXPIRES not in own
    assert left_behind(sandbox) == {}
    assert image["ImageId"] in capsys.readouterr().out


def test_the_calls_come_in_order_and_are_few(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    build(definition)
    assert work(sandbox) == [
        "ImportKeyPair", "CreateSecurityGroup", "AuthorizeSecurityGroupIngress", "RunInstances",
        "StopInstances", "CreateImage",
        "TerminateInstances", "DeleteSecurityGroup", "DeleteKeyPair",
        "ImportKeyPair", "CreateSecurityGroup", "AuthorizeSecurityGroupIngress", "RunInstances",
        "TerminateInstances", "DeleteSecurityGroup", "DeleteKeyPair",
        "DeleteTags", "CreateTags",
    ]  # fmt: skip
    manifest = json.loads(next(Path("builds").glob("*/*/manifest.json")).read_text())
    polls = {"DescribeInstances", "DescribeImages", "DescribeSnapshots", "GetConsoleOutput", "DryRun"}
    assert sum(n for name, n in manifest["calls"].items() if name not in polls) <= 45


def test_machines_are_launched_as_they_must_be(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build
) -> None:
    build(definition)
    reservations = sandbox.client("ec2").describe_instances()["Reservations"]
    machines = [i for r in reservations for i in r["Instances"]]
    assert len(machines) == 2
    for machine in machines:
        assert machine["MetadataOptions"]["HttpTokens"] == "required"
        assert tags.EXPIRES in tags.as_dict(machine["Tags"])
    [image] = own_images(sandbox)
    for mapping in image["BlockDeviceMappings"]:
        assert mapping["Ebs"]["Encrypted"]
        assert mapping["Ebs"]["DeleteOnTermination"]


def test_the_manifest_tells_everything_and_a_picture_lies_beside_it(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build
) -> None:
    build(definition)
    [path] = Path("builds").glob("small/*/manifest.json")
    manifest = json.loads(path.read_text())
    assert manifest["ami"]["id"] == own_images(sandbox)[0]["ImageId"]
    assert manifest["packages"] == ["bash 5 x86_64"]
    assert manifest["versions"]["docker"] == "25.0"
    assert {check["ok"] for where in manifest["checks"].values() for check in where} == {True}
    assert len(manifest["checks"]["image"]) > len(manifest["checks"]["builder"])
    assert {step["name"] for step in manifest["steps"]} >= {"builder", "image", "acceptance", "aws cli"}
    assert (path.parent / "timeline.svg").read_text().startswith("<svg")
    assert "output of aws cli" in (path.parent / "log.txt").read_text()


def test_the_same_inputs_are_not_built_twice_unless_forced(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    build(definition)
    capsys.readouterr()
    assert build(definition, plan=True) == Exit.DONE
    assert build(definition) == Exit.DONE
    assert "up to date" in capsys.readouterr().out
    assert len(own_images(sandbox)) == 1
    assert build(definition, force=True) == Exit.DONE
    assert sorted(image["Name"][-2:] == "-2" for image in own_images(sandbox)) == [False, True]


def test_a_rebuild_names_the_input_that_changed(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    build(definition)
    path = Path(definition)
    path.write_text(DEFINITION + "packages: [jq]\n")
    capsys.readouterr()
    assert build(definition, plan=True) == Exit.SOMETHING_TO_DO
    assert "the definition changed: packages" in capsys.readouterr().err


def test_plan_changes_nothing_and_says_so_by_its_exit_code(sandbox: Sandbox, definition: str, build: Build) -> None:
    assert build(definition, plan=True) == Exit.SOMETHING_TO_DO
    assert work(sandbox) == []


def test_json_is_one_document_on_stdout(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    build(definition, as_json=True)
    assert json.loads(capsys.readouterr().out)["status"] == "tested"
    build(definition, as_json=True)
    assert json.loads(capsys.readouterr().out)["built"] is False
    build(definition, as_json=True, plan=True, force=True)
    assert json.loads(capsys.readouterr().out)["up_to_date"] is False


def test_without_the_test_the_ami_stays_a_candidate(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build
) -> None:
    build(definition, test=False)
    assert tags.as_dict(own_images(sandbox)[0]["Tags"])[tags.STATUS] == "candidate"
    assert build(definition, plan=True) == Exit.SOMETHING_TO_DO  # a candidate is no result
    assert commands.clean(None, apply=True, as_json=False) == Exit.DONE
    assert len(own_images(sandbox)) == 1, "but it was asked for, and is not swept away"


def test_a_failing_step_is_shown_and_undone(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build
) -> None:
    remote.failing = {"aws cli": 7}
    with pytest.raises(UserError) as failure:
        build(definition)
    assert "aws cli" in failure.value.what
    assert "exit code 7" in failure.value.what
    assert "output of aws cli" in failure.value.output
    assert "nothing" in failure.value.left
    assert own_images(sandbox) == []
    assert left_behind(sandbox) == {}


def test_a_failing_check_on_the_image_takes_the_ami_back(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build
) -> None:
    remote.failing, remote.failing_at = {"a machine-id of its own": 1}, 1
    with pytest.raises(UserError, match="machine-id"):
        build(definition)
    assert own_images(sandbox) == []
    assert left_behind(sandbox) == {}


def test_a_failing_ami_can_be_kept(sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build) -> None:
    remote.failing, remote.failing_at = {"a machine-id of its own": 1}, 1
    with pytest.raises(UserError):
        build(definition, on_error="keep")
    [image] = own_images(sandbox)
    assert tags.as_dict(image["Tags"])[tags.STATUS] == "candidate"


def test_an_unforeseen_error_is_undone_too(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build
) -> None:
    remote.raising = {"perform": RuntimeError("a bug")}
    with pytest.raises(RuntimeError):
        build(definition)
    assert left_behind(sandbox) == {}


def test_cloud_tells_its_calls(cloud: Cloud) -> None:
    cloud.account()
    assert cloud.calls == {"GetCallerIdentity": 1}


def test_a_spot_builder_is_imaged_while_it_reboots(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build
) -> None:
    """A one-time Spot instance cannot be stopped: NoReboot=false lets EC2 shut it down for the snapshots."""
    Path(definition).write_text(DEFINITION + "builder: {market: spot}\n")
    build(definition)
    assert "StopInstances" not in work(sandbox)
    assert "CreateImage" in work(sandbox)
    reservations = sandbox.client("ec2").describe_instances()["Reservations"]
    assert {i["InstanceLifecycle"] for r in reservations for i in r["Instances"]} == {"spot"}
    assert left_behind(sandbox) == {}


def test_row_3_a_build_records_whether_its_ami_has_nvidias_driver(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build
) -> None:
    build(definition)
    [image] = own_images(sandbox)
    assert tags.as_dict(image["Tags"])[tags.GPU] == "none"
    assert json.loads(next(Path("builds").glob("*/*/manifest.json")).read_text())["gpu"] == "none"
