"""What waits in the foreground for what starts only behind it."""

import pytest

from provision.model.recipe import Family
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
    script("until curl -s http://localhost:51678/v1/metadata\n do sleep 5; done > /dev/null 2>&1"),
    script("n=0\nuntil curl localhost:51678; do n=$((n+1)); echo try $n; sleep 1; done"),
    script("while ! docker top ecs-agent; do sleep 1; done"),
    script('while [ -z "$(docker ps -qf name=ecs-agent)" ]; do sleep 1; done'),
    script('while [ -z "$(docker container ls | grep amazon-ecs-agent)" ]; do sleep 1; done'),
    script('until [ -n "`docker ps -q --filter ancestor=amazon/amazon-ecs-agent`" ]; do sleep 1; done'),
    script("while ! pidof amazon-ecs-init; do sleep 1; done"),
    script("until curl --unix-socket /var/run/ecs.sock x; do sleep 1; done"),
    script("until ls /var/lib/ecs/data/*.db; do sleep 1; done"),
    script("until [ -s /var/log/ecs/ecs-agent.log ]; do sleep 1; done"),
    script('until [ "`systemctl is-active ecs`" = "active" ]\ndo\n  sleep 2\ndone'),
    script("until service ecs status | grep running; do sleep 1; done"),
    script("until status ecs | grep -q running; do sleep 1; done", "al1"),
    script("while ! systemctl is-active multi-user.target; do sleep 1; done"),
    script('while [ "$(systemctl is-system-running)" != running ]; do sleep 1; done'),
    script("until runuser -l ec2-user -c 'curl localhost:51678'; do sleep 1; done"),
    script(
        "function wait_ecs {\n"
        "  while true\n"
        "  do\n"
        "    curl -s 127.0.0.1:51678/v1/metadata && return\n"
        "    sleep 1\n"
        "  done\n"
        "}\n"
        "main() { wait_ecs; }\n"
        'main "$@"'
    ),
    script("PORTS='51678'\nuntil nc -z 127.0.0.1 ${PORTS}; do :; done"),
    script("CMD='curl -sf http://localhost:51678/v1/metadata'\nuntil $CMD; do sleep 1; done"),
    script("until bash -c '</dev/tcp/localhost/51678'; do sleep 1; done"),
    script("(\n until curl localhost:51678; do sleep 1; done\n)"),
    script("until curl localhost:51678; do sleep 1; done && echo up &\nwait %1"),
    script("jobs; until curl localhost:51678; do sleep 1; done & wait -n"),
    script(
        "nohup bash /opt/x.sh & \n"
        "cat > /opt/y.sh <<E\n"
        "until curl localhost:51678; do sleep 1; done\n"
        "E\n"
        "source /opt/y.sh"
    ),
    script("cat <<'E' | bash\nuntil curl localhost:51678; do sleep 1; done\nE"),
    script("echo 'until curl localhost:51678; do sleep 1; done' | sh"),
    script(
        "while ! aws ecs describe-container-instances --cluster c --container-instances i | grep AC"
        "TIVE; do sleep 5; done"
    ),
    script("sleep infinity"),
    script("tail -f /dev/null"),
    script("while :\ndo\n df -h | logger\n sleep 30\ndone"),
]


@pytest.mark.parametrize("findings", REFUSED, ids=range(len(REFUSED)))
def test_what_waits_for_the_agent_in_the_foreground_is_refused(findings: Findings) -> None:
    assert kind(findings) == "refused", findings


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
    assert "enable a unit of its own that has After=ecs.service" in finding.hint


@pytest.mark.parametrize(
    "text",
    ["systemctl start ecs", "systemctl restart ecs.service", "systemctl enable --now ecs", "service ecs start"],
)  # fmt: skip
def test_section_2_to_start_the_agent_by_hand_is_refused(text: str) -> None:
    """systemctl and service wait for a unit that is ordered behind this very script: neither ever ends.

    With --no-block, the unit only stands in the queue.
    """
    [finding] = script(text)
    assert finding.refused
    assert "waits for the ECS agent (line 2)" in finding.what
    assert "systemctl --no-block start ecs" in finding.hint
    assert script("systemctl --no-block start ecs") == ()


UPSTART = ["start ecs", "restart ecs", "initctl start ecs", "sudo start ecs"]


@pytest.mark.parametrize("text", UPSTART)
def test_section_2_upstart_starts_the_agent_before_it_has_its_cluster(text: str) -> None:
    """Amazon Linux 1: nothing is waited for, but AWS Batch's own part, which names the cluster, comes behind."""
    [finding] = script(text, "al1")
    assert finding.refused
    assert "starts the ECS agent too early (line 2)" in finding.what
    assert "cluster" in finding.why
    assert "systemctl" not in finding.hint
    [unknown] = script(text, None)
    assert unknown.refused


@pytest.mark.parametrize("family", ["al2", "al2023"])
@pytest.mark.parametrize("text", UPSTART)
def test_section_2_a_command_that_the_base_has_not_is_warned_of(text: str, family: Family) -> None:
    [finding] = script(text, family)
    assert not finding.refused
    assert f"runs a command that {family} does not have (line 2)" in finding.what
    assert script(f"if command -v initctl; then {text}; fi", family) == () or "initctl" in text


@pytest.mark.parametrize("text", ["systemctl start ecs", "service ecs start", "systemctl enable --now ecs"])
def test_section_2_on_amazon_linux_1_it_is_systemd_that_there_is_not(text: str) -> None:
    [finding] = script(text, "al1")
    assert not finding.refused
    assert "runs a command that al1 does not have (line 2)" in finding.what


@pytest.mark.parametrize("family", ["al1", "al2", "al2023"])
def test_section_2_an_image_s_script_starts_no_agent_on_any_base(family: Family) -> None:
    text = "start ecs" if family == "al1" else "systemctl start ecs"
    [finding] = examine(Material(scripts=(Script("the script 'a'", text, builder=True),)), family)
    assert finding.refused
    assert "image" in finding.why


PER_BOOT = "write_files:\n- path: /var/lib/cloud/scripts/{}/wait.sh\n  permissions: '0755'\n  content: |\n{}"
WAITS = "    #!/bin/bash\n    until curl -s http://localhost:51678/v1/metadata; do sleep 1; done\n"


@pytest.mark.parametrize("folder", ["per-boot", "per-instance", "per-once"])
def test_section_2_a_file_that_cloud_init_runs_is_a_script(folder: str) -> None:
    [finding] = config(PER_BOOT.format(folder, WAITS))
    assert finding.refused
    assert f"/var/lib/cloud/scripts/{folder}/wait.sh" in finding.what
    assert "waits for the ECS agent (line 3)" in finding.what
    assert config(PER_BOOT.format(folder, "    #!/bin/bash\n    mount -a\n")) == ()
    assert config(PER_BOOT.format("../my-own", WAITS)) == ()
