"""Waits that end by themselves, and waits in the background: a warning, and nothing."""

import pytest

from tests.support.user_data import config, kind, script
from userdata.rules.finding import Finding

Findings = tuple[Finding, ...]

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
    script("for ((i=0; i<60; i++)); do docker ps | grep -q ecs-agent && break; sleep 1; done"),
    script("i=0\nwhile [ $i -lt 60 ] && ! curl -s localhost:51678; do i=`expr $i + 1`; sleep 1; done"),
    script("timeout 5m bash -c -- 'while ! docker ps | grep ecs-agent; do sleep 1; done' || true"),
    script("SECONDS=0; until curl -s localhost:51678; do (( SECONDS > 120 )) && break; sleep 1; done"),
    script("attempts=30; until curl localhost:51678 || (( --attempts == 0 )); do sleep 1; done"),
    script("max=10; while ! curl localhost:51678; do max=$((max-1)); [ $max -eq 0 ] && exit 1; sleep 1; done"),
    script("timeout 30 cloud-init status --wait"),
    script("for i in {1..30}; do systemctl is-active ecs && break; sleep 1; done"),
    config("repo_upgrade: all\n"),
    config("users:\n- name: me\n  passwd: $6$abc$defghijkl\n"),
    script("curl -H 'Authorization: Bearer abcdef123456' https://x"),
    script("curl -H 'X-Api-Key: abcdef1234567890' https://x"),
    script("export NEW_RELIC_LICENSE_KEY=0123456789abcdef0123"),
]

FINE = [
    script("tail --pid=$PID -f /dev/null"),
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
    script("cat > /opt/x.py <<'E'\nimport x\nwhile x.busy(): pass\nE\npython3 /opt/x.py"),
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
    script("while read -r line; do echo $line; done < <(docker images)"),
    script("until docker ps >/dev/null; do sleep 1; done"),
    script("while ! docker info; do systemctl start docker; sleep 1; done"),
    script("while fuser /var/lib/rpm/.rpm.lock; do sleep 1; done"),
    script("while [ ! -f /var/lib/cloud/instance/user-data.txt ]; do sleep 1; done"),
    script("until mount /efs; do sleep 1; done"),
    script("until nslookup ecs.us-east-1.amazonaws.com; do sleep 1; done"),
    script("until curl -s https://ecs.us-east-1.amazonaws.com; do sleep 1; done"),
    script("aws ecs list-container-instances --cluster x"),
    script("curl -s localhost:51678/v1/metadata | jq ."),
    script("systemctl disable ecs; systemctl mask ecs; systemctl unmask ecs"),
    script("systemctl daemon-reload; systemctl enable ecs-helper; systemctl start ecs-helper"),
    script("docker logs ecs-agent > /tmp/x 2>&1 || true"),
    config("repo_upgrade: none\n"),
    config("repo_upgrade: security\n"),
    script("ssh-keygen -t rsa -N '' -f /root/.ssh/id_rsa"),
    script("echo 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC me' >> /home/ec2-user/.ssh/authorized_keys"),
    script("aws s3 cp s3://b/token /opt/token"),
    script("export AWS_DEFAULT_REGION=us-east-1 KEY_NAME=mykey"),
    config("ssh_pwauth: false\nusers:\n- name: x\n  lock_passwd: true\n"),
    config("disable_root: true\nssh_authorized_keys:\n- ssh-ed25519 AAAA me\n"),
]


@pytest.mark.parametrize("findings", WARNED, ids=range(len(WARNED)))
def test_a_wait_that_ends_by_itself_is_a_warning(findings: Findings) -> None:
    assert kind(findings) == "warned", findings


@pytest.mark.parametrize("findings", FINE, ids=range(len(FINE)))
def test_in_the_background_or_in_a_unit_of_its_own_everything_may_wait(findings: Findings) -> None:
    assert kind(findings) == "fine", findings
