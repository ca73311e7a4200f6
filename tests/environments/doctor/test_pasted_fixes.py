"""Fixes of the doctor, pasted as they are printed: each is taken, and its finding is gone. Issue 11, section 3."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cloud import tags
from tests.support.agents import AgentDouble
from tests.support.doctor import Patient, make_ami, register
from tests.support.pasting import commands, paste
from tests.support.trust import trust

Break = Callable[[Patient], object]
_MACHINES = {"InstanceProfileName": "ecsInstanceRole", "RoleName": "ecsInstanceRole"}
_ECS = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
_JOBS = "genomics-job-role"


@pytest.fixture(autouse=True)
def _mended(patient: Patient) -> Iterator[None]:
    """What a fault leaves behind its finding's fix is taken away, and every fault begins with a healthy environment."""
    yield
    register("genomics")
    patient.later()


def _without(patient: Patient, policy: str, role: str) -> None:
    patient.iam.detach_role_policy(RoleName=role, PolicyArn=policy)


def _without_profile(patient: Patient) -> None:
    patient.iam.remove_role_from_instance_profile(**_MACHINES)
    patient.iam.delete_instance_profile(InstanceProfileName="ecsInstanceRole")


def _without_spot_role(patient: Patient) -> None:
    patient.update("spot", state="DISABLED")
    patient.iam.delete_service_linked_role(RoleName="AWSServiceRoleForEC2Spot")


def _use_key(patient: Patient, state: str) -> None:
    kms = patient.client("kms")
    key = kms.create_key()["KeyMetadata"]
    data = {"BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True, "KmsKeyId": key["Arn"]}}]}
    patient.ec2.create_launch_template(LaunchTemplateName=f"keyed-{state}", LaunchTemplateData=data)
    patient.update(computeResources={"launchTemplate": {"launchTemplateName": f"keyed-{state}", "version": "1"}})
    if state == "off":
        kms.disable_key(KeyId=key["KeyId"])
    elif state == "going":
        kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)


def _define_twice(patient: Patient, times: int) -> None:
    role = patient.iam.get_role(RoleName=_JOBS)["Role"]["Arn"]
    asked = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "1024"}]
    for number in range(times):
        command = [str(number)]
        container = {"image": "x", "resourceRequirements": asked, "jobRoleArn": role, "command": command}
        patient.batch.register_job_definition(
            jobDefinitionName=f"revised-{times}", type="container", containerProperties=container,
            tags={"kiln:env:genomics": "2026-11-22T06:30:00Z"},
        )  # fmt: skip


def _distrust_jobs(patient: Patient) -> None:
    _define_twice(patient, 1)
    patient.iam.update_assume_role_policy(RoleName=_JOBS, PolicyDocument=trust("lambda.amazonaws.com"))


def _leave_volume(patient: Patient) -> None:
    owner = {tags.STORAGE: "i-0123456789abcdef0"}
    patient.ec2.create_volume(
        AvailabilityZone="us-east-1a", Size=100, TagSpecifications=tags.make_specifications(owner, "volume")
    )


def _group(patient: Patient) -> dict[str, Any]:
    filters = [{"Name": "group-name", "Values": ["genomics-batch"]}]
    [group] = patient.ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    return dict(group)


def _shut(patient: Patient) -> None:
    group = _group(patient)
    patient.ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])


def _start_machine(patient: Patient) -> str:
    ran = patient.ec2.run_instances(ImageId=patient.ami, InstanceType="m6i.large", MinCount=1, MaxCount=1)
    patient.later()
    return str(ran["Instances"][0]["InstanceId"])


def _cluster(patient: Patient) -> str:
    return str(patient.environment()["ecsClusterArn"]).rpartition("/")[2]


def _stop_machine(patient: Patient) -> None:
    """A machine that joined, and was stopped: its agent is not connected."""
    with AgentDouble(patient.sandbox) as agents:
        agents.join(instance := _start_machine(patient), _cluster(patient))
        patient.ec2.stop_instances(InstanceIds=[instance])
        patient.later()


def _pin(patient: Patient, version: str) -> None:
    before = patient.environment()["computeResources"]["launchTemplate"]
    patient.update(computeResources={"launchTemplate": {**before, "version": version}})


def _resize(patient: Patient, **sizes: int) -> None:
    patient.update(computeResources=sizes)


def _use_lost_ami(patient: Patient) -> None:
    lost = make_ami(patient.sandbox, "lost")
    patient.ec2.create_tags(Resources=[lost], Tags=[{"Key": tags.STATUS, "Value": "candidate"}])
    patient.update(computeResources={"ec2Configuration": [{"imageType": "ECS_AL2023", "imageIdOverride": lost}]})
    patient.environment()
    patient.ec2.deregister_image(ImageId=lost)


FAULTS: dict[str, tuple[Break, str]] = {
    "queue off": (lambda p: p.batch.update_job_queue(jobQueue="default", state="DISABLED"), "aws batch"),
    "environment off": (lambda p: p.update(state="DISABLED"), "aws batch"),
    "profile empty": (lambda p: p.iam.remove_role_from_instance_profile(**_MACHINES), "invoke register-env"),
    "profile gone": (_without_profile, "invoke register-env"),
    "machines' trust": (lambda p: p.iam.update_assume_role_policy(
        RoleName="ecsInstanceRole", PolicyDocument=trust("lambda.amazonaws.com")), "aws iam"),
    "jobs' trust": (_distrust_jobs, "aws iam"),
    "no ECS policy": (lambda p: _without(p, _ECS, "ecsInstanceRole"), "aws iam"),
    "no storage policy": (lambda p: _without(
        p, "arn:aws:iam::123456789012:policy/ebs-autoscale-policy", "ecsInstanceRole"), "aws iam"),
    "key of nobody": (lambda p: _use_key(p, "closed"), "aws kms create-grant"),
    "an older revision": (lambda p: _define_twice(p, 2), "aws batch deregister-job-definition"),
    "older revisions": (lambda p: _define_twice(p, 4), "for revision in"),
    "volume, by Kiln": (_leave_volume, "invoke clean"),
    "volume, by EC2": (_leave_volume, "aws ec2 delete-volume"),
    "no way out": (_shut, "aws ec2 authorize-security-group-egress"),
    "agent lost": (_stop_machine, "aws ec2 terminate-instances"),
    "version not pinned": (lambda p: _pin(p, "$Latest"), "invoke register-env"),
    "machines kept": (lambda p: _resize(p, minvCpus=4), "invoke register-env"),
    "beyond the quota": (lambda p: _resize(p, maxvCpus=5000), "aws service-quotas"),
    "no such key pair": (lambda p: p.update(computeResources={"ec2KeyPair": "labkey"}), "aws ec2 create-key-pair"),
    "AMI gone": (_use_lost_ami, "invoke register-env"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_pasted_fix_ends_its_finding(patient: Patient, tmp_path: Path, fault: str) -> None:
    make, begins = FAULTS[fault]
    assert patient.visit()["findings"] == []
    make(patient)
    patient.later(900 if "volume" in fault else 60)
    findings = patient.visit()["findings"]
    assert findings
    pasted = [
        command for finding in findings for command in commands(finding["fix"]) if command.startswith(begins)
    ]  # fmt: skip
    assert pasted, findings
    for command in dict.fromkeys(pasted):
        paste(command, tmp_path)
    patient.later(4 * 3600 if "quota" in fault else 120)
    assert patient.visit()["findings"] == []


@pytest.mark.parametrize("state", ["off", "going"])
def test_a_key_is_usable_again_by_what_is_pasted(patient: Patient, tmp_path: Path, state: str) -> None:
    """Then the next finding comes to light: nobody but the account's root may use the key."""
    _use_key(patient, state)
    for begins in ("aws kms enable-key" if state == "off" else "aws kms cancel", "aws kms create-grant"):
        [finding] = patient.visit()["findings"]
        [command] = commands(finding["fix"])
        assert command.startswith(begins)
        paste(command, tmp_path)
    assert patient.visit()["findings"] == []


def test_a_deprecated_ami_and_an_old_agent_are_renewed_by_a_build(
    patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """There is no machine to build on here: that the build is planned is all that can be seen of it."""
    site = tmp_path / "site.yaml"
    site.write_text("builder: {ssh_from: 127.0.0.1/32}\n")
    monkeypatch.setenv("KILN_SITE", str(site))
    deprecated = patient.now + timedelta(days=12)
    patient.ec2.enable_image_deprecation(ImageId=patient.ami, DeprecateAt=deprecated)
    with AgentDouble(patient.sandbox) as agents:
        agents.join(instance := _start_machine(patient), _cluster(patient), version="1.90.0")
        fixes = [finding["fix"] for finding in patient.visit()["findings"]]
    assert len(fixes) == 2
    for fix in fixes:
        [command] = commands(fix)
        assert "build-ami --image nextflow-al2023" in command
        build, registered = paste(command, tmp_path)
        assert "Build it with: invoke build-ami --image nextflow-al2023" in build.text
        assert "genomics is up to date" in registered.text
    patient.ec2.disable_image_deprecation(ImageId=patient.ami)
    patient.ec2.terminate_instances(InstanceIds=[instance])
