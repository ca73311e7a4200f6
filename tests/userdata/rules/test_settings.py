"""Settings of the agent that are AWS Batch's, and a configuration that is wiped."""

import pytest

from tests.support.user_data import config, kind, script
from userdata.rules.finding import Finding

Findings = tuple[Finding, ...]

REFUSED = [
    script("echo ECS_CLUSTER=x >> /etc/ecs/ecs.config"),
    script('C=x\necho "ECS_CLUSTER=$C" | sudo tee -a /etc/ecs/ecs.config'),
    script("cat <<'EOF' >> /etc/ecs/ecs.config\nECS_LOGLEVEL=debug\nECS_CLUSTER=mine\nEOF"),
    script("sed -i 's/^ECS_CLUSTER=.*/ECS_CLUSTER=mine/' /etc/ecs/ecs.config"),
    script("sed -i '$aECS_CLUSTER=x' /etc/ecs/ecs.config"),
    script("printf 'ECS_CLUSTER=%s\\nECS_X=y\\n' prod >> /etc/ecs/ecs.config"),
    script("printf '%s\\n' 'ECS_INSTANCE_ATTRIBUTES={\"a\":\"b\"}' >> /etc/ecs/ecs.config"),
    script('CONF=/etc/ecs/ecs.config\n{\n echo ECS_X=1\n echo "ECS_CLUSTER=foo"\n} >> "$CONF"'),
    script("cat > /tmp/ecs.config <<E\nECS_CLUSTER=foo\nE\ninstall -m 644 /tmp/ecs.config /etc/ecs/ecs.config"),
    script("cat > /tmp/x <<E\nECS_CLUSTER=foo\nE\ncat /tmp/x >> /etc/ecs/ecs.config"),
    script("cd /etc/ecs && echo ECS_CLUSTER=a >> ecs.config"),
    script("tee -a /etc/ecs/ecs.config <<< ECS_CLUSTER=a"),
    script("echo RUNTX0NMVVNURVI9bWluZQo= | base64 -d >> /etc/ecs/ecs.config"),
    script(
        "mkdir -p /etc/systemd/system/ecs.service.d; echo -e '[Service]\\nEnvironment=\"ECS_CLUSTER=x"
        "\"' > /etc/systemd/system/ecs.service.d/a.conf"
    ),
    script("python3 -c \"open('/etc/ecs/ecs.config','a').write('ECS_CLUSTER=x')\""),
    script("perl -pi -e 's/ECS_CLUSTER=.*/ECS_CLUSTER=z/' /etc/ecs/ecs.config"),
    script("docker run -d --name ecs-agent -e ECS_CLUSTER=mine amazon/amazon-ecs-agent:latest"),
    script("echo 'export ECS_CLUSTER=x' >> /etc/ecs/ecs.config"),
    script("install -D -m 644 /dev/stdin /etc/ecs/ecs.config <<EOF\nECS_CLUSTER=x\nEOF"),
    script('echo \'{"Cluster": "x"}\' > /etc/ecs/ecs.config.json'),
    script("(echo ECS_A=1; echo ECS_CLUSTER=b) | tee -a /etc/ecs/ecs.config >/dev/null"),
    script("sudo bash -c 'echo \"ECS_CLUSTER=x\" >> /etc/ecs/ecs.config'"),
    script('sudo bash -c "cat >> /etc/ecs/ecs.config <<EOF\nECS_CLUSTER=x\nEOF"'),
    script("for l in ECS_CLUSTER=x ECS_B=1; do echo $l >> /etc/ecs/ecs.config; done"),
    script('set_conf() { echo "$1=$2" >> /etc/ecs/ecs.config; }\nset_conf ECS_CLUSTER mine'),
    script("LINE='ECS_CLUSTER=foo'\necho $LINE >>/etc/ecs/ecs.config"),
    script("sed -i -e 's|^#*ECS_CLUSTER.*|ECS_CLUSTER=x|' /etc/ecs/ecs.config"),
    script("sed -i '1i ECS_CLUSTER=x' /etc/ecs/ecs.config"),
    script("echo ECS_CLUSTER=x >>/etc/ecs/ecs.config || true"),
    script("cat >/etc/ecs/ecs.config <<< 'ECS_CLUSTER=x'"),
    script("awk '{print} END {print \"ECS_CLUSTER=x\"}' /etc/ecs/ecs.config > /tmp/c && mv /tmp/c /etc/ecs/ecs.config"),
]
REFUSED += [
    script("exec 3>>/etc/ecs/ecs.config; echo ECS_CLUSTER=x >&3"),
    script("set -- ECS_CLUSTER mine; echo $1=$2 >> /etc/ecs/ecs.config"),
    script("lines=(ECS_LOGLEVEL=info ECS_CLUSTER=x); printf '%s\\n' \"${lines[@]}\" >> /etc/ecs/ecs.config"),
    script(
        "declare -A own=([ECS_CLUSTER]=x)\n"
        'for key in "${!own[@]}"; do echo "$key=${own[$key]}" >> /etc/ecs/ecs.config; done'
    ),
    script("gawk -i inplace '1; END {print \"ECS_CLUSTER=x\"}' /etc/ecs/ecs.config"),
    script("ed -s /etc/ecs/ecs.config <<'E'\n$a\nECS_CLUSTER=x\n.\nw\nE"),
    script("systemctl edit ecs --stdin <<'E'\n[Service]\nEnvironment=ECS_CLUSTER=x\nE"),
    script("python3 - <<'E'\nwith open('/etc/ecs/ecs.config', 'a') as config:\n    config.write(f'ECS_CLUSTER=x')\nE"),
    script(
        "python3 - <<'E'\nfrom pathlib import Path\nconfig = Path('/etc/ecs/ecs.config')\n"
        "config.write_text(config.read_text() + 'ECS_CLUSTER=x')\nE"
    ),
]

WARNED = [
    script("echo ECS_X=y > /etc/ecs/ecs.config"),
    script("cat <<EOF > /etc/ecs/ecs.config\nECS_X=1\nEOF"),
    script("echo ECS_X=y | sudo tee /etc/ecs/ecs.config"),
    script("cp /tmp/x /etc/ecs/ecs.config"),
    script("aws s3 cp s3://b/ecs.config /etc/ecs/ecs.config"),
    script("rm -f /etc/ecs/ecs.config"),
    script("sed -i '/ECS_/d' /etc/ecs/ecs.config"),
    script(": > /etc/ecs/ecs.config"),
    script("curl -o /etc/ecs/ecs.config https://x/y"),
    config("write_files:\n- path: /etc/ecs/ecs.config\n  content: ECS_X=1\n"),
    script("printf 'ECS_RESERVED_MEMORY=%d\\n' 256 > /etc/ecs/ecs.config"),
    script("tee /etc/ecs/ecs.config <<E\nECS_A=b\nE"),
    script('cat > /etc/ecs/ecs.config << "E"\nECS_A=b\nE'),
    script("truncate -s 0 /etc/ecs/ecs.config"),
    script("mv /tmp/e /etc/ecs/ecs.config"),
    script("wget -O /etc/ecs/ecs.config http://x"),
    script("install -m 600 /opt/e /etc/ecs/ecs.config"),
    script("sed -i '1d' /etc/ecs/ecs.config"),
    script("sed -i -e '/^ECS_LOG/d' -e 's/a/b/' /etc/ecs/ecs.config"),
    script("echo x >| /etc/ecs/ecs.config"),
    script("echo x &> /etc/ecs/ecs.config"),
    script("sudo sh -c 'echo ECS_A=1 > /etc/ecs/ecs.config'"),
    script("ln -sf /opt/e /etc/ecs/ecs.config"),
    script("cp -f /opt/ecs.config /etc/ecs/"),
    script("rsync -a /opt/ecs.config /etc/ecs/ecs.config"),
    script("rm -rf /etc/ecs"),
    script("rm -f /etc/ecs/*"),
    script("python3 -c \"open('/etc/ecs/ecs.config', 'w').write('ECS_X=1')\""),
    script("python3 -c \"import os; os.remove('/etc/ecs/ecs.config')\""),
]

FINE = [
    script("CLUSTER=$(grep ECS_CLUSTER /etc/ecs/ecs.config | cut -d= -f2)"),
    script("source /etc/ecs/ecs.config; echo $ECS_CLUSTER"),
    script("awk -F= '/^ECS_CLUSTER=/{print $2}' /etc/ecs/ecs.config > /tmp/c"),
    script("ECS_CLUSTER=$(curl -s localhost:51678/v1/metadata | jq -r .Cluster)"),
    script("export ECS_CLUSTER=foo"),
    script("ECS_CLUSTER=x my-tool"),
    script("echo ECS_CLUSTER=$ECS_CLUSTER > /var/log/cluster.txt"),
    script("if grep -q '^ECS_CLUSTER=' /etc/ecs/ecs.config; then echo yes; fi"),
    script("echo '# ECS_CLUSTER=x is set by batch' >> /etc/ecs/ecs.config"),
    script("sed -n 's/ECS_CLUSTER=//p' /etc/ecs/ecs.config"),
    script("echo ECS_IMAGE_PULL_BEHAVIOR=once >> /etc/ecs/ecs.config"),
    script("cat <<'EOF' >> /etc/ecs/ecs.config\nECS_ENABLE_SPOT_INSTANCE_DRAINING=true\nEOF"),
    script("echo ECS_X=1 | tee -a /etc/ecs/ecs.config"),
    script("sed -i 's/ECS_LOGLEVEL=.*/ECS_LOGLEVEL=debug/' /etc/ecs/ecs.config"),
    script("sed -i 's/old/new/; s/dir/x/' /etc/ecs/ecs.config"),
    script("cp /etc/ecs/ecs.config /tmp/backup"),
    script("cat /etc/ecs/ecs.config > /tmp/x"),
    config("write_files:\n- path: /etc/ecs/ecs.config\n  append: true\n  content: |\n    ECS_X=1\n"),
    script('echo "cluster is ${ECS_CLUSTER:=unknown}" | logger'),
    script('[ -n "$ECS_CLUSTER" ] || exit 0'),
    script("jq -n --arg c \"$ECS_CLUSTER\" '{ECS_CLUSTER: $c}' > /tmp/x.json"),
    script("cat <<EOF > /etc/awslogs/awslogs.conf\nlog_group_name = x\nECS_CLUSTER=foo\nEOF"),
    script("sed -i 's/{cluster}/'$ECS_CLUSTER'/' /etc/awslogs/awslogs.conf"),
    script("docker run -d -e ECS_CLUSTER=$ECS_CLUSTER datadog/agent"),
    script("cat > /etc/profile.d/x.sh <<'E'\nexport ECS_CLUSTER=x\nE"),
    script("cat <<'PY' > /opt/x.py\nwhile True:\n  print(\"ECS_CLUSTER=x\")\nPY\nnohup python3 /opt/x.py &"),
    script("grep ECS_CLUSTER /etc/ecs/ecs.config >> /tmp/x; cp /tmp/x /etc/awslogs/x"),
    script("eval $(grep ^ECS_CLUSTER /etc/ecs/ecs.config)"),
    script(
        "ECS_CLUSTER=`grep ECS_CLUSTER /etc/ecs/ecs.config | awk -F= '{print $2}'`\n"
        'sed -i "s/CLUSTER/$ECS_CLUSTER/" /etc/awslogs/awslogs.conf'
    ),
    script("cut -d= -f2 /etc/ecs/ecs.config"),
    script("cat /etc/ecs/ecs.config | grep -E '^ECS_CLUSTER=' | tee /tmp/cluster"),
    script("export ECS_CLUSTER\nreadonly ECS_CLUSTER"),
    script("local_cluster=${ECS_CLUSTER:-none}"),
    script('test "$ECS_CLUSTER" = default && exit 1'),
    script("printf 'ECS_RESERVED_MEMORY=%d\\n' 256 >> /etc/ecs/ecs.config"),
    script("(cat /etc/ecs/ecs.config; echo ECS_X=1) > /tmp/e && cp /tmp/e /etc/ecs/ecs.config"),
    script("grep -v ECS_LOGLEVEL /etc/ecs/ecs.config > /tmp/e; mv /tmp/e /etc/ecs/ecs.config"),
    script("python3 -c \"print(open('/etc/ecs/ecs.config').read())\""),
    script(
        "python3 - <<'E'\nfor line in open('/etc/ecs/ecs.config'):\n"
        "    if line.startswith('ECS_CLUSTER='):\n        print(line)\nE"
    ),
    script("rm -rf /etc/ecs-old /var/lib/ecs/data"),
]


@pytest.mark.parametrize("findings", REFUSED, ids=range(len(REFUSED)))
def test_only_setting_the_cluster_in_the_agents_configuration_is_refused(findings: Findings) -> None:
    assert kind(findings) == "refused", findings


@pytest.mark.parametrize("findings", WARNED, ids=range(len(WARNED)))
def test_wiping_the_agents_configuration_is_a_warning(findings: Findings) -> None:
    assert kind(findings) == "warned", findings


@pytest.mark.parametrize("findings", FINE, ids=range(len(FINE)))
def test_reading_settings_and_adding_others_is_fine(findings: Findings) -> None:
    assert kind(findings) == "fine", findings
