"""The decisions of a launch template, without AWS."""

import base64
import random
import subprocess
import sysconfig
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cloud import tags
from cloud.machine_images import Disk, MachineImage
from images import definitions as image_definitions
from images import plan as image_plan
from kiln.errors import Problem, UserError
from launch_templates import definitions, show, usage, versions
from launch_templates.contents import contents
from launch_templates.data import launch_template_data
from launch_templates.versions import OWN, Template, Version
from provision import carried
from provision.image import image_recipes
from userdata.decode import decode
from userdata.mime import LIMIT, ROOM_FOR_BATCH, compose
from userdata.parts import ShellScript

Define = Callable[..., str]
STOCK = MachineImage(
    "ami-0aaa1111bbbb2222c", "stock", "x86_64", "/dev/xvda", (Disk("/dev/xvda", 30, "snap-0a"),),
    datetime(2026, 1, 1, tzinfo=UTC),
)  # fmt: skip
NAMES = ("genomics-workflow-template", "nextflow-al2023", "reference")


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_definition_works_on_a_stock_ami(name: str) -> None:
    spec = definitions.load(name)
    made = contents(spec, "al2023", STOCK)
    assert spec.name == name
    assert {"docker_storage", "aws_cli", "ecs_agent"} <= set(made.delivered)
    assert made.carried == ()
    assert [part.text for part in decode(made.mime)] == [part.text for part in made.parts]
    assert contents(spec, "al2023", STOCK).mime == made.mime


@pytest.mark.parametrize("name", NAMES)
def test_every_boot_script_is_bash_and_shellcheck_finds_nothing(name: str, tmp_path: Path) -> None:
    [script] = [part for part in contents(definitions.load(name), "al2023", STOCK).parts if part.name == "kiln-boot"]
    assert " base64 <<" not in script.text  # Kiln's own scripts are ASCII: a person can read them
    (tmp_path / "boot").write_text(script.text)
    for step in script.text.split("\nkiln_step ")[1:]:
        body = step.partition("\n")[2].partition("\nKILN_END\n")[0]
        (tmp_path / f"step{len(body)}").write_text("#!/bin/bash\n" + body)
    shellcheck = str(Path(sysconfig.get_path("scripts")) / "shellcheck")
    files = sorted(map(str, tmp_path.glob("*")))
    assert len(files) > 3
    command = [shellcheck, "--shell=bash", "--severity=warning", "--exclude=SC2043", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_reference_names_every_key() -> None:
    text = (definitions.HERE / "reference.yaml").read_text()
    spec = definitions.load("reference")
    assert spec.volumes.root
    assert spec.volumes.data
    for part in (spec, spec.volumes, spec.volumes.root, spec.volumes.data, *spec.user_data):
        for field in type(part).model_fields:
            assert f"{field}:" in text, f"{type(part).__name__}.{field} is not in launch_templates/reference.yaml"


def test_the_seeds_template() -> None:
    spec = definitions.load("genomics-workflow-template")
    data = launch_template_data(spec, STOCK, b"user data")
    ebs = {"VolumeType": "gp3", "DeleteOnTermination": True, "Encrypted": True}
    assert data["BlockDeviceMappings"] == [  # the root too: the stock AMI's snapshot is not encrypted
        {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30, **ebs}},
        {"DeviceName": "/dev/sdc", "Ebs": {"VolumeSize": 100, **ebs}},
    ]
    assert data["MetadataOptions"] == {
        "HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 2,
    }  # fmt: skip
    assert base64.b64decode(data["UserData"]) == b"user data"
    assert {each["ResourceType"] for each in data["TagSpecifications"]} == {"instance", "volume"}
    assert not {"InstanceType", "IamInstanceProfile", "InstanceMarketOptions", "NetworkInterfaces"} & set(data)


def test_gp2_can_be_chosen(definition: Define) -> None:
    spec = definitions.load(
        definition("volumes: {data: {device: /dev/sdc, size: 1 TiB, type: gp2, delete_on_termination: false}}\n")
    )
    [mapping] = launch_template_data(spec, STOCK, b"")["BlockDeviceMappings"]
    assert mapping["Ebs"] == {
        "VolumeSize": 1024, "VolumeType": "gp2", "DeleteOnTermination": False, "Encrypted": True,
    }  # fmt: skip


def test_one_hop_where_tasks_have_a_role_of_their_own(definition: Define) -> None:
    data = launch_template_data(definitions.load(definition()), STOCK, b"")
    assert data["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    assert not {"BlockDeviceMappings", "UserData"} & set(data)


@pytest.mark.parametrize("volumes", ["root: {size: 29 GiB}", "data: {device: /dev/sdc, size: 29 GiB}"])
def test_a_volume_smaller_than_its_snapshot_is_refused(definition: Define, volumes: str) -> None:
    spec = definitions.load(definition(f"volumes: {{{volumes}}}\n"))
    disks = (Disk("/dev/xvda", 30, "snap-0a"), Disk("/dev/sdc", 30, "snap-0a"))
    image = MachineImage("ami-0c", "c", "x86_64", "/dev/xvda", disks, STOCK.created)
    with pytest.raises(UserError, match="too small") as caught:
        launch_template_data(spec, image, b"")
    assert "the AMI's snapshot snap-0a has 30 GiB" in caught.value.why
    fitting = definitions.load(definition(f"volumes: {{{volumes.replace('29', '30')}}}\n"))
    assert launch_template_data(fitting, image, b"")["BlockDeviceMappings"]


@pytest.mark.parametrize("name", ["nextflow-al2023", "nextflow-al2", "nextflow-al1-devicemapper", "reference"])
def test_what_an_image_carries_fits_into_a_tag_and_is_left_out(name: str) -> None:
    image = image_definitions.load(name)
    every = image_recipes(image, image_plan.machine_of(image, STOCK))
    tag = carried.as_tag(every)
    assert 0 < len(tag) <= 256
    assert carried.missing(every, tag) == {}
    worst = {each: recipe for each, recipe in every.items() if recipe.files or recipe.steps}
    assert carried.missing(every, "") == worst
    longest = tags.pack(dict.fromkeys(every, "0" * 8))
    assert len(longest) <= 256


def test_the_baked_template_has_no_user_data() -> None:
    image = image_definitions.load("nextflow-al2023")
    tag = carried.as_tag(image_recipes(image, image_plan.machine_of(image, STOCK)))
    baked = MachineImage(
        "ami-0b", "baked", "x86_64", "/dev/xvda", (Disk("/dev/xvda", 100, "snap-0b"),), STOCK.created,
        tags={tags.CARRIES: tag},
    )  # fmt: skip
    made = contents(definitions.load("nextflow-al2023"), "al2023", baked)
    assert (made.parts, made.mime, made.delivered) == ((), b"", ())
    assert set(made.carried) == {"docker_storage", "aws_cli", "ecs_agent"}
    genomics = contents(definitions.load("genomics-workflow-template"), "al2023", baked)
    assert genomics.carried == ("aws_cli",)  # its storage and its agent's settings are others
    assert genomics.delivered == ("docker_storage", "ecs_agent")


def test_a_change_of_checks_alone_is_nothing_to_deliver(definition: Define) -> None:
    few, many = (
        definitions.load(definition(f"docker_storage: {{driver: overlay2, minimum_free: {free} GiB}}\n"))
        for free in (2, 20)
    )
    image = image_definitions.load("nextflow-al2023")
    tag = carried.as_tag(image_recipes(image, image_plan.machine_of(image, STOCK)))
    baked = MachineImage("ami-0b", "b", "x86_64", "/dev/xvda", STOCK.disks, STOCK.created, tags={tags.CARRIES: tag})
    assert contents(few, "al2023", baked).delivered == contents(many, "al2023", baked).delivered == ()


OWN_PARTS = """
user_data:
  - {name: late, type: shell-script, source: late.sh}
  - {name: zone, type: cloud-config, content: "#cloud-config\\ntimezone: UTC\\n"}
  - {name: early, type: boothook, content: "#cloud-boothook\\n#!/bin/sh\\n"}
packages: [jq]
"""


def test_own_parts_stand_around_kilns(definition: Define, tmp_path: Path) -> None:
    (tmp_path / "late.sh").write_text("#!/bin/sh\necho late\n")
    made = contents(definitions.load(definition(OWN_PARTS)), "al2023", STOCK)
    assert [part.name for part in made.parts] == ["zone", "early", "kiln-boot", "late"]
    assert made.parts[3].text == "#!/bin/sh\necho late\n"


def large(kib: int) -> str:
    """A script that gzip packs to three quarters of `kib` KiB: digits of no pattern."""
    digits = "".join(
        random.Random(3).choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01234567", k=kib * 1024)
    )
    return f"scripts: [{{name: large, script: 'echo {digits}'}}]\n"


def test_what_would_not_fit_is_packed_tighter_where_the_machine_can_unpack_it(definition: Define) -> None:
    spec = definitions.load(definition(large(14)))
    made = contents(spec, "al2023", STOCK)
    assert len(made.mime) <= LIMIT
    [part] = decode(made.mime)
    assert (part.encoding, part.text) == ("xz", made.parts[0].text)
    with pytest.raises(UserError, match="too large") as caught:
        contents(spec, "al2", STOCK)
    assert "its largest part is kiln-boot" in caught.value.why
    with pytest.raises(UserError, match="too large"):
        contents(definitions.load(definition(large(16))), "al2023", STOCK)


@pytest.mark.parametrize("name", sorted(path.stem for path in definitions.HERE.glob("*.yaml")))
def test_every_template_that_kiln_ships_leaves_room_for_aws_batchs_own_part(name: str) -> None:
    made = contents(definitions.load(name), "al2023", None)
    assert 0 < len(made.mime) <= LIMIT - ROOM_FOR_BATCH


def test_little_room_for_aws_batch_is_said(definition: Define) -> None:
    tight = contents(definitions.load(definition(large(14))), "al2023", STOCK)
    assert LIMIT - ROOM_FOR_BATCH < len(tight.mime) <= LIMIT
    [said] = show.no_room(tight)
    assert "AWS Batch adds a part of its own" in said
    assert show.no_room(contents(definitions.load(definition("packages: [jq]\n")), "al2023", STOCK)) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (OWN_PARTS, "late.sh: No such file"),
        ("ami: ami-nonsense\n", "ami"),
        ("instance_tags: {'kiln:x': a}\n", "reserved"),
        ("volumes: {data: {size: 10 GiB}}\n", "device and size"),
        ("volumes: {root: {device: /dev/sdb}}\n", "leave it out"),
        ("instance_type: m5.large\n", "unknown key"),
        ("keep_versions: 0\n", "greater than or equal to 1"),
        ("user_data: [{name: a, type: include, content: x}]\n", "user_data.0.type"),
    ],
)
def test_problems_are_told_with_the_reference(definition: Define, more: str, words: str) -> None:
    with pytest.raises(Problem) as caught:
        definitions.load(definition(more))
    assert words in caught.value.output
    assert "launch_templates/reference.yaml" in caught.value.hint


def test_latest_of_what_must_be_said(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("name: small\ntask_credentials: job-role\n")
    with pytest.raises(Problem) as caught:
        definitions.load(str(path))
    assert "image is required" in caught.value.output


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('user_data: [{name: a, type: shell-script, content: "#!/bin/sh\\nsystemctl start ecs"}]', "waits for the ECS"),
        ("scripts: [{name: a, script: echo ECS_CLUSTER=x >>/etc/ecs/ecs.config}]", "the script 'a' sets ECS_CLUSTER"),
        ("files: [{path: /etc/x, content: ECS_INSTANCE_ATTRIBUTES=x}]", "sets ECS_INSTANCE_ATTRIBUTES"),
        ("user_data: [{name: a, type: cloud-config, content: 'a: 1'}]", "is no cloud-config"),
    ],
)
def test_what_breaks_a_machine_is_refused_when_it_is_loaded(definition: Define, more: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        definitions.load(definition(more + "\n"))
    assert words in caught.value.what


@pytest.mark.parametrize(
    ("more", "family", "words"),
    [
        ("docker_storage: {driver: devicemapper, basesize: 40 GiB}", "al2023", "cannot be registered"),
        ("docker_storage: {driver: overlay2, volume: data}", "al2023", "data volume"),
        ("packages: [jq]", "al1", "no systemd"),
        ("scripts: [{name: kernel, script: 'true', reboot: true}]", "al2023", "reboot"),
    ],
)
def test_what_cannot_work_is_refused(definition: Define, more: str, family: Any, words: str) -> None:
    with pytest.raises(UserError) as caught:
        contents(definitions.load(definition(more + "\n")), family, STOCK)
    assert words in str(caught.value)


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
    assert versions.differences(old, new) == ()
    changed = data(ImageId="ami-2", UserData=base64.b64encode(b"#!/bin/sh\n").decode())
    assert versions.differences(old, changed) == (
        "BlockDeviceMappings", "ImageId", "MetadataOptions", "TagSpecifications", "UserData",
    )  # fmt: skip
    assert versions.differences(data(UserData="no base64!"), data()) == ("UserData",)


def template(*own: int, others: tuple[int, ...] = (), default: int = 1) -> Template:
    made = [Version(n, {}, OWN + "x") for n in own] + [Version(n, {}, "by hand") for n in others]
    return Template("lt-1", "mine", default, tuple(sorted(made, key=lambda version: -version.number)))


def test_old_versions_go_unless_they_are_needed() -> None:
    assert versions.to_prune(template(*range(1, 9)), 3, ()) == (2, 3, 4, 5)
    assert versions.to_prune(template(*range(1, 9), default=4), 3, (2,)) == (1, 3, 5)
    assert versions.to_prune(template(1, 2, 5, 6, others=(3, 4)), 1, ()) == (2, 5)
    assert versions.to_prune(template(1, 2), 5, ()) == ()
    assert versions.to_prune(template(1, 2, default=2), 1, ()) == (1,)


def environment(name: str, **named: Any) -> dict[str, Any]:
    return {"computeEnvironmentName": name, "computeResources": {"launchTemplate": named}}


def test_what_compute_environments_use() -> None:
    mine = template(1, 2, 3, 4)
    found = usage.of(
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
    found = usage.of([environment("a", launchTemplateName="mine", **named)], mine)
    assert found.following == ("a",)
    assert versions.to_prune(mine, 1, found.uses(mine)) == ()
