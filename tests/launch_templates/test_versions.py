"""Versions: how two differ, who uses one, and which may go; without AWS."""

import base64
from typing import Any

import pytest

from launch_templates import usage, versions
from launch_templates.versions import OWN, Template, Version
from userdata.mime import compose
from userdata.parts import ShellScript


def data(**more: Any) -> dict[str, Any]:
    return {"ImageId": "ami-1", "Monitoring": {"Enabled": False}, **more}


def test_differences_are_named_and_order_is_none() -> None:
    script = ShellScript("a", "#!/bin/sh\n" + "echo a\n" * 99)
    packed = base64.b64encode(compose((script,))).decode()
    plain = base64.b64encode(
        b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/x-shellscript\n'
        b'Content-Disposition: attachment; filename="00-a"\n\n' + script.text.encode() + b"\n--x--\n"
    ).decode()
    old = data(
        UserData=packed,
        MetadataOptions={"HttpTokens": "required", "State": "applied"},
        BlockDeviceMappings=[{"DeviceName": "/dev/b", "Ebs": {}}, {"DeviceName": "/dev/a", "Ebs": {}}],
        TagSpecifications=[
            {"ResourceType": "volume", "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}
        ],
    )
    new = data(
        UserData=plain,
        MetadataOptions={"HttpTokens": "required"},
        BlockDeviceMappings=[{"DeviceName": "/dev/a", "Ebs": {}}, {"DeviceName": "/dev/b", "Ebs": {}}],
        TagSpecifications=[
            {"ResourceType": "volume", "Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]}
        ],
    )
    assert packed != plain
    assert versions.compare_data(old, new) == ()
    changed = data(ImageId="ami-2", UserData=base64.b64encode(b"#!/bin/sh\n").decode())
    assert versions.compare_data(old, changed) == (
        "BlockDeviceMappings", "ImageId", "MetadataOptions", "TagSpecifications", "UserData",
    )  # fmt: skip
    assert versions.compare_data(data(UserData="no base64!"), data()) == ("UserData",)


def template(*own: int, others: tuple[int, ...] = (), default: int = 1) -> Template:
    made = [Version(n, {}, OWN + "x") for n in own] + [Version(n, {}, "by hand") for n in others]
    return Template("lt-1", "mine", default, tuple(sorted(made, key=lambda version: -version.number)))


def test_old_versions_go_unless_they_are_needed() -> None:
    assert versions.list_prunable(template(*range(1, 9)), 3, ()) == (2, 3, 4, 5)
    assert versions.list_prunable(template(*range(1, 9), default=4), 3, (2,)) == (1, 3, 5)
    assert versions.list_prunable(template(1, 2, 5, 6, others=(3, 4)), 1, ()) == (2, 5)
    assert versions.list_prunable(template(1, 2), 5, ()) == ()
    assert versions.list_prunable(template(1, 2, default=2), 1, ()) == (1,)


def environment(name: str, **named: Any) -> dict[str, Any]:
    return {"computeEnvironmentName": name, "computeResources": {"launchTemplate": named}}


def test_what_compute_environments_use() -> None:
    mine = template(1, 2, 3, 4)
    found = usage.list_usage(
        [
            environment("a", launchTemplateId="lt-1", version="2"),
            environment("b", launchTemplateName="mine", version="2"),
            environment("c", launchTemplateName="another", version="$Latest"),
            environment("d", launchTemplateName="another", version="1",
                        overrides=[{"launchTemplateId": "lt-1", "version": "3"}]),
            {"computeEnvironmentName": "unmanaged"},
        ],
        mine,
    )  # fmt: skip
    assert found == usage.Usage({2: ("a", "b"), 3: ("d",)})
    assert found.uses(mine) == {2, 3}


@pytest.mark.parametrize("named", [{"version": "$Latest"}, {"version": "$Default"}, {}])
def test_who_follows_may_use_any_version(named: dict[str, str]) -> None:
    mine = template(1, 2, 3, 4)
    found = usage.list_usage([environment("a", launchTemplateName="mine", **named)], mine)
    assert found.following == ("a",)
    assert versions.list_prunable(mine, 1, found.uses(mine)) == ()
