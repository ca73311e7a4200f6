"""Bad input and bad days: one clear message each, the right exit code, and nothing left running."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from cli import task
from cloud import tags
from cloud.errors import translate
from images.commands import amis as commands
from kiln.errors import Exit, UserError
from sandbox.inprocess import Sandbox
from tests.support.aws_state import left_behind, own_images, work
from tests.support.fake_remote import FakeRemote
from tests.support.images import DEFINITION, Build


def told(build: Build, definition: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What the person reads when a build fails; fails itself when it succeeds or ends in a traceback."""
    with pytest.raises(Exception) as failure:  # noqa: PT011 - the boundary decides what kind it is
        build(definition)
    assert task.tell(failure.value) == Exit.USER_ERROR, failure.value
    return capsys.readouterr().err


def write(definition: str, text: str) -> None:
    Path(definition).write_text(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("volumes: {root: {size: 20 GiB}}", "30 GiB"),
        ("base: {ami: ami-0123456789abcdef0, family: al2023}", "there is no such base AMI"),
        ("base: {owner: self, name: nothing-*, family: al2023}", "there is no such base AMI"),
        ("docker_storage: {driver: devicemapper}", "overlay2"),
        ("base: {ssm: ecs/al2}\ndocker_storage: {driver: devicemapper, basesize: 40 GiB}", "overlay2"),
        ("base: {ssm: ecs/al2}\naws_cli: {distribution: miniconda}", "glibc"),
        ("share: {accounts: ['111122223333']}", "cannot be shared"),
        ("builder: {instance_types: [m7g.large]}", "cannot boot"),
        ("builder: {instance_types: [z9.nano]}", "unknown type"),
        ("builder: {subnets: [subnet-0123456789abcdef0]}", "InvalidSubnetID.NotFound"),
        ("volumes: {root: {kms_key: alias/none}}", "none"),
    ],
)
def test_impossible_definitions_are_refused_before_anything_is_made(
    sandbox: Sandbox, definition: str, build: Build, capsys: pytest.CaptureFixture[str], change: str, message: str
) -> None:
    keys = {line.partition(":")[0] for line in change.splitlines()}
    kept = [line for line in DEFINITION.splitlines() if line.partition(":")[0] not in keys]
    write(definition, "\n".join([*kept, change, ""]))
    assert message in told(build, definition, capsys)
    assert work(sandbox) == []


def test_no_credentials(
    sandbox: Sandbox, definition: str, build: Build, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "none")
    assert "credentials are missing" in told(build, definition, capsys)


def test_unknown_credentials(
    sandbox: Sandbox, definition: str, build: Build, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAXXXXXXXXXXXXXXXX")
    assert "does not accept these credentials" in told(build, definition, capsys)


def test_expired_credentials(
    sandbox: Sandbox, definition: str, build: Build, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = sandbox.client("sts").get_session_token(DurationSeconds=900)["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", session["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", session["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", session["SessionToken"])
    assert build(definition, plan=True) == Exit.SOMETHING_TO_DO
    sandbox.clock.advance(901)
    capsys.readouterr()
    assert "have expired" in told(build, definition, capsys)


def test_no_region(
    sandbox: Sandbox, definition: str, build: Build, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "none")
    assert "no AWS region is set" in told(build, definition, capsys)


def test_wrong_region(
    sandbox: Sandbox, definition: str, build: Build, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "Virginia!")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "Virginia!")
    assert "region" in told(build, definition, capsys)


def test_nobody_answers_at_the_endpoint(
    sandbox: Sandbox, definition: str, build: Build, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("cloud.session.ATTEMPTS", 1)
    assert "cannot be reached" in told(build, definition, capsys)


def test_an_endpoint_of_one_service_cannot_lead_elsewhere(
    sandbox: Sandbox, definition: str, build: Build, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:9")
    assert "would go to" in told(build, definition, capsys)


def test_no_default_vpc(sandbox: Sandbox, definition: str, build: Build, capsys: pytest.CaptureFixture[str]) -> None:
    ec2 = sandbox.client("ec2")
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    sandbox.calls.clear()
    assert "no default VPC" in told(build, definition, capsys)
    assert work(sandbox) == []


def test_a_fixed_name_that_is_taken(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    write(definition, DEFINITION + "ami_name: mine\n")
    build(definition)
    sandbox.calls.clear()
    write(definition, DEFINITION + "ami_name: mine\npackages: [jq]\n")
    assert "the AMI name mine is taken" in told(build, definition, capsys)
    assert work(sandbox) == []


@pytest.mark.parametrize("denied", ["RunInstances", "ImportKeyPair", "CreateSecurityGroup"])
def test_a_denied_call_is_found_before_anything_is_made(
    sandbox: Sandbox, definition: str, build: Build, capsys: pytest.CaptureFixture[str], denied: str
) -> None:
    sandbox.faults.add(denied, "UnauthorizedOperation", status=403, times=None)
    assert f"may not call {denied}" in told(build, definition, capsys)
    assert work(sandbox) == []


@pytest.mark.parametrize("denied", ["StopInstances", "CreateImage"])
def test_what_needs_a_real_id_is_asked_right_after_launch(
    sandbox: Sandbox,
    remote: type[FakeRemote],
    definition: str,
    build: Build,
    capsys: pytest.CaptureFixture[str],
    denied: str,
) -> None:
    sandbox.faults.add(denied, "UnauthorizedOperation", status=403, times=None)
    assert f"may not call {denied}" in told(build, definition, capsys)
    assert remote.connected == []
    assert left_behind(sandbox) == {}


@pytest.mark.parametrize(("code", "status"), [("RequestLimitExceeded", 503), ("InternalError", 500)])
def test_throttling_and_faults_of_aws_pass(
    sandbox: Sandbox,
    remote: type[FakeRemote],
    definition: str,
    build: Build,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    status: int,
) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    for action in ("DescribeImages", "RunInstances", "CreateImage", "TerminateInstances", "CreateTags"):
        sandbox.faults.add(action, code, status=status, times=2, where={})
    assert build(definition) == Exit.DONE
    assert left_behind(sandbox) == {}


def test_no_room_in_one_zone_is_answered_by_the_next(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build
) -> None:
    full = {"InstanceType": "m6i.large"}
    sandbox.faults.add("RunInstances", "InsufficientInstanceCapacity", status=500, times=None, where=full, after=1)
    assert build(definition) == Exit.DONE
    reservations = sandbox.client("ec2").describe_instances()["Reservations"]
    assert {i["InstanceType"] for r in reservations for i in r["Instances"]} == {"m5.large"}


def test_no_room_anywhere_names_every_try(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.faults.add("RunInstances", "InsufficientInstanceCapacity", status=500, times=None, after=1)
    text = told(build, definition, capsys)
    assert "no room" in text
    assert text.count("m6i.large in ") >= 3
    assert left_behind(sandbox) == {}


def test_ssh_that_never_answers_shows_the_console(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    remote.raising = {"connect": UserError("no SSH connection to ec2-user@127.77.0.1:22 within 300 s", "refused")}
    text = told(build, definition, capsys)
    assert "no SSH connection" in text
    assert "console" in text
    assert left_behind(sandbox) == {}


def test_a_kept_builder_can_be_looked_at_and_swept_away(
    sandbox: Sandbox,
    remote: type[FakeRemote],
    definition: str,
    build: Build,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remote.failing = {"aws cli": 1}
    with monkeypatch.context() as other_process:
        other_process.setattr("kiln.journal.os.getpid", lambda: 2**22 + 1)  # the build's process, gone by now
        with pytest.raises(UserError):
            build(definition, on_error="keep")
    [kept] = Path("builds").glob("small/*/kept.json")
    key = kept.parent / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE KEY" in key.read_text()
    assert "PRIVATE KEY" not in (kept.parent / "journal.jsonl").read_text() + (kept.parent / "log.txt").read_text()
    assert commands.clean(None, apply=False, as_json=False) == Exit.SOMETHING_TO_DO
    assert commands.clean(None, apply=True, as_json=False) == Exit.DONE
    assert left_behind(sandbox) == {}
    assert not key.exists()


def test_without_a_terminal_ask_never_waits(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build
) -> None:
    remote.failing = {"aws cli": 1}
    with pytest.raises(UserError):
        build(definition, on_error="ask")
    assert left_behind(sandbox) == {}


def test_expired_leftovers_of_another_computer_are_swept(
    sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiln.journal.socket.gethostname", lambda: "another")
    remote.failing = {"aws cli": 1}
    with pytest.raises(UserError):
        build(definition, on_error="keep")
    monkeypatch.undo()
    for name, value in sandbox.env().items():
        monkeypatch.setenv(name, value)
    assert commands.clean(None, apply=True, as_json=False) == Exit.DONE
    assert "instances" in left_behind(sandbox)


def test_a_tested_ami_is_no_leftover(sandbox: Sandbox, remote: type[FakeRemote], definition: str, build: Build) -> None:
    build(definition)
    assert commands.clean(None, apply=True, as_json=False) == Exit.DONE
    [image] = own_images(sandbox)
    assert tags.as_dict(image["Tags"])[tags.STATUS] == "tested"


def test_aws_errors_are_translated_in_one_place(sandbox: Sandbox) -> None:
    with pytest.raises(ClientError) as refused:
        sandbox.client("ec2").describe_volumes(VolumeIds=["vol-0123456789abcdef0"])
    told = translate(refused.value)
    assert told is not None
    assert "InvalidVolume.NotFound" in told.why
    assert translate(ValueError("not AWS's")) is None
