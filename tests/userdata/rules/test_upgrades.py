"""Upgrades of all packages at boot."""

import pytest

from tests.support.user_data import config, kind, script
from userdata.rules.finding import Finding

Findings = tuple[Finding, ...]

WARNED = [
    script("yum update -y"),
    script("sudo yum -y update && yum install -y jq"),
    script("dnf upgrade -y --releasever=latest"),
    script("apt-get update && apt-get -y upgrade"),
    config("package_upgrade: true\n"),
    script("yum -y -q upgrade"),
]

FINE = [
    script("yum install -y jq aws-cli"),
    script("yum update -y ecs-init"),
    script("yum update -y --security"),
    script("yum update -y --exclude=docker* --exclude=ecs-init"),
    script("apt-get update && apt-get install -y jq"),
    script("yum check-update"),
    script("yum -y install epel-release && yum -y install x"),
    config("package_update: true\npackages: [jq]\n"),
]


@pytest.mark.parametrize("findings", WARNED, ids=range(len(WARNED)))
def test_an_upgrade_of_everything_at_boot_is_a_warning(findings: Findings) -> None:
    assert kind(findings) == "warned", findings


@pytest.mark.parametrize("findings", FINE, ids=range(len(FINE)))
def test_installing_and_updating_named_packages_is_fine(findings: Findings) -> None:
    assert kind(findings) == "fine", findings
