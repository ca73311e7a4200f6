"""The acceptance boot, against the offline AWS and a machine that is not there."""

import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cloud.session import Cloud
from images.acceptance.acceptance import boot_and_check, read_versions
from images.amis import base
from images.plan import boot
from images.plan.boot import Boot
from images.record.report import Report
from images.spec.image import ImageSpec
from kiln.errors import UserError
from kiln.journal import Journal
from kiln.screen import Screen
from provision.hygiene.checks import Builder
from provision.image import make_image_recipe
from sandbox.inprocess import Sandbox
from tests.support.aws_state import left_behind
from tests.support.booting import LEAST
from tests.support.fake_remote import FakeRemote

BUILDER = Builder(("ssh-ed25519 AAAA",), "ssh-ed25519 BBBB", "0" * 32, "i-0123456789abcdef0")


@pytest.fixture
def report(tmp_path: Path) -> Iterator[Report]:
    with closing(Journal(tmp_path)) as journal:
        yield Report(Screen(io.StringIO()), journal)


@pytest.fixture
def image(cloud: Cloud, stock: str) -> dict[str, object]:
    [described] = base.describe(cloud, ImageIds=[stock])
    return described


@pytest.fixture
def booted(cloud: Cloud, image: dict[str, object], tmp_path: Path) -> Boot:
    spec = ImageSpec.model_validate(LEAST | {"builder": {"ssh_from": "127.0.0.1/32"}})
    ami = base.from_description(image)
    recipe = make_image_recipe(spec, boot.describe_machine(spec, ami))
    return boot.prepare(cloud, spec, ami, recipe, "k" * 64, tmp_path)


def test_every_check_ran_on_a_machine_of_the_ami_which_is_gone(
    sandbox: Sandbox, cloud: Cloud, booted: Boot, image: dict[str, object], report: Report, remote: type[FakeRemote]
) -> None:
    accepted = boot_and_check(cloud, booted, image, report, BUILDER, on_error="cleanup")
    assert [proof.name for proof in accepted.proofs] == [check.name for check in booted.image_checks(BUILDER)]
    assert all(proof.ok for proof in accepted.proofs)
    assert (accepted.facts.software["docker"], accepted.facts.packages) == ("25.0", ("bash 5 x86_64",))
    [reservation] = sandbox.client("ec2").describe_instances()["Reservations"]
    [machine] = reservation["Instances"]
    assert (machine["ImageId"], machine["State"]["Name"]) == (image["ImageId"], "terminated")
    assert left_behind(sandbox) == {}
    assert report.machines == [machine["InstanceId"]]


def test_a_check_that_fails_ends_the_machine_too(
    sandbox: Sandbox, cloud: Cloud, booted: Boot, image: dict[str, object], report: Report, remote: type[FakeRemote]
) -> None:
    remote.failing["mine"] = 1
    with pytest.raises(UserError, match=r"1 of .* checks failed: mine"):
        boot_and_check(cloud, booted, image, report, None, on_error="cleanup")
    assert left_behind(sandbox) == {}
    assert report.kept == ""


def test_a_machine_that_failed_can_be_kept(
    sandbox: Sandbox, cloud: Cloud, booted: Boot, image: dict[str, object], report: Report, remote: type[FakeRemote]
) -> None:
    remote.failing["mine"] = 1
    with pytest.raises(UserError):
        boot_and_check(cloud, booted, image, report, None, on_error="keep")
    assert report.kept == f"the machine {report.machines[0]}"
    assert (booted.folder / "key").exists()


def test_the_versions_are_read_as_root(remote: type[FakeRemote]) -> None:
    from provision.ssh.remote import Address

    asked: list[str] = []

    class Recording(FakeRemote):
        def run(self, command: str, *, timeout: float = 60.0) -> object:  # type: ignore[override]
            asked.append(command)
            return super().run(command, timeout=timeout)

    versions = read_versions(Recording(Address("h", "u"), None, None), "/opt/cli")  # type: ignore[arg-type]
    assert versions.root_bytes == 1234
    assert asked[0].startswith("sudo -n bash -c ")
    assert "/opt/cli/lib" in asked[0]
