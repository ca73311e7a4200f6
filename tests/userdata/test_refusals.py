"""What a part of the user's own must never do."""

import base64
import gzip

import pytest

from kiln.errors import UserError
from userdata.parts import Boothook, CloudConfig, Part, ShellScript
from userdata.refusals import check


def script(text: str) -> Part:
    return ShellScript("own", "#!/bin/bash\n" + text)


def config(text: str) -> Part:
    return CloudConfig("own", "#cloud-config\n" + text)


PACKED = base64.b64encode(gzip.compress(b"ECS_CLUSTER=mine\n", mtime=0)).decode()
SETS = [
    script("echo ECS_CLUSTER=mine >> /etc/ecs/ecs.config"),
    script('cat >/etc/ecs/ecs.config <<\'EOF\'\nECS_INSTANCE_ATTRIBUTES={"a":"b"}\nEOF'),
    Boothook("own", "#cloud-boothook\n#!/bin/sh\necho 'ECS_CLUSTER=x' >> /etc/ecs/ecs.config\n"),
    config("write_files:\n- path: /etc/ecs/ecs.config\n  content: |\n    ECS_CLUSTER=mine\n"),
    config(f"write_files:\n- path: /etc/ecs/ecs.config\n  encoding: gz+b64\n  content: {PACKED}\n"),
    config("runcmd:\n- [sh, -c, 'echo ECS_CLUSTER=a >> /etc/ecs/ecs.config']\n"),
]
BLOCKS = [
    script("systemctl start ecs"),
    script("yum install -y jq && sudo systemctl restart ecs.service"),
    script("systemctl \\\n  start ecs\n"),
    script("if true; then /usr/bin/systemctl start docker ecs; fi"),
    script("systemctl enable --now ecs"),
    script("timeout 60 systemctl start ecs || true"),
    script("service ecs start"),
    script("start ecs"),
    script("initctl start ecs"),
    script("bash -c 'sleep 1; systemctl start ecs'"),
    script("x=$(systemctl start ecs)"),
    config("runcmd:\n- systemctl start ecs\n"),
    config("runcmd:\n- [systemctl, start, ecs]\n"),
    config("bootcmd:\n- [sh, -c, 'service ecs restart']\n"),
]
FINE = [
    script("systemctl --no-block start ecs"),
    script("systemctl start --no-block ecs.service"),
    script("systemctl enable --now --no-block ecs.service"),
    script("systemctl enable ecs"),
    script("systemctl stop ecs"),
    script("systemctl start docker"),
    script("nohup systemctl start ecs &"),
    script("# systemctl start ecs\n  # ECS_CLUSTER=mine\n"),
    script("echo ECS_IMAGE_PULL_BEHAVIOR=always >> /etc/ecs/ecs.config"),
    script("export ECS_CLUSTER=mine"),
    script("grep -q MY_ECS_CLUSTER=x file; echo $ECS_CLUSTER"),
    script("echo restart the agent by hand: systemctl start ecs"),
    config("runcmd:\n- [systemctl, --no-block, start, ecs]\ntimezone: Europe/Berlin\n"),
]


@pytest.mark.parametrize("part", SETS, ids=lambda part: part.text[12:40])
def test_it_never_takes_the_place_of_aws_batch(part: Part) -> None:
    with pytest.raises(UserError) as caught:
        check(part)
    assert caught.value.what.startswith("user data: the part own sets ECS_")
    assert "AWS Batch" in caught.value.why
    assert caught.value.hint


@pytest.mark.parametrize("part", BLOCKS, ids=lambda part: part.text[12:50])
def test_it_never_waits_for_the_agent(part: Part) -> None:
    with pytest.raises(UserError) as caught:
        check(part)
    assert "waits for the ECS agent" in caught.value.what
    assert "--no-block" in caught.value.hint


@pytest.mark.parametrize("part", FINE, ids=lambda part: part.text[12:50])
def test_everything_else_is_the_users_own_affair(part: Part) -> None:
    check(part)


@pytest.mark.parametrize("text", ["- a\n- b\n", "a: [1\n", "just words\n"])
def test_a_cloud_config_is_a_mapping(text: str) -> None:
    with pytest.raises(UserError, match="own is no"):
        check(config(text))
