"""Upgrades of all packages at boot."""

import pytest

from tests.support.user_data import boothook, config, kind, script
from userdata.rules.finding import Finding

Findings = tuple[Finding, ...]

WARNED = [
    script("yum update -y"),
    script("sudo yum -y update && yum install -y jq"),
    script("dnf upgrade -y --releasever=latest"),
    script("apt-get update && apt-get -y upgrade"),
    config("package_upgrade: true\n"),
    script("yum -y -q upgrade"),
    script("yum -y update; yum -y install nfs-utils"),
    script("sudo yum upgrade -y"),
    script("export DEBIAN_FRONTEND=noninteractive; apt-get update -q && apt-get dist-upgrade -yq"),
    script("yum update -y -q >> /var/log/x 2>&1 &"),
    boothook("cloud-init-per once yum_update yum update -y"),
    config("runcmd:\n- [yum, update, -y]\n"),
    script("yum -y update '*'"),
]

FINE = [
    script("yum install -y jq aws-cli"),
    script("yum update -y ecs-init"),
    script("yum update -y --security"),
    script("yum update -y --exclude=docker* --exclude=ecs-init"),
    script("if command -v apt-get; then apt-get update && apt-get install -y jq; fi"),
    script("yum check-update"),
    script("yum -y install epel-release && yum -y install x", "al2"),
    config("package_update: true\npackages: [jq]\n"),
    script("while pgrep yum; do sleep 1; done"),
    script("docker update --restart=no ecs-agent"),
    script("yum install -y device-mapper-persistent-data lvm2"),
    script("yum -y update docker containerd"),
    script("yum update -y aws-cfn-bootstrap"),
    script("yum makecache && yum list updates"),
]


@pytest.mark.parametrize("findings", WARNED, ids=range(len(WARNED)))
def test_an_upgrade_of_everything_at_boot_is_a_warning(findings: Findings) -> None:
    assert kind(findings) == "warned", findings


@pytest.mark.parametrize("findings", FINE, ids=range(len(FINE)))
def test_installing_and_updating_named_packages_is_fine(findings: Findings) -> None:
    assert kind(findings) == "fine", findings
