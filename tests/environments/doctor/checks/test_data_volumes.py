"""The doctor says of a data volume that nothing uses what the plan says."""

import pytest

from environments.doctor.checks.launch_templates import check_volumes
from launch_templates.versions import Template, Version
from tests.support.doctor_pictures import picture

_RESOURCES = {"launchTemplate": {"launchTemplateName": "t", "version": "1"}, "ec2Configuration": [
    {"imageType": "ECS_AL2023", "imageIdOverride": "ami-1"}
]}  # fmt: skip
_IMAGE = {
    "ImageId": "ami-1", "RootDeviceName": "/dev/xvda", "CreationDate": "2026-10-02T19:08:11.000Z",
    "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30}}],
}  # fmt: skip


@pytest.mark.parametrize(("owner", "count"), [("amazon", 1), ("123456789012", 0)])
def test_row_8_a_volume_that_nothing_uses(owner: str, count: int) -> None:
    data = {"BlockDeviceMappings": [{"DeviceName": "/dev/sdc", "Ebs": {"VolumeSize": 100}}]}
    seen = picture(
        "c5", resources=_RESOURCES, templates={"t": Template("lt-1", "t", 1, (Version(1, data, ""),))},
        images={"ami-1": {**_IMAGE, "ImageOwnerAlias": owner}},
    )  # fmt: skip
    findings = list(check_volumes(seen))
    assert len(findings) == count
    for finding in findings:
        assert (finding.severity, finding.what) == ("warning", "nothing uses the data volume /dev/sdc of one")
        assert "docker_storage: {driver: overlay2, volume: data}" in finding.fix
