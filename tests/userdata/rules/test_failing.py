"""Lines that fail: what a base does not have, and questions that nobody answers."""

import pytest

from tests.support.user_data import config, kind, script
from userdata.rules.finding import Finding

Findings = tuple[Finding, ...]

WARNED = {
    "amazon-linux-extras": [
        script("amazon-linux-extras install -y lustre2.10"),
        script("sudo amazon-linux-extras enable docker", "al1"),
        config("runcmd:\n- amazon-linux-extras install -y ecs\n"),
    ],
    "mkfs.btrfs": [script("mkfs.btrfs -f /dev/nvme1n1 && mount /dev/nvme1n1 /var/lib/docker")],
    "btrfs-progs": [script("yum install -y jq btrfs-progs sed"), script("dnf -y install btrfs-progs-5.4")],
    "epel-release": [
        script("yum install -y epel-release"),
        script("dnf install -y https://dl.fedoraproject.org/pub/epel/epel-release-latest-9.noarch.rpm"),
    ],
    "awslogs": [script("yum install -y awslogs jq")],
    "python2": [script("yum install -y python2")],
    "dnf": [script("dnf install -y jq", "al2")],
    "apt-get": [script("apt-get update"), script("apt-get install -y jq", "al2")],
}
FINE = [
    script("yum install -y awslogs python2", "al2"),
    script("amazon-linux-extras install -y lustre2.10", "al2"),
    script("yum install -y btrfs-progs && mkfs.btrfs /dev/sdc", "al2"),
    script("if command -v amazon-linux-extras; then amazon-linux-extras install -y ecs; fi"),
    script("amazon-linux-extras install -y lustre2.10 || dnf install -y lustre-client"),
    script("dnf install -y lustre-client nfs-utils amazon-efs-utils"),
    script("echo amazon-linux-extras is not here"),
    script("amazon-linux-extras install -y ecs", None),
    script("command -v dnf || apt-get install -y jq"),
]


@pytest.mark.parametrize(("words", "number"), [(words, n) for words, many in WARNED.items() for n in range(len(many))])
def test_section_2_what_a_base_does_not_have_is_a_warning(words: str, number: int) -> None:
    findings = WARNED[words][number]
    assert kind(findings) == "warned", findings
    assert any(f"needs {words}, which " in finding.what for finding in findings)


@pytest.mark.parametrize("findings", FINE, ids=range(len(FINE)))
def test_what_it_has_is_fine(findings: Findings) -> None:
    assert kind(findings) == "fine", findings


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("yum install htop", 2),
        ("set -e\nsudo dnf -q install jq nvme-cli", 3),
        ("yum remove amazon-ssm-agent", 2),
        ("yum localinstall /tmp/a.rpm", 2),
    ],
)
def test_section_2_a_question_that_nobody_answers_is_a_warning(text: str, line: int) -> None:
    [finding] = script(text)
    assert not finding.refused
    assert f"asks a question (line {line})" in finding.what
    assert " -y." in finding.hint


@pytest.mark.parametrize(
    "text",
    [
        "yum -y install htop", "yum install -q -y htop", "yum -qy install htop", "dnf install --assumeyes jq",
        "yes | yum install htop", "echo y | sudo yum install htop", "yum install htop <<< y",
        "yum list installed", "yum makecache", "rpm -i /tmp/a.rpm", "yum clean all",
        "if grep -q x /y; then yum install z; fi",
    ],
)  # fmt: skip
def test_what_asks_nothing_is_fine(text: str) -> None:
    assert script(text) == ()
