"""What waits in the foreground for what starts only behind it."""

import pytest

from tests.support.user_data import boothook, config, kind, script
from userdata.rules.examine import examine
from userdata.rules.finding import Finding, Material, Script

Findings = tuple[Finding, ...]

REFUSED = [
    script("until curl -s http://localhost:51678/v1/metadata; do sleep 1; done"),
    script("while ! docker ps | grep -q ecs-agent; do sleep 2; done"),
    script('until [ "$(systemctl is-active ecs)" = active ]; do sleep 1; done'),
    script("while [ ! -e /var/lib/ecs/data/agent.db ]; do sleep 1; done"),
    script("while [[ ! -f /var/lib/ecs/data/ecs_agent_data.json ]]; do sleep 1; done"),
    script(
        "wait_agent() {\n  until curl -sf localhost:51678/v1/metadata >/dev/null\n  do sleep 3\n  done\n}\nwait_agent"
    ),
    script("check() { curl -sf http://127.0.0.1:51678/v1/tasks; }\nuntil check; do sleep 1; done"),
    script("cloud-init status --wait"),
    script("systemctl start --wait ecs"),
    script("systemctl start ecs.service amazon-ssm-agent"),
    script("while true; do if curl -s localhost:51678/v1/metadata; then break; fi; sleep 1; done"),
    script("while :; do docker ps --filter name=ecs-agent | grep -q Up && break; sleep 1; done"),
    script("URL=http://localhost:51678/v1/metadata\nuntil wget -qO- $URL; do sleep 1; done"),
    script("PORT=51678\nwhile ! nc -z localhost $PORT; do sleep 0.1; done"),
    script(
        'while [ -z "$CLUSTER" ]; do\n'
        " CLUSTER=$(curl -s http://localhost:51678/v1/metadata | jq -r .Cluster)\n"
        " sleep 1\n"
        "done"
    ),
    script("bash -c 'while ! docker ps | grep -q ecs-agent; do sleep 1; done'"),
    script("bash <<'EOF'\nuntil curl localhost:51678; do sleep 1; done\nEOF"),
    script(
        "cat > /usr/local/bin/w.sh <<'EOF'\n"
        "#!/bin/bash\n"
        "until curl localhost:51678; do sleep 1; done\n"
        "EOF\n"
        "chmod +x /usr/local/bin/w.sh\n"
        "/usr/local/bin/w.sh"
    ),
    script("eval 'until curl localhost:51678; do sleep 1; done'"),
    script("until curl localhost:51678; do sleep 1; done &\nwait"),
    script("( until curl localhost:51678; do sleep 1; done ) & PID=$!\necho x\nwait $PID"),
    script("nohup bash -c 'until curl localhost:51678; do sleep 1; done'"),
    script("while ! (echo > /dev/tcp/127.0.0.1/51678) 2>/dev/null; do sleep 1; done"),
    script("until test -f /var/lib/cloud/instance/boot-finished; do sleep 1; done"),
    script("until systemctl is-active --quiet ecs; do sleep 1; done"),
    script("until pgrep -f amazon-ecs-agent; do sleep 1; done"),
    script("for ((;;)); do curl -s localhost:51678 && break; sleep 1; done"),
    script("tail -f /var/log/ecs/ecs-agent.log | grep -m1 Registered"),
    script("while true; do echo hi; sleep 60; done"),
    script("systemctl is-system-running --wait"),
    script(
        "cat > /etc/systemd/system/x.service <<'E'\n"
        "[Unit]\n"
        "After=ecs.service\n"
        "[Service]\n"
        "ExecStart=/bin/true\n"
        "E\n"
        "systemctl daemon-reload\n"
        "systemctl enable --now x"
    ),
    script(
        "cat > /etc/systemd/system/x.service <<'E'\n"
        "[Service]\n"
        "Type=oneshot\n"
        "ExecStart=/bin/bash -c 'until curl localhost:51678; do sleep 1; done'\n"
        "E\n"
        "systemctl start x.service"
    ),
    script('sudo sh -c "until curl -s localhost:51678; do sleep 1; done"'),
    script("retries=0; until curl localhost:51678 || false; do retries=$((retries+1)); sleep 1; done"),
    script("while [ $(curl -s localhost:51678 | wc -l) -lt 1 ]; do sleep 1; done"),
    script("while [ $(docker ps | grep -c ecs-agent) -eq 0 ]; do sleep 1; done"),
    script("timeout 0 bash -c 'until curl localhost:51678; do sleep 1; done'"),
    script("until aws ecs list-container-instances --cluster x | grep -q arn; do sleep 5; done"),
    script(
        "if ! systemctl is-active docker; then systemctl start docker; fi\n"
        "while ! docker inspect ecs-agent >/dev/null 2>&1; do sleep 1; done"
    ),
    config("runcmd:\n- until curl -s localhost:51678; do sleep 1; done\n"),
    config("runcmd:\n- [bash, -c, 'while ! docker ps | grep ecs-agent; do sleep 1; done']\n"),
    config("runcmd:\n- |\n  set -e\n  until curl -s localhost:51678\n  do sleep 1\n  done\n"),
    config(
        "write_files:\n"
        "- path: /opt/w.sh\n"
        "  content: |\n"
        "    #!/bin/sh\n"
        "    until curl localhost:51678; do sleep 1; done\n"
        "runcmd:\n"
        "- sh /opt/w.sh\n"
    ),
    config("runcmd:\n- while ! docker ps | grep -q ecs-agent\n- do sleep 1\n- done\n"),
    config("bootcmd:\n- cloud-init status --wait\n"),
    boothook("until docker ps | grep ecs-agent; do sleep 1; done"),
]

WARNED = [
    script("for i in $(seq 1 30); do curl -s localhost:51678 && break; sleep 1; done"),
    script("timeout 60 bash -c 'until curl -s localhost:51678; do sleep 1; done'"),
    script("n=0; until curl localhost:51678 || [ $n -ge 30 ]; do n=$((n+1)); sleep 1; done"),
    script(
        "n=0\nwhile ! docker ps | grep -q ecs-agent; do\n sleep 1\n ((n++))\n if [ $n -gt 60 ]; then break; fi\ndone"
    ),
    script("end=$((SECONDS+60)); while [ $SECONDS -lt $end ]; do curl localhost:51678 && break; sleep 1; done"),
    script("curl --retry 5 --retry-connrefused http://localhost:51678/v1/metadata"),
    script("mysql -u root -pHunter22 -e 'select 1'"),
]

FINE = [
    script("until curl -s http://localhost:51678/v1/metadata; do sleep 1; done &"),
    script("( until curl localhost:51678; do sleep 1; done; docker ps ) &"),
    script("nohup bash -c 'until curl localhost:51678; do sleep 1; done' >/dev/null 2>&1 &"),
    script("systemd-run --no-block bash -c 'until curl localhost:51678; do sleep 1; done'"),
    script("systemd-run bash -c 'until curl localhost:51678; do sleep 1; done'"),
    script("setsid -f bash -c 'until curl localhost:51678; do sleep 1; done'"),
    script("setsid bash -c 'until curl localhost:51678; do sleep 1; done' &"),
    script("at now <<'E'\nuntil curl localhost:51678; do sleep 1; done\nE"),
    script("echo 'until curl localhost:51678; do sleep 1; done' | at now + 1 minute"),
    script(
        "cat > /etc/systemd/system/x.service <<'E'\n"
        "[Unit]\n"
        "After=ecs.service\n"
        "[Service]\n"
        "ExecStart=/bin/bash -c 'until curl localhost:51678; do sleep 1; done'\n"
        "[Install]\n"
        "WantedBy=multi-user.target\n"
        "E\n"
        "systemctl daemon-reload\n"
        "systemctl enable x.service\n"
        "systemctl start --no-block x.service"
    ),
    script(
        "cat > /usr/local/bin/w.sh <<'EOF'\n"
        "#!/bin/bash\n"
        "until curl localhost:51678; do sleep 1; done\n"
        "EOF\n"
        "chmod +x /usr/local/bin/w.sh\n"
        "nohup /usr/local/bin/w.sh &"
    ),
    script("w() { until curl localhost:51678; do sleep 1; done; }\nw &\ndisown"),
    script("w() { until curl localhost:51678; do sleep 1; done; }\necho defined"),
    script("until docker info >/dev/null 2>&1; do sleep 1; done"),
    script("while ! mountpoint -q /mnt; do sleep 1; done"),
    script("until ping -c1 8.8.8.8; do sleep 1; done"),
    script("while [ ! -e /dev/xvdb ]; do sleep 1; done"),
    script("until [ -e /dev/nvme1n1 ]; do sleep 1; done"),
    script("exec > >(tee /var/log/user-data.log|logger -t user-data -s 2>/dev/console) 2>&1\necho x"),
    script("while read -r l; do echo $l; done < /etc/fstab"),
    script("while read -r c; do curl localhost:51678; done < /tmp/x"),
    script("while true; do\n  dd if=/dev/zero of=/x && break\ndone"),
    script("tail -f /var/log/x &"),
    script("curl -s localhost:51678/v1/metadata || true"),
    script("systemctl is-active ecs || echo not yet"),
    script("docker ps | grep ecs-agent || true"),
    script("systemctl stop ecs; rm -rf /var/lib/ecs/data/*"),
    script("systemctl status ecs"),
    script("for p in 51678 80; do echo $p; done"),
    script("iptables -A INPUT -p tcp --dport 51678 -j DROP"),
    script("cat > /opt/x.py <<'E'\nimport x\nwhile True: pass\nE\npython3 /opt/x.py"),
    config("runcmd:\n- [systemctl, --no-block, start, ecs]\n- echo hi\n"),
    config("bootcmd:\n- [cloud-init-per, once, x, sh, -c, 'echo a >> /etc/b']\n"),
]


@pytest.mark.parametrize("findings", REFUSED, ids=range(len(REFUSED)))
def test_what_waits_for_the_agent_in_the_foreground_is_refused(findings: Findings) -> None:
    assert kind(findings) == "refused", findings


@pytest.mark.parametrize("findings", WARNED, ids=range(len(WARNED)))
def test_a_wait_that_ends_by_itself_is_a_warning(findings: Findings) -> None:
    assert kind(findings) == "warned", findings


@pytest.mark.parametrize("findings", FINE, ids=range(len(FINE)))
def test_in_the_background_or_in_a_unit_of_its_own_everything_may_wait(findings: Findings) -> None:
    assert kind(findings) == "fine", findings


def test_the_line_is_named_and_what_to_try() -> None:
    [finding] = script("set -e\necho begin\nuntil curl -s localhost:51678/v1/metadata; do sleep 1; done")
    assert finding.line == 4
    assert "the part own waits for the ECS agent (line 4): until curl -s localhost:51678" in finding.what
    assert "cloud-final.service" in finding.why
    assert "systemd-run --property=After=ecs.service bash /usr/local/bin/behind-agent.sh" in finding.hint


def test_a_cloud_configs_lines_are_its_own() -> None:
    [finding] = config("timezone: UTC\nruncmd:\n- echo a\n- |\n  echo b\n  cloud-init status --wait\n")
    assert (finding.line, "the end of the boot" in finding.what) == (7, True)


def test_an_image_is_held_to_the_same() -> None:
    material = Material(
        scripts=(Script("the script 'x'", "until curl localhost:51678; do sleep 1; done", builder=True),)
    )
    [finding] = examine(material)
    assert finding.refused
    assert "image" in finding.why
