"""Settings with which Docker does not start: daemon.json as it is, and the variables of its unit."""

import pytest

from tests.support.user_data import boothook, config, kind, script
from userdata.rules.finding import Finding

Findings = tuple[Finding, ...]


def daemon(text: str, family: str = "al2023") -> Findings:
    return script(f"cat > /etc/docker/daemon.json <<'EOF'\n{text}\nEOF\nsystemctl restart docker", family)  # type: ignore[arg-type]


REFUSED = {
    "not JSON": [
        daemon('{\n "log-driver": "json-file",\n "log-opts": {"max-size": "10m"},\n}'),
        daemon("{'log-driver': 'json-file'}"),
        daemon("log-driver: json-file"),
        script('echo {"debug": true} > /etc/docker/daemon.json'),
        config("write_files:\n- path: /etc/docker/daemon.json\n  content: '{\"debug\": yes}'\n"),
    ],
    "without keys": [daemon('["debug"]')],
    "log-opts that are no texts": [
        daemon('{"log-opts": {"max-size": "10m", "max-file": 3}}'),
        daemon('{"log-opts": {"compress": true}}'),
    ],
    "gives Docker default-ulimits": [
        daemon('{"default-ulimits": {"nofile": {"Name": "nofile", "Hard": 65536, "Soft": 65536}}}'),
        config("write_files:\n- {path: /etc/docker/daemon.json, content: '{\"default-ulimits\": {}}'}\n"),
    ],
    "gives Docker hosts": [
        daemon('{"hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2375"]}'),
        daemon('{"hosts": ["fd://"]}', "al2"),
    ],
    "gives Docker storage-driver": [daemon('{"storage-driver": "overlay2"}', "al2")],
    "gives Docker graph": [daemon('{"graph": "/mnt/docker"}')],
    "gives Docker data_root": [daemon('{"data_root": "/mnt/docker"}')],
    "sets OPTIONS for Docker by ${OPTIONS}": [
        boothook(
            "cloud-init-per once options echo 'OPTIONS=\"${OPTIONS} --log-driver=journald\"' >> /etc/sysconfig/docker"
        ),
        script("cat >> /etc/sysconfig/docker <<'EOF'\nOPTIONS=\"${OPTIONS} --dns 10.0.0.2\"\nEOF"),
        config(
            "write_files:\n- path: /etc/sysconfig/docker\n  append: true\n"
            "  content: 'OPTIONS=\"${OPTIONS} --bip=172.26.0.1/16\"'\n"
        ),
    ],
    "sets DOCKER_STORAGE_OPTIONS for Docker": [
        script(
            "echo 'DOCKER_STORAGE_OPTIONS=\"${DOCKER_STORAGE_OPTIONS} -s overlay2\"' >> /etc/sysconfig/docker-storage"
        )
    ],
    "gives Docker -g": [script("echo 'OPTIONS=\"-g /mnt/docker\"' >> /etc/sysconfig/docker")],
    "gives Docker --graph": [
        script("sed -i 's|^OPTIONS=\"|OPTIONS=\"--graph=/scratch/docker |' /etc/sysconfig/docker", "al2")
    ],
}
FINE = [
    daemon('{"log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "3"}}'),
    daemon('{"storage-driver": "overlay2", "data-root": "/mnt/docker", "debug": true, "max-concurrent-downloads": 20}'),
    daemon('{"hosts": ["tcp://0.0.0.0:2375"], "graph": "/mnt"}', "al1"),
    daemon("{}"),
    script('cat > /etc/docker/daemon.json <<EOF\n{"registry-mirrors": ["$MIRROR"]}\nEOF'),
    script('cat > /etc/docker/daemon.json <<EOF\n{"insecure-registries": [$(aws ssm get-parameter --name m)]}\nEOF'),
    script("jq '.debug=true' /etc/docker/daemon.json > /tmp/d && mv /tmp/d /etc/docker/daemon.json"),
    script("aws s3 cp s3://lab/daemon.json /etc/docker/daemon.json"),
    script('echo "OPTIONS=\\"${OPTIONS} --log-driver=journald\\"" >> /etc/sysconfig/docker'),
    boothook("echo 'OPTIONS=\"${OPTIONS} --log-driver=awslogs\"' >> /etc/sysconfig/docker", "al1"),
    script("sed -i 's/^OPTIONS=\"/OPTIONS=\"--log-driver=journald /' /etc/sysconfig/docker"),
    script("echo 'OPTIONS=\"--data-root /mnt/docker\"' > /etc/sysconfig/docker"),
    script(
        "echo 'OPTIONS=\"\"' > /etc/sysconfig/docker\n"
        'echo \'{"default-ulimits": {"nofile": {"Name": "nofile", "Hard": 1, "Soft": 1}}}\' > /etc/docker/daemon.json'
    ),
    script(
        "mkdir -p /etc/systemd/system/docker.service.d\n"
        "printf '[Service]\\nExecStart=\\nExecStart=/usr/bin/dockerd\\n' > /etc/systemd/system/docker.service.d/o\n"
        'echo \'{"hosts": ["tcp://127.0.0.1:2375"]}\' > /etc/docker/daemon.json'
    ),
    script("echo '{\"a\": 1,}' > /opt/pipeline/daemon.json"),
    script("printf '{\"max-concurrent-downloads\": %d}\\n' 10 > /etc/docker/daemon.json"),
    script("f=/etc/docker/daemon.json\necho '{' > $f\necho '\"debug\": true' >> $f\necho '}' >> $f"),
    script("echo '{' > /etc/docker/daemon.json; cat /opt/own.json >> /etc/docker/daemon.json"),
    script("{ echo '{'; echo '\"debug\": true'; echo '}'; } > /etc/docker/daemon.json"),
    script('echo { \\"registry-mirrors\\": [\\"https://a.example.org/\\"] } > /etc/docker/daemon.json'),
]


@pytest.mark.parametrize(("words", "number"), [(words, n) for words, many in REFUSED.items() for n in range(len(many))])
def test_section_2_settings_with_which_docker_does_not_start_are_refused(words: str, number: int) -> None:
    findings = REFUSED[words][number]
    assert kind(findings) == "refused", findings
    [finding] = findings
    assert words in finding.what
    assert finding.hint.endswith((".", '"'))


@pytest.mark.parametrize("findings", FINE, ids=range(len(FINE)))
def test_settings_that_docker_takes_are_fine(findings: Findings) -> None:
    assert kind(findings) == "fine", findings
