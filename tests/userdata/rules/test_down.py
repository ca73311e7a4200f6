"""A script that turns the machine or its agent off."""

import pytest

from tests.support.user_data import boothook, config, kind, script
from userdata.refusals import script as own_script
from userdata.rules.examine import examine
from userdata.rules.finding import Finding

Findings = tuple[Finding, ...]

REFUSED = {
    "starts the machine again": [
        script("yum install -y kernel\nreboot"),
        script("shutdown -r now"),
        script("sudo systemctl reboot"),
        script("init 6"),
        script("/sbin/shutdown -r +0"),
        config("runcmd:\n  - yum install -y kernel-devel\n  - [reboot]\n"),
        boothook("reboot"),
    ],
    "turns the machine off": [
        script("/opt/run.sh\nshutdown -h now"),
        script("poweroff"),
        script("halt -p"),
        script("systemctl poweroff"),
        script("finish() { shutdown now; }\nfinish"),
        script("finish() { shutdown now; }\ntrap finish EXIT\n/opt/run.sh"),
        config("runcmd: [[shutdown, -P, now]]\n"),
    ],
    "keeps the ECS agent from starting": [
        script("systemctl mask ecs"),
        script("systemctl disable --now ecs.service"),
        script("systemctl mask --now amazon-ecs.service"),
        config("runcmd: [systemctl mask ecs]\n"),
    ],
    "from starting": [
        script("systemctl mask docker"),
        script("systemctl mask --now docker.socket docker.service"),
        script("systemctl mask containerd"),
    ],
    "removes": [
        script("yum remove -y docker ecs-init"),
        script("rpm -e ecs-init"),
        script("dnf erase -y docker"),
    ],
}
WARNED = [
    script("if [ -f /var/run/reboot-required ]; then reboot; fi"),
    script("needs-restarting -r || reboot"),
    script("[ -e /dev/nvme1n1 ] || shutdown -h now"),
    script("if ! /opt/check.sh; then systemctl mask ecs; fi"),
]
FINE = [
    script("(sleep 3h; shutdown -h now) &"),
    script("shutdown -h +180"),
    script("shutdown -h 23:00"),
    script("shutdown -c"),
    script("trap 'shutdown -h now' ERR\necho hi"),
    script("echo reboot >> /var/log/note"),
    script("last reboot | head"),
    script("systemctl disable ecs\nsystemctl enable --now --no-block ecs"),
    script("systemctl mask ecs\n/opt/storage.sh\nsystemctl unmask ecs\nsystemctl start --no-block ecs"),
    script("systemctl stop ecs"),
    script("systemctl mask amazon-ssm-agent"),
    script("yum remove -y docker\namazon-linux-extras install -y docker", "al2"),
    script("yum remove -y docker && yum install -y docker-25.0.8"),
    script("yum remove -y docker-compose python2"),
    script("bad() { reboot; }\necho never called"),
    script("cat > /usr/local/bin/end.sh <<'E'\n#!/bin/bash\nshutdown -h now\nE\nchmod +x /usr/local/bin/end.sh"),
    script("docker run --rm busybox reboot"),
    script("systemctl mask docker\n/opt/storage.sh\nsystemctl unmask docker\nsystemctl start docker"),
]


@pytest.mark.parametrize(("words", "number"), [(words, n) for words, many in REFUSED.items() for n in range(len(many))])
def test_section_2_what_turns_off_what_jobs_need_is_refused(words: str, number: int) -> None:
    findings = REFUSED[words][number]
    assert kind(findings) == "refused", findings
    assert any(words in finding.what for finding in findings)


@pytest.mark.parametrize("findings", WARNED, ids=range(len(WARNED)))
def test_under_a_condition_it_is_a_warning(findings: Findings) -> None:
    assert kind(findings) == "warned", findings


@pytest.mark.parametrize("findings", FINE, ids=range(len(FINE)))
def test_what_leaves_machine_and_agent_alone_is_fine(findings: Findings) -> None:
    assert kind(findings) == "fine", findings


@pytest.mark.parametrize("text", ["yum install -y kernel\nreboot\n", "systemctl reboot\n", "shutdown -r now\n"])
def test_section_2_an_image_s_script_leaves_the_restart_to_kiln(text: str) -> None:
    [finding] = examine(own_script("kernel", text, builder=True), "al2023")
    assert finding.refused
    assert finding.what.startswith("the script 'kernel' starts the machine again")
    assert "reboot: true" in finding.hint


def test_an_agent_that_an_image_s_script_puts_right_again_is_fine() -> None:
    text = "systemctl disable ecs\n/opt/storage.sh\nsystemctl enable ecs\n"
    assert examine(own_script("storage", text, builder=True), "al2023") == ()


def test_section_2_an_image_without_its_agent_is_refused() -> None:
    for text in (
        "systemctl mask ecs\n",
        "yum erase -y ecs-init\n",
        "systemctl disable ecs\n",
        "systemctl mask docker\n",
    ):
        assert kind(examine(own_script("slim", text, builder=True), "al2023")) == "refused"
