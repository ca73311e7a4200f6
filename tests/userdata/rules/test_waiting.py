"""What waits in the foreground for what starts only behind it."""

import pytest

from tests.support.user_data import boothook, config, kind, script
from userdata.rules.examine import examine
from userdata.rules.finding import Finding, Material, Script

Findings = tuple[Finding, ...]

REFUSED = [
    script("systemd-run --property=After=ecs.service bash /usr/local/bin/behind-agent.sh"),
    script("systemd-run -p Type=oneshot bash -c 'until curl localhost:51678; do sleep 1; done'"),
    script("systemd-run --wait bash -c 'until curl localhost:51678; do sleep 1; done'"),
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
    script("w() { curl -s localhost:51678 || { sleep 1; w; }; }\nw"),
    script("until [[ \"$(docker inspect -f '{{.State.Health.Status}}' ecs-agent)\" == healthy ]]; do sleep 1; done"),
    script(
        "while [ \"$(curl -s -o /dev/null -w '%{http_code}' http://localhost:51678/v1/metadata)\" != "
        "200 ]; do sleep 1; done"
    ),
    script("until ss -ltn | grep -q :51678; do sleep 1; done"),
    script("while ! grep -q 'Registration completed' /var/log/ecs/ecs-agent.log; do sleep 5; done"),
    script("while [ ! -S /var/run/ecs-agent.sock ]; do sleep 1; done"),
    script(
        'while true; do STATUS=$(systemctl show -p SubState --value ecs); [ "$STATUS" = running ] &'
        "& break; sleep 1; done"
    ),
    script("while sleep 1; do curl -s localhost:51678 && break; done"),
    script("watch -g 'docker ps | grep ecs-agent'"),
    script("/usr/libexec/amazon-ecs-init start"),
    script("until docker exec ecs-agent true; do sleep 1; done"),
    script("journalctl -u ecs -f | grep -m1 started"),
    script("su - ec2-user -c 'until curl localhost:51678; do sleep 1; done'"),
    script("{ until curl localhost:51678; do sleep 1; done; } | tee /var/log/x"),
    script("x=$(until curl localhost:51678; do sleep 1; done)"),
    script("[ -f /etc/ecs/ecs.config ] && until curl localhost:51678; do sleep 1; done"),
    script("if [ -f /x ]; then :; else while ! curl localhost:51678; do sleep 1; done; fi"),
    script("case $x in a) until curl localhost:51678; do sleep 1; done;; esac"),
    script(
        "until\n"
        "  curl --silent \\\n"
        "   http://localhost:51678/v1/metadata > /dev/null\n"
        "do\n"
        "  echo waiting\n"
        "  sleep 2\n"
        "done"
    ),
    script(
        "AGENT=localhost:51678\n"
        'ready() { curl -sf "http://${AGENT}/v1/metadata" >/dev/null; }\n'
        "while ! ready; do sleep 2; done"
    ),
    script("while ! curl -s http://$(hostname -i):51678/v1/metadata; do sleep 1; done"),
    script(
        "set +e\nstate=inactive\nwhile [ $state != active ]; do state=$(systemctl is-active ecs.service); sleep 1; done"
    ),
    script("systemctl enable ecs --now"),
    script("systemctl -q start ecs"),
    script("/bin/systemctl restart ecs.service"),
    script("systemctl start --now ecs &\nwait"),
    script("until [ -f /var/lib/cloud/data/result.json ]; do sleep 1; done"),
    script("while [ ! -f /run/cloud-init/result.json ]; do sleep 2; done"),
    script("while systemctl list-jobs | grep -q running; do sleep 1; done"),
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
    script("case $v in 2018*) start ecs;; 2) systemctl enable --now --no-block ecs;; esac"),
    script("fact() { n=$1; if [ $n -le 1 ]; then echo 1; else fact $((n-1)); fi; }; fact 5"),
    script("if command -v systemctl; then systemctl --no-block restart ecs; fi"),
    script("( sleep 60; systemctl restart ecs ) &"),
    script("nohup sh -c 'sleep 30; systemctl start ecs' > /dev/null 2>&1 &"),
    script(
        "echo 'until curl localhost:51678; do sleep 1; done' > /opt/x.sh\n"
        "chmod +x /opt/x.sh\n"
        "(crontab -l; echo '@reboot /opt/x.sh') | crontab -"
    ),
    script("cat > /etc/cron.d/x <<E\n* * * * * root until curl localhost:51678; do sleep 1; done\nE"),
    script("systemd-run --on-active=60 --unit=after bash -c 'cloud-init status --wait; echo done'"),
    script("systemd-run --no-block -p After=ecs.service bash /usr/local/bin/behind-agent.sh"),
    script("bash /usr/local/bin/x.sh &\nPID=$!\necho $PID\nuntil docker info; do sleep 1; done"),
    script("until curl localhost:51678; do sleep 1; done & A=$!\nsleep 1 & B=$!\nwait $B"),
    script("while IFS='=' read -r k v; do export \"$k=$v\"; done < /etc/ecs/ecs.config"),
    script("set -a; . /etc/ecs/ecs.config; set +a"),
    script("grep -v '^#' /etc/ecs/ecs.config | while read -r line; do echo $line; done"),
    script("for i in 1 2 3 4 5; do docker pull x && break || sleep 15; done"),
    script("aws ecs describe-clusters --clusters x"),
    script("until aws s3 cp s3://a/b /c; do sleep 5; done"),
    script(
        "mkfs -t xfs /dev/nvme1n1 && mount /dev/nvme1n1 /scratch; echo '/dev/nvme1n1 /scratch xfs d"
        "efaults 0 0' >> /etc/fstab"
    ),
    script("rpm -q docker; systemctl restart docker"),
    script("service docker restart"),
    script('a=( 1 2 3 ); for x in "${a[@]}"; do echo $x; done; declare -A m; m[x]=1; [[ $x =~ ^[0-9]+$ ]] && echo ok'),
    script("select x in a b; do break; done"),
    script("exec 3<>/dev/tcp/169.254.169.254/80"),
    script("((i=1)); let i++; echo $((16#ff)) ${x^^} ${y,,} ${z@Q} <(ls)"),
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
    assert "systemd-run --no-block -p After=ecs.service bash /usr/local/bin/behind-agent.sh" in finding.hint


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
