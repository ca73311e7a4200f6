"""Storage options that the Docker of a base does not take, wherever they are written."""

import pytest

from tests.support.user_data import boothook, config, kind, script
from userdata.rules.finding import Finding

Findings = tuple[Finding, ...]

REFUSED = [
    boothook(
        "cloud-init-per once docker_options echo 'OPTIONS=\"${OPTIONS} --storage-opt dm.basesize=40G"
        "\"' >> /etc/sysconfig/docker"
    ),
    script("echo 'DOCKER_STORAGE_OPTIONS=\"--storage-driver devicemapper\"' > /etc/sysconfig/docker-storage"),
    script(
        "cat > /etc/docker/daemon.json <<EOF\n"
        '{"storage-driver": "devicemapper", "storage-opts": ["dm.basesize=100G"]}\n'
        "EOF"
    ),
    script("sed -i 's/OPTIONS=\"/OPTIONS=\"--storage-opt dm.basesize=100G /' /etc/sysconfig/docker"),
    script(
        "mkdir -p /etc/systemd/system/docker.service.d\n"
        "printf '[Service]\\nExecStart=\\nExecStart=/usr/bin/dockerd --storage-opt dm.basesize=20G\\n'"
        " | sudo tee /etc/systemd/system/docker.service.d/x.conf"
    ),
    script(
        'jq \'. + {"storage-driver":"devicemapper"}\' /etc/docker/daemon.json > /tmp/d && mv /tmp/d /'
        "etc/docker/daemon.json"
    ),
    script("f=/etc/sysconfig/docker; echo \"OPTIONS='--storage-opt=dm.basesize=20G'\" >> $f"),
    config('write_files:\n- path: /etc/docker/daemon.json\n  content: \'{"storage-driver":"devicemapper"}\'\n'),
    script('export OPT=\'--storage-opt dm.basesize=50G\'\necho "OPTIONS=\\"$OPT\\"" >> /etc/sysconfig/docker'),
    script('echo \'{"storage-driver":"aufs"}\' > /etc/docker/daemon.json'),
    script(
        "python3 - <<'E'\n"
        "import json\n"
        "json.dump({'storage-driver':'devicemapper'}, open('/etc/docker/daemon.json','w'))\n"
        "print('x')\n"
        "E"
    ),
    script("dockerd --storage-opt dm.basesize=20G &"),
    script(
        "echo 'DOCKER_STORAGE_OPTIONS=\"--storage-driver=devicemapper --storage-opt=dm.thinpooldev=/"
        "dev/mapper/x\"' | sudo tee /etc/sysconfig/docker-storage",
        "al2",
    ),
    script("cat <<'E' >> /etc/sysconfig/docker-storage-setup\nSTORAGE_DRIVER=devicemapper\nE"),
    script(
        "sed -i 's/^OPTIONS=.*/OPTIONS=\"--default-ulimit nofile=1024:4096 --storage-opt dm.basesize"
        "=30G\"/' /etc/sysconfig/docker && service docker restart"
    ),
    script("echo 'DOCKER_OPTS=\"-s devicemapper\"' >> /etc/default/docker"),
    script(
        "mkdir -p /etc/docker; cat <<'E' | tee /etc/docker/daemon.json\n"
        '{ "storage-opts": [ "dm.directlvm_device=/dev/xvdf" ] }\n'
        "E"
    ),
    script("sed -i 's/overlay2/devicemapper/' /etc/docker/daemon.json"),
    config(
        "write_files:\n"
        "- path: /etc/sysconfig/docker\n"
        "  append: true\n"
        "  content: |\n"
        '    OPTIONS="--storage-opt dm.basesize=20G"\n'
    ),
    config(
        "bootcmd:\n"
        "- cloud-init-per once docker_options echo 'OPTIONS=\"${OPTIONS} --storage-opt dm.basesize=2"
        "0G\"' >> /etc/sysconfig/docker\n"
    ),
    config(
        "write_files:\n"
        "- path: /etc/systemd/system/docker.service.d/10.conf\n"
        "  content: |\n"
        "    [Service]\n"
        "    ExecStart=\n"
        "    ExecStart=/usr/bin/dockerd -s devicemapper\n"
    ),
]
REFUSED += [
    script('jq \'.["storage-driver"]="devicemapper"\' /etc/docker/daemon.json | sponge /etc/docker/daemon.json'),
    script('jq -n \'{"storage-driver":"devicemapper"}\' | tee /etc/docker/daemon.json'),
    script(
        'echo "$(jq \'. + {"storage-opts":["dm.basesize=9G"]}\' /etc/docker/daemon.json)" > /etc/docker/daemon.json'
    ),
    script(
        "jq --arg name devicemapper '.[\"storage-driver\"]=$name' /etc/docker/daemon.json > /tmp/d\n"
        "cp /tmp/d /etc/docker/daemon.json"
    ),
    script(
        "python3 -c 'import json; "
        'json.dump({"storage-driver": "devicemapper"}, open("/etc/docker/daemon.json", "w"))\''
    ),
    script(
        "cat > /opt/s.py <<'E'\nimport json\nsettings = json.load(open('/etc/docker/daemon.json'))\n"
        "settings['storage-driver'] = 'devicemapper'\nwith open('/etc/docker/daemon.json', 'w') as daemon:\n"
        "    json.dump(settings, daemon)\nE\npython3 /opt/s.py"
    ),
    script("ex -sc '%s/OPTIONS=.*/OPTIONS=\"--storage-opt dm.basesize=60G\"/|x' /etc/sysconfig/docker"),
    script("systemctl set-environment DOCKER_STORAGE_OPTIONS='--storage-driver=devicemapper'"),
    script("SYSTEMD_EDITOR=tee systemctl edit docker <<'E'\n[Service]\nExecStart=/usr/bin/dockerd -s devicemapper\nE"),
    script('echo \'{"storage-driver": "overlay3"}\' > /etc/docker/daemon.json'),
    script('echo \'{"storage-driver": "btrfs"}\' > /etc/docker/daemon.json'),
    script("echo 'DOCKER_STORAGE_OPTIONS=\"--storage-driver overlayfs\"' > /etc/sysconfig/docker-storage", "al2"),
]

FINE = [
    script("echo 'OPTIONS=\"--default-ulimit nofile=65536:65536\"' > /etc/sysconfig/docker"),
    script('cat > /etc/docker/daemon.json <<E\n{"storage-driver":"overlay2"}\nE'),
    script("echo '# dm.basesize is not there' >> /etc/sysconfig/docker"),
    script("echo 'OPTIONS=\"--storage-opt dm.basesize=40G\"' >> /etc/sysconfig/docker", "al1"),
    script('echo "use dm.basesize on al1" > /var/log/note'),
    script("docker info | grep -i devicemapper"),
    script("sed -i 's/--storage-driver overlay2/--storage-driver btrfs/' /etc/sysconfig/docker-storage", "al2"),
    script("systemctl set-environment HTTP_PROXY=http://proxy:3128"),
    script("jq '. + {\"live-restore\": true}' /etc/docker/daemon.json > /tmp/d && mv /tmp/d /etc/docker/daemon.json"),
]


@pytest.mark.parametrize("findings", REFUSED, ids=range(len(REFUSED)))
def test_options_of_devicemapper_are_refused_wherever_they_are_written(findings: Findings) -> None:
    assert kind(findings) == "refused", findings


@pytest.mark.parametrize("findings", FINE, ids=range(len(FINE)))
def test_what_docker_takes_is_fine(findings: Findings) -> None:
    assert kind(findings) == "fine", findings
