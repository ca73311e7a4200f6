"""Further ways to wait for the ECS agent, and what only looks like one."""

import pytest

from tests.support.user_data import boothook, config, judge, kind, script
from userdata.parts import ShellScript
from userdata.refusals import script as own_script
from userdata.rules.examine import examine
from userdata.rules.finding import Finding

Findings = tuple[Finding, ...]
ASK = "curl -s localhost:51678/v1/metadata"
UP = "until curl -s localhost:51678; do sleep 1; done"
AFTER = "[Unit]\nAfter=ecs.service\n[Service]\nType=oneshot\nExecStart={}\n"

REFUSED = {
    "a limit of time inside a loop": script(f"while ! timeout 1 bash -c '{ASK}'; do sleep 1; done"),
    "a count inside a loop": script("until (for n in 1 2 3; do nc -z localhost 51678 && exit; done); do :; done"),
    "a loop inside a count": script(f"for volume in /dev/sdb /dev/sdc; do {UP}; mkfs $volume; done"),
    "$@": script(f'wait_for() {{ until "$@"; do sleep 1; done; }}\nwait_for {ASK}'),
    "$@ behind shift": script(f'try() {{ shift; until "$@" > /dev/null; do sleep 1; done; }}\ntry agent {ASK}'),
    "${@:2}": script(f'try() {{ while ! "${{@:2}}"; do sleep "$1"; done; }}\ntry 5 {ASK}'),
    "$* of a script": script(
        f"cat > /opt/retry.sh <<'E'\n#!/bin/bash\nuntil $*; do sleep 1; done\nE\nbash /opt/retry.sh {ASK}"
    ),
    "a command in an array": script(f'ask=({ASK})\nuntil "${{ask[@]}}"; do sleep 1; done'),
    "a function as a trap": script(f"finish() {{ {UP}; }}\ntrap finish EXIT\necho begin"),
    "a coprocess": script(f"coproc AGENT {{ {UP}; }}\nwait $AGENT_PID"),
    "seq without an end": script(f"for n in $(seq infinity); do {ASK} && break; sleep 1; done"),
    "a redirection from a port": script("until ( : < /dev/tcp/localhost/51678 ) 2>/dev/null; do sleep 1; done"),
    "isolate": script("systemctl isolate multi-user.target"),
    "a mark that a job makes": script(
        f"({UP}; touch /run/agent-up) &\nwhile [ ! -e /run/agent-up ]; do sleep 1; done"
    ),
    "a mark that a transient unit makes": script(
        f"systemd-run bash -c '{UP}; echo up > /run/agent-up'\nuntil test -f /run/agent-up; do sleep 1; done"
    ),
    "a mark that a unit makes": script(
        f"cat > /etc/systemd/system/up.service <<'E'\n{AFTER.format('/usr/bin/touch /run/agent-up')}E\n"
        "systemctl start --no-block up\nuntil [ -e /run/agent-up ]; do sleep 1; done"
    ),
    "the cluster's name": script("until grep -q ECS_CLUSTER /etc/ecs/ecs.config; do sleep 1; done"),
    "the cluster's name, by source": script(
        'while [ -z "$ECS_CLUSTER" ]; do . /etc/ecs/ecs.config; sleep 1; done'
    ),
    "the cluster's name, in Python": judge(
        ShellScript(
            "own",
            "#!/usr/bin/python3\nimport time\nwhile 'ECS_CLUSTER' not in open('/etc/ecs/ecs.config').read():\n"
            "    time.sleep(1)\n",
        )
    ),
}  # fmt: skip
WARNED = {
    "the clock, kept before": script(
        "begin=$(date +%s)\nuntil curl -s localhost:51678; do\n  now=$(date +%s)\n"
        "  [ $((now - begin)) -gt 120 ] && break\n  sleep 1\ndone"
    ),
    "a limit of time around a loop": script(f"timeout 300s bash <<'E'\n{UP}\nE"),
    "perl": script("perl -e 'while (1) { last if `curl -s localhost:51678`; sleep 1 }'"),
    "ruby": script("ruby -rsocket -e 'begin TCPSocket.new(\"localhost\", 51678) rescue (sleep 1; retry) end'"),
    "awk": script("awk 'BEGIN { while (system(\"curl -s localhost:51678\") != 0) system(\"sleep 1\") }'"),
    "a file of another language": script(
        "cat > /opt/w.pl <<'E'\n#!/usr/bin/perl\nsleep 1 until -e '/var/lib/ecs/data/agent.db';\nE\nperl /opt/w.pl"
    ),
    "the agent's order, by sed": script("sed -i '/After=cloud-final.service/d' /usr/lib/systemd/system/ecs.service"),
    "the agent's order, by a unit": script(
        "cat > /etc/systemd/system/ecs.service <<'E'\n[Unit]\nAfter=docker.service\n[Service]\n"
        "ExecStart=/usr/libexec/amazon-ecs-init start\nE\nsystemctl daemon-reload"
    ),
    "the cluster's name, five times": script(
        "for n in 1 2 3 4 5; do grep ECS_CLUSTER /etc/ecs/ecs.config && break; sleep 1; done"
    ),
}  # fmt: skip
FINE = {
    "try-restart of what does not run": script("systemctl try-restart ecs"),
    "the agent's image": script("while true; do docker pull amazon/amazon-ecs-agent:latest && break; sleep 5; done"),
    "one question with a limit of time": script(f"timeout 5 {ASK} || true"),
    "a list without a pause": script("for log in /var/log/ecs/*; do gzip $log; done"),
    "$@ of something else": script('retry() { until "$@"; do sleep 5; done; }\nretry yum install -y jq'),
    "arguments of another call": script(
        f'retry() {{ until "$@"; do sleep 5; done; }}\nlog() {{ "$@"; }}\nlog {ASK}\nretry aws s3 ls'
    ),
    "a trap that nobody springs": script(f"trap '{UP}' TERM\necho begin"),
    "a trap for failures": script("bad() { shutdown -h now; }\ntrap bad ERR\necho begin"),
    "a coprocess without a wait": script(f"coproc {{ {UP}; }}"),
    "a mark of one's own": script("mkdisk & \nuntil [ -e /run/disk-ready ]; do sleep 1; done"),
    "perl over a log": script("perl -ne 'print if /error/' /var/log/ecs/ecs-agent.log"),
    "perl in the background": script("perl -e 'sleep 1 until -e \"/var/lib/ecs/data\"' &"),
    "the cluster's name, once": script("grep ECS_CLUSTER /etc/ecs/ecs.config || true"),
    "a drop-in of the agent's unit": script(
        "mkdir -p /etc/systemd/system/ecs.service.d\n"
        "printf '[Service]\\nLimitNOFILE=65536\\n' > /etc/systemd/system/ecs.service.d/limits.conf"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_section_2_waits_in_other_shapes_are_refused(name: str) -> None:
    assert kind(REFUSED[name]) == "refused", REFUSED[name]


@pytest.mark.parametrize("name", WARNED)
def test_section_2_what_ends_or_is_not_read_is_a_warning(name: str) -> None:
    assert kind(WARNED[name]) == "warned", WARNED[name]


@pytest.mark.parametrize("name", FINE)
def test_section_2_what_only_looks_like_a_wait_is_fine(name: str) -> None:
    assert kind(FINE[name]) == "fine", FINE[name]


def test_section_2_the_cluster_s_name_comes_behind() -> None:
    [finding] = config("runcmd:\n- until grep -q ^ECS_CLUSTER= /etc/ecs/ecs.config; do sleep 1; done\n")
    assert "waits for the cluster's name (line 3)" in finding.what
    assert "comes behind all others" in finding.why
    assert "After=ecs.service" in finding.hint
    assert kind(boothook("until grep -q ^ECS_CLUSTER= /etc/ecs/ecs.config; do sleep 1; done")) == "refused"


def test_section_2_an_image_s_agent_keeps_its_place_in_the_boot() -> None:
    text = "sed -i '/cloud-final/d' /usr/lib/systemd/system/ecs.service\n"
    [finding] = examine(own_script("early", text, builder=True), "al2023")
    assert "the script 'early' lets the ECS agent start before user data has run (line 1)" in finding.what
    assert "ECS_CLUSTER" in finding.why
