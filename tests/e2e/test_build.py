"""Whole builds as a user types them, on machines that really boot."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from kiln.errors import Exit
from sandbox.command import state
from sandbox.world import folders
from tests.support.aws_state import left_in
from tests.support.cli import ROOT, Cli
from tests.support.profiles import make_profile
from tests.support.saved_images import save_busybox

pytestmark = pytest.mark.e2e

ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
VANISHING = """
name: vanishing
base: {ssm: ecs/al2023}
docker_storage: {driver: overlay2}
aws_cli: {enabled: false}
scripts:
  - name: a mark that no reboot survives
    script: touch /run/mark
  - name: no inode tables are being written
    script: |
      grep ' / ext4 ' /proc/mounts | grep noinit_itable
      ! pgrep -x ext4lazyinit
tests:
  - name: the mark is there
    script: ls /run/mark
"""


def run_instances(offline_aws: state.State) -> int:
    return int(state.get(offline_aws.endpoint, "calls")["actions"].get("RunInstances", 0))


def until_it_runs(process: "subprocess.Popen[str]") -> str:
    """Wait for the line that names the build's machine; returns its id."""
    assert process.stderr
    for line in process.stderr:
        if found := re.search(r"builder .*\b(i-[0-9a-f]{17})\b", line):
            return found[1]
    raise AssertionError("the build ended before it had a machine")


def test_a_killed_build_is_swept_by_clean(cli: Cli, ec2: Any) -> None:
    before = left_in(ec2)
    process = cli.begin("sandbox", "build-ami")
    with process:
        instance = until_it_runs(process)
        process.kill()
    shown = cli("sandbox", "clean", code=Exit.SOMETHING_TO_DO).stdout
    assert instance in shown
    assert "key pair" in shown
    assert "security group" in shown
    assert left_in(ec2)["instances"], "the build's machine is there until it is removed"
    cli("sandbox", "clean", "--apply")
    assert left_in(ec2) == before


def test_a_terminated_build_leaves_nothing(cli: Cli, ec2: Any) -> None:
    before = left_in(ec2)
    process = cli.begin("sandbox", "build-ami")
    with process:
        until_it_runs(process)
        process.send_signal(signal.SIGTERM)
        assert process.stderr
        said = process.stderr.read()
    assert process.returncode == Exit.INTERRUPTED, said
    assert "✗ interrupted" in said
    assert "Left   nothing" in said
    assert left_in(ec2) == before


def test_the_default_image_is_built_and_tested(built: dict[str, Any], ec2: Any) -> None:
    manifest = built["manifest"]
    ami = manifest["ami"]["id"]
    assert re.search(rf"✓ {ami} +tested", built["screen"])
    checks = {place: len(proofs) for place, proofs in manifest["checks"].items()}
    assert checks["image"] > checks["builder"] > 5
    assert all(proof["ok"] for proofs in manifest["checks"].values() for proof in proofs)
    assert manifest["added_bytes"]["written"] < 200 * 2**20, "ext4 wrote inode tables: 1/64 of the root of 100 GiB"
    total = sum(checks.values())
    assert f"{total} of {total}" in built["screen"]
    assert (built["path"].parent / "timeline.svg").read_text().startswith("<svg")
    (image,) = ec2.describe_images(ImageIds=[ami])["Images"]
    assert {"Key": "kiln:status", "Value": "tested"} in image["Tags"]
    assert all(m["Ebs"]["Encrypted"] and m["Ebs"]["DeleteOnTermination"] for m in image["BlockDeviceMappings"])
    assert manifest["versions"]["aws_cli"] in "".join(proof["output"] for proof in manifest["checks"]["image"])
    assert any(line.startswith("docker.io ") for line in manifest["packages"])


def test_nothing_but_the_image_is_left_of_a_build(built: dict[str, Any], ec2: Any) -> None:
    assert left_in(ec2) == {}


def test_what_is_up_to_date_is_not_built_again(built: dict[str, Any], cli: Cli, offline_aws: state.State) -> None:
    before = run_instances(offline_aws)
    assert before > 0
    assert "is up to date" in cli("sandbox", "build-ami").stdout
    assert "is up to date" in cli("sandbox", "build-ami", "--plan").stdout
    assert run_instances(offline_aws) == before


def test_it_is_listed(built: dict[str, Any], cli: Cli) -> None:
    ami = built["manifest"]["ami"]["id"]
    assert re.search(rf"nextflow-al2023 .*{ami}.* tested", cli("sandbox", "list-amis").stdout)
    (entry,) = json.loads(cli("sandbox", "list-amis", "--json").stdout)
    assert entry["id"] == ami


def test_another_terminal_sees_it(built: dict[str, Any], cli: Cli) -> None:
    """With settings that would lead elsewhere still in that terminal."""
    ask = "import boto3; print(*[i['ImageId'] for i in boto3.client('ec2').describe_images(Owners=['self'])['Images']])"
    script = f"""
    exports=$({" ".join(cli.command("sandbox.env"))})
    eval "$exports"
    {sys.executable} -c "{ask}"
    """
    hostile = {"AWS_PROFILE": "work", "AWS_ENDPOINT_URL_EC2": "http://127.0.0.1:9", "AWS_SESSION_TOKEN": "old"}
    done = subprocess.run(
        ["bash", "-ec", script],
        cwd=cli.folder,
        env=cli.environment() | hostile,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [built["manifest"]["ami"]["id"]]


def test_the_image_passes_again_on_a_machine_of_its_own(built: dict[str, Any], cli: Cli, ec2: Any) -> None:
    ami = built["manifest"]["ami"]["id"]
    done = cli("sandbox", "test-ami", ami)
    assert re.search(rf"✓ {ami} passes {len(built['manifest']['checks']['image'])} checks", done.stdout)
    assert left_in(ec2) == {}


def test_an_image_that_fails_its_acceptance_is_gone(cli: Cli, ec2: Any, tmp_path: Path) -> None:
    definition = tmp_path / "vanishing.yaml"
    definition.write_text(VANISHING)
    before = {image["ImageId"] for image in ec2.describe_images(Owners=["self"])["Images"]}
    failed = cli("sandbox", "build-ami", "--image", str(definition), code=Exit.USER_ERROR)
    assert re.search(r"✗ 1 of \d+ checks failed: the mark is there", failed.stderr)
    assert "No such file or directory" in failed.stderr
    assert "Left   nothing" in failed.stderr
    assert {image["ImageId"] for image in ec2.describe_images(Owners=["self"])["Images"]} == before
    assert left_in(ec2) == {}


def add_image_of_ecr(cli: Cli, offline_aws: state.State, shipped: str) -> tuple[Path, str]:
    """A shipped definition with an image of ECR, and the builder's role with the rights that Kiln prints for it."""
    reference = f"{ECR}/reference/busybox:1"
    boto3.client("ecr").create_repository(repositoryName="reference/busybox")
    file = save_busybox(folders.cache_of(Path(offline_aws.home)), cli.folder / "busybox.tar")
    cli("sandbox.load-image", str(file), "--as", reference)
    text = (ROOT / "images" / f"{shipped}.yaml").read_text()
    definition = cli.folder / f"{shipped}.yaml"
    profile = "builder:\n  instance_profile: kiln-builder-e2e\n"
    definition.write_text(text.replace("builder:\n", profile) + f"container_images: [{reference}]\n")
    assert profile in definition.read_text()
    policy = json.loads(cli("iam-policy", "--builder", "--image", str(definition)).stdout)
    make_profile("kiln-builder-e2e", policy)
    return definition, reference


def test_devicemapper_gives_each_container_40_gib(cli: Cli, offline_aws: state.State) -> None:
    """And the stand-in began as AL1's base does: 10 GB each, from a thin pool on its second disk. On the way, the
    builder's role pulls an image from ECR, which the AMI then has."""
    definition, reference = add_image_of_ecr(cli, offline_aws, "nextflow-al1-devicemapper")
    done = cli("sandbox", "build-ami", "--image", str(definition), "--json")
    manifest = json.loads(done.stdout)["manifest"]
    for place in ("builder", "image"):
        assert [p["ok"] for p in manifest["checks"][place] if p["name"] == f"images are there: {reference}"] == [True]
    (log,) = cli.folder.glob("builds/nextflow-al1-devicemapper/*/log.txt")
    assert re.search(r"Pool Name: docker-docker--pool\s+Base Device Size: 10\.74GB", log.read_text())
    for place in ("builder", "image"):
        (pool,) = [p for p in manifest["checks"][place] if p["name"].startswith("docker's base device")]
        assert "Base Device Size: 42.95GB" in pool["output"]
        (container,) = [p for p in manifest["checks"][place] if p["name"] == "a new container has 40 GiB"]
        kib = int(re.search(r"container: (\d+) KiB", container["output"])[1])  # type: ignore[index]
        assert 0.9 * 40 * 2**20 <= kib <= 40 * 2**20
