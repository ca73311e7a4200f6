"""AMIs, launch templates and agents."""

from datetime import timedelta
from typing import Any

from tests.support.agents import AgentDouble
from tests.support.doctor import Patient, make_ami


def test_a_deregistered_ami(patient: Patient) -> None:
    other = make_ami(patient.sandbox, "to-be-deregistered")
    before = patient.environment()["computeResources"]["ec2Configuration"]
    change = {"ec2Configuration": [{"imageType": "ECS_AL2023", "imageIdOverride": other}]}
    patient.update(computeResources=change)
    patient.ec2.deregister_image(ImageId=other)
    found = patient.one()
    assert f"error: {other} is deregistered, or not shared with this account" in found
    assert "no machine starts in ondemand" in found
    assert "invoke register-env --env genomics --ami latest" in found
    patient.update(computeResources={"ec2Configuration": before})
    assert patient.visit()["healthy"]


def test_an_ami_that_will_be_deprecated(patient: Patient) -> None:
    patient.ec2.enable_image_deprecation(ImageId=patient.ami, DeprecateAt=patient.now + timedelta(days=12))
    found = patient.one()
    assert f"warning: {patient.ami} is deprecated in 12 days" in found
    build = "invoke build-ami --image nextflow-al2023 --force"
    assert f"{build} && invoke register-env --env genomics --ami latest" in found
    patient.ec2.enable_image_deprecation(ImageId=patient.ami, DeprecateAt=patient.now + timedelta(hours=1))
    patient.later(7200)
    assert f"{patient.ami} is deprecated since 20" in patient.one()
    patient.ec2.enable_image_deprecation(ImageId=patient.ami, DeprecateAt=patient.now + timedelta(days=40))
    assert patient.visit()["healthy"]
    patient.ec2.disable_image_deprecation(ImageId=patient.ami)


def _template(patient: Patient) -> dict[str, Any]:
    name = patient.environment()["computeResources"]["launchTemplate"]["launchTemplateName"]
    (version,) = patient.ec2.describe_launch_template_versions(LaunchTemplateName=name, Versions=["1"])[
        "LaunchTemplateVersions"
    ]
    return dict(version)


def test_a_launch_template_that_is_behind(patient: Patient) -> None:
    first = _template(patient)
    name, data = first["LaunchTemplateName"], first["LaunchTemplateData"]
    patient.ec2.create_launch_template_version(
        LaunchTemplateName=name, VersionDescription="Kiln: newer", LaunchTemplateData={**data, "EbsOptimized": True}
    )
    found = patient.complaints()
    assert len(found) == 2
    assert f"warning: ondemand is behind: {name} has v2, it pins v1" in found[0]
    assert "invoke register-env --env genomics --plan" in found[0]
    patient.ec2.delete_launch_template_versions(LaunchTemplateName=name, Versions=["2"])
    assert patient.visit()["healthy"]


def test_another_environments_version_is_not_meant(patient: Patient) -> None:
    """Environments share a template: instance-role has another hop limit, and others pin numbers of their own."""
    first = _template(patient)
    name, data = first["LaunchTemplateName"], first["LaunchTemplateData"]
    options = {**data["MetadataOptions"], "HttpPutResponseHopLimit": 2}
    patient.ec2.create_launch_template_version(
        LaunchTemplateName=name,
        VersionDescription="Kiln: other",
        LaunchTemplateData={**data, "MetadataOptions": options},
    )
    patient.ec2.create_launch_template_version(
        LaunchTemplateName=name, VersionDescription="somebody's", LaunchTemplateData=data
    )
    assert patient.visit()["healthy"]
    number = str(_newest(patient, name))
    patient.ec2.delete_launch_template_versions(LaunchTemplateName=name, Versions=[number, str(int(number) - 1)])


def _newest(patient: Patient, name: str) -> int:
    told = patient.ec2.describe_launch_template_versions(LaunchTemplateName=name)["LaunchTemplateVersions"]
    return max(int(each["VersionNumber"]) for each in told)


def test_a_version_that_is_not_pinned(patient: Patient) -> None:
    before = patient.environment()["computeResources"]["launchTemplate"]
    latest = {"launchTemplateName": before["launchTemplateName"], "version": "$Latest"}
    patient.update(computeResources={"launchTemplate": latest})
    found = patient.one()
    assert f"warning: ondemand pins no version of {before['launchTemplateName']}, but names $Latest" in found
    patient.update(computeResources={"launchTemplate": before})
    assert patient.visit()["healthy"]


def test_a_version_that_is_gone(patient: Patient) -> None:
    first = _template(patient)
    name = first["LaunchTemplateName"]
    patient.ec2.create_launch_template_version(LaunchTemplateName=name, LaunchTemplateData=first["LaunchTemplateData"])
    number = str(_newest(patient, name))
    before = patient.environment()["computeResources"]["launchTemplate"]
    patient.update(computeResources={"launchTemplate": {**before, "version": number}})
    patient.ec2.delete_launch_template_versions(LaunchTemplateName=name, Versions=[number])
    assert f"error: the launch template {name} has no version {number} any more" in patient.one()
    patient.update(computeResources={"launchTemplate": before})
    assert patient.visit()["healthy"]


def test_a_launch_template_that_is_gone(patient: Patient) -> None:
    """AWS Batch finds out for itself after a while; until then the doctor knows better."""
    data = _template(patient)["LaunchTemplateData"]
    patient.ec2.create_launch_template(LaunchTemplateName="passing", LaunchTemplateData=data)
    before = patient.environment()["computeResources"]["launchTemplate"]
    patient.update(computeResources={"launchTemplate": {"launchTemplateName": "passing", "version": "1"}})
    patient.environment()  # AWS Batch has just looked
    patient.ec2.delete_launch_template(LaunchTemplateName="passing")
    found = patient.one()
    assert "error: the launch template passing is gone | no machine starts in ondemand" in found
    assert "invoke register-env --env genomics registers it again" in found
    patient.update(computeResources={"launchTemplate": before})
    assert patient.visit()["healthy"]


def test_agents_that_are_old_or_not_connected(patient: Patient) -> None:
    cluster = patient.environment()["ecsClusterArn"].rpartition("/")[2]
    launched = patient.ec2.run_instances(ImageId=patient.ami, InstanceType="m6i.large", MinCount=1, MaxCount=1)
    instance = launched["Instances"][0]["InstanceId"]
    patient.later()
    with AgentDouble(patient.sandbox) as agents:
        agents.join(instance, cluster, version="1.90.0")
        assert f"warning: the ECS agent of {instance} (ondemand) is 1.90.0; 1.99.0 is current" in patient.one()
        patient.ec2.stop_instances(InstanceIds=[instance])
        patient.later()
        found = patient.one()
    assert f"error: the ECS agent of {instance} (ondemand) is not connected" in found
    assert f"aws ec2 terminate-instances --instance-ids {instance}" in found
    patient.ec2.terminate_instances(InstanceIds=[instance])
    patient.later()
    assert patient.visit()["healthy"]
