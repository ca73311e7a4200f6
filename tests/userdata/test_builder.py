"""A builder's user data: deterministic, small, with nothing secret in it but its one-build host key."""

import json

from images.builder.keys import generate_keys
from userdata.builder import DEADLINE, cloud_config


def test_it_is_cloud_config_and_deterministic() -> None:
    access = generate_keys("test")
    text = cloud_config(access.host, time_limit=5400)
    assert text == cloud_config(access.host, time_limit=5400)
    assert text.startswith("#cloud-config\n")
    assert len(text) < 16 * 1024
    document = json.loads(text.partition("\n")[2])
    assert document["ssh_keys"]["ed25519_public"] == access.host.public
    assert access.private.splitlines()[2] not in text


def test_the_switch_has_an_absolute_deadline() -> None:
    document = json.loads(cloud_config(generate_keys("test").host, time_limit=77).partition("\n")[2])
    [[*_, script]] = document["bootcmd"]
    assert f"+ 77 )) > {DEADLINE}" in script
