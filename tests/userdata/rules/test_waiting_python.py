"""Waits that are written in Python: a part's own program, or one that a script runs."""

import pytest

from tests.support.user_data import judge, kind, script
from userdata.parts import ShellScript

ASK = """import time, urllib.request
def ready():
    try:
        urllib.request.urlopen("http://localhost:51678/v1/metadata", timeout=5)
        return True
    except OSError:
        return False
"""
REFUSED = [
    f"{ASK}while not ready():\n    time.sleep(1)",
    f"{ASK}while True:\n    if ready():\n        break\n    time.sleep(1)",
    "import socket, time\nPORT = 51678\nwhile True:\n    try:\n        socket.create_connection(('localhost', PORT))\n"
    "        break\n    except OSError:\n        time.sleep(1)",
    "import subprocess, time\nwhile 'ecs-agent' not in subprocess.check_output(['docker', 'ps'], text=True):\n"
    "    time.sleep(1)",
    "import subprocess, time\nwhile subprocess.call(['systemctl', 'is-active', 'ecs']):\n    time.sleep(1)",
    "import time\nfrom pathlib import Path\nwhile not Path('/var/lib/ecs/data/agent.db').exists():\n    time.sleep(1)",
    "import os\nos.system('until curl localhost:51678; do sleep 1; done')",
    "import subprocess\nsubprocess.run('cloud-init status --wait', shell=True, check=True)",
    "import subprocess\nsubprocess.check_call(['systemctl', 'start', 'ecs'])",
    "import subprocess\nsubprocess.Popen(['systemctl', 'start', 'ecs']).wait()",
    "import x\nwhile True: pass",
    "import time\nwhile True:\n    print('alive')\n    time.sleep(60)",
    "import itertools, requests, time\nfor n in itertools.count():\n    if requests.get('http://127.0.0.1:51678').ok:\n"
    "        break\n    time.sleep(1)",
    f"{ASK}import threading\nthreading.Thread(target=lambda: 0).start()\n"
    "def wait():\n    while not ready():\n        time.sleep(1)\nthreading.Thread(target=wait).start()",
    f"{ASK}def main():\n    while not ready():\n        time.sleep(1)\nif __name__ == '__main__':\n    main()",
    "import time, urllib.request\nHOST, PORT = 'localhost', 51678\nURL = f'http://{HOST}:{PORT}/v1/metadata'\n"
    "while True:\n    try:\n        urllib.request.urlopen(URL)\n        break\n"
    "    except OSError:\n        time.sleep(1)",
    "import boto3, time\necs = boto3.client('ecs')\n"
    "while not ecs.list_container_instances(cluster='c')['containerInstanceArns']:\n    time.sleep(5)",
    "import boto3, time\necs = boto3.client('ecs')\nwhile True:\n"
    "    told = ecs.describe_container_instances(cluster='c', containerInstances=['x'])['containerInstances']\n"
    "    if told[0]['agentConnected']:\n        break\n    time.sleep(5)",
    "import docker, time\nclient = docker.from_env()\n"
    "while not client.containers.list(filters={'name': 'ecs-agent'}):\n    time.sleep(1)",
    "import docker, time\nclient = docker.from_env()\n"
    "while not [run for run in client.containers.list() if run.name == 'ecs-agent']:\n    time.sleep(1)",
    f"{ASK}def wait():\n    if not ready():\n        time.sleep(1)\n        wait()\nwait()",
    "import time, urllib.request\ndef wait():\n    try:\n        return urllib.request.urlopen('http://localhost:51678/')\n"
    "    except OSError:\n        time.sleep(1)\n        return wait()\nwait()",
    f"{ASK}class Agent:\n    def up(self):\n        return ready()\n    def wait(self):\n        while not self.up():\n"
    "            time.sleep(1)\nAgent().wait()",
    f"{ASK}class Agent:\n    def wait(self):\n        while not ready():\n            time.sleep(1)\n"
    "agent = Agent()\nagent.wait()",
]
WARNED = [
    f"{ASK}for _ in range(60):\n    if ready():\n        break\n    time.sleep(1)",
    f"{ASK}n = 0\nwhile not ready() and n < 60:\n    n += 1\n    time.sleep(1)",
    f"{ASK}end = time.monotonic() + 60\nwhile time.monotonic() < end:\n    if ready():\n        break",
    f"{ASK}tries = 30\nwhile tries:\n    tries -= 1\n    if ready():\n        break",
    "import subprocess\nsubprocess.run(['cloud-init', 'status', '--wait'], timeout=60)",
    f"{ASK}def wait(left):\n    if left and not ready():\n        time.sleep(1)\n        wait(left - 1)\nwait(60)",
    "print 'Python 2'\nwhile 1: pass",
]
FINE = [
    f"{ASK}print(ready())",
    "import os\nfor name in os.listdir('/etc/ecs'):\n    print(name)",
    "import subprocess\nsubprocess.run(['systemctl', '--no-block', 'start', 'ecs'], check=True)",
    "import subprocess\nsubprocess.Popen(['bash', '-c', 'until curl localhost:51678; do sleep 1; done'])",
    f"{ASK}import threading\ndef wait():\n    while not ready():\n        time.sleep(1)\n"
    "threading.Thread(target=wait, daemon=True).start()",
    f"{ASK}import os\nif os.fork() == 0:\n    while not ready():\n        time.sleep(1)",
    "import time\nn = 0\nwhile n < 5:\n    n += 1\n    time.sleep(1)",
    "import subprocess, time\nwhile subprocess.call(['test', '-e', '/dev/sdf']):\n    print('51678 is not asked')\n"
    "    time.sleep(1)",
    f"{ASK}class Agent:\n    def wait(self):\n        while not ready():\n            time.sleep(1)\n"
    "print(Agent().name)",
    "import subprocess\nclass Tools:\n    def run(self):\n        while True:\n            pass\n"
    "subprocess.run(['true'])",
    "def fold(tree):\n    return [fold(part) for part in tree]\nfold([])",
    "import docker, time\nclient = docker.from_env()\nwhile not client.containers.list():\n    time.sleep(1)",
    "with open('/etc/motd', 'w') as motd:\n    motd.write('the agent listens on 51678')",
]


def program(text: str, first: str = "#!/usr/bin/env python3") -> str:
    return kind(judge(ShellScript("own", f"{first}\n{text}\n")))


@pytest.mark.parametrize("text", REFUSED)
def test_section_2_a_program_that_waits_is_refused(text: str) -> None:
    assert program(text) == "refused"
    assert kind(script(f"python3 - <<'EOF'\n{text}\nEOF")) == "refused"
    assert kind(script(f"cat > /opt/w.py <<'EOF'\n#!/usr/bin/python3\n{text}\nEOF\nchmod +x /opt/w.py\n/opt/w.py")) == (
        "refused"
    )


@pytest.mark.parametrize("text", REFUSED)
def test_section_2_in_the_background_it_may_wait(text: str) -> None:
    written = f"cat > /opt/w.py <<'EOF'\n{text}\nEOF\n"
    assert kind(script(f"{written}nohup python3 /opt/w.py > /dev/null 2>&1 &")) == "fine"
    assert kind(script(f"{written}python3 /opt/w.py")) == "refused"


@pytest.mark.parametrize("text", WARNED)
def test_section_2_a_bounded_wait_and_a_text_that_does_not_parse_are_warned_of(text: str) -> None:
    assert program(text) == "warned"


@pytest.mark.parametrize("text", FINE)
def test_section_2_other_programs_pass(text: str) -> None:
    assert program(text) == "fine"
    assert kind(script(f"python3 - <<'EOF'\n{text}\nEOF")) == "fine"


@pytest.mark.parametrize("first", ["#!/usr/bin/python", "#! /usr/bin/python3.11 -u", "#!/usr/bin/env -S python3 -u"])
def test_section_2_which_programs_are_python(first: str) -> None:
    assert program(REFUSED[0], first) == "refused"


def test_section_2_the_finding_names_the_line() -> None:
    [finding] = judge(ShellScript("own", f"#!/usr/bin/python3\n{REFUSED[0]}\n"))
    assert "the part own waits for the ECS agent (line 9): while not ready():" in finding.what


@pytest.mark.parametrize(
    ("first", "text", "verdict"),
    [
        ("#!/usr/bin/perl", "sleep 1 until get('http://localhost:51678/v1/metadata');", "warned"),
        ("#!/usr/bin/env ruby", "sleep 1 until File.exist?('/var/lib/cloud/instance/boot-finished')", "warned"),
        ("#!/usr/bin/perl", "print 'hello';", "fine"),
    ],
)
def test_section_2_of_other_languages_is_said_that_they_were_not_checked(first: str, text: str, verdict: str) -> None:
    assert program(text, first) == verdict
