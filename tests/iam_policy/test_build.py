"""Building, testing, sharing and cleaning under exactly the printed policy; and without each of its statements."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from cloud import tags
from cloud.policy import Permission, Scope
from cloud.session import Cloud
from images import clean
from images.needs import needs
from images.spec.image import ImageSpec
from kiln.errors import Exit
from sandbox.inprocess import Sandbox
from tests.support import trust
from tests.support.aws_state import left_behind
from tests.support.denied import Become, told
from tests.support.fake_remote import FakeRemote
from tests.support.images import Build

KEY, PROFILE = "alias/images", "kiln-builder"
SPEC = ImageSpec.model_validate(
    {
        "name": "small",
        "base": {"ssm": "ecs/al2023"},
        "builder": {"instance_profile": PROFILE},
        "docker_storage": {"driver": "overlay2"},
        "volumes": {"root": {"kms_key": KEY}},
        "share": {"accounts": ["210987654321"]},
    }
)
PERMISSIONS = needs(Scope(), [SPEC])
TRUSTED = "ImagesKeys"  # a key that may not be looked at before is taken on trust
LATE = ("ImagesEncrypt", "ImagesLendKeys")  # EC2 says nothing when it is asked, and ends the machine


@pytest.fixture
def shared(sandbox: Sandbox, tmp_path: Path) -> str:
    """Path of the definition, whose key and instance profile there are."""
    iam, kms = sandbox.client("iam"), sandbox.client("kms")
    kms.create_alias(AliasName=KEY, TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    iam.create_role(RoleName=PROFILE, AssumeRolePolicyDocument=trust.EC2)
    iam.create_instance_profile(InstanceProfileName=PROFILE)
    iam.add_role_to_instance_profile(InstanceProfileName=PROFILE, RoleName=PROFILE)
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(SPEC.model_dump(mode="json", exclude_unset=True)))
    return str(path)


@pytest.fixture
def everything(
    sandbox: Sandbox, remote: type[FakeRemote], shared: str, build: Build, tmp_path: Path
) -> Callable[[], None]:
    """Build, test and share an AMI; sweep up what a dead build left, and a volume that a machine added to itself."""

    def run() -> None:
        assert build(shared) == Exit.DONE
        tagged = [{"ResourceType": "volume", "Tags": [{"Key": tags.STORAGE, "Value": "i-0123456789abcdef0"}]}]
        admin = sandbox.client("ec2")
        admin.create_volume(AvailabilityZone="us-east-1a", Size=1, TagSpecifications=tagged)
        _expired(sandbox)
        sandbox.clock.advance(60)
        found = clean.find(Cloud(), tmp_path / "builds")
        assert {each.kind for each in found} == {"snapshot", "storage volume"}
        for each in found:
            each.remove()

    return run


def _expired(sandbox: Sandbox) -> None:
    """A snapshot of a build that died."""
    ec2, past = sandbox.client("ec2"), datetime.now(UTC) - timedelta(days=1)
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    sandbox.clock.advance(5)
    labels = [{"Key": tags.BUILD, "Value": "dead"}, {"Key": tags.EXPIRES, "Value": f"{past:%Y-%m-%dT%H:%M:%SZ}"}]
    ec2.create_snapshot(VolumeId=volume, TagSpecifications=[{"ResourceType": "snapshot", "Tags": labels}])
    ec2.delete_volume(VolumeId=volume)


def test_the_policy_is_enough(sandbox: Sandbox, become: Become, everything: Callable[[], None]) -> None:
    become(PERMISSIONS)
    everything()
    denied = [call for call in sandbox.calls.all() if "Denied" in call.error or call.error == "UnauthorizedOperation"]
    assert denied == []
    assert left_behind(sandbox) == {}


@pytest.mark.parametrize(
    "missing",
    [each for each in PERMISSIONS if each.sid not in (TRUSTED, *LATE)],
    ids=lambda each: each.sid,
)
def test_without_a_statement_kiln_says_what_is_missing(
    sandbox: Sandbox, become: Become, everything: Callable[[], None], missing: Permission
) -> None:
    become([each for each in PERMISSIONS if each is not missing])
    error = told(everything)
    assert "the credentials may not call" in error.what
    action = error.hint.partition("Allow the action ")[2].partition(" ")[0]
    assert action in missing.actions
    assert "iam-policy" in error.hint


@pytest.mark.parametrize("missing", LATE)
def test_a_machine_whose_key_may_not_be_used_ends_and_kiln_says_what_it_may_be(
    become: Become, everything: Callable[[], None], missing: str
) -> None:
    become([each for each in PERMISSIONS if each.sid != missing])
    error = told(everything)
    assert "ended before it ran" in error.what
    assert "the KMS key of a volume may not be used" in error.why
    assert "iam-policy" in error.hint


def test_a_key_that_may_not_be_looked_at_is_taken_on_trust(
    sandbox: Sandbox, become: Become, everything: Callable[[], None]
) -> None:
    become([each for each in PERMISSIONS if each.sid != TRUSTED])
    everything()
    assert {call.action for call in sandbox.calls.all() if call.error == "AccessDeniedException"} == {"DescribeKey"}
