"""What a launch template's user data delivers, without AWS."""

import random
import subprocess
import sysconfig
from pathlib import Path

import pytest

from cloud import tags
from cloud.machine_images import Disk, MachineImage
from images.plan import boot
from images.spec import definitions as image_definitions
from kiln.errors import UserError
from launch_templates import definitions, show
from launch_templates.contents import make_contents
from provision.image import list_image_recipes
from provision.model import carried
from tests.support.launch_templates import Define
from tests.support.stock import STOCK
from userdata.decode import decode
from userdata.mime import LIMIT, ROOM_FOR_BATCH

NAMES = ("genomics-workflow-template", "nextflow-al2023", "reference")


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_definition_works_on_a_stock_ami(name: str) -> None:
    spec = definitions.load(name)
    made = make_contents(spec, "al2023", STOCK)
    assert spec.name == name
    assert {"docker_storage", "aws_cli", "ecs_agent"} <= set(made.delivered)
    assert made.carried == ()
    assert [part.text for part in decode(made.mime)] == [part.text for part in made.parts]
    assert make_contents(spec, "al2023", STOCK).mime == made.mime


@pytest.mark.parametrize("name", NAMES)
def test_every_boot_script_is_bash_and_shellcheck_finds_nothing(name: str, tmp_path: Path) -> None:
    [script] = [
        part for part in make_contents(definitions.load(name), "al2023", STOCK).parts if part.name == "kiln-boot"
    ]
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


@pytest.mark.parametrize("name", ["nextflow-al2023", "nextflow-al2", "nextflow-al1-devicemapper", "reference"])
def test_what_an_image_carries_fits_into_a_tag_and_is_left_out(name: str) -> None:
    image = image_definitions.load(name)
    every = list_image_recipes(image, boot.describe_machine(image, STOCK))
    tag = carried.as_tag(every)
    assert 0 < len(tag) <= 256
    assert carried.find_missing(every, tag) == {}
    worst = {each: recipe for each, recipe in every.items() if recipe.files or recipe.steps}
    assert carried.find_missing(every, "") == worst
    longest = tags.pack(dict.fromkeys(every, "0" * 8))
    assert len(longest) <= 256


def test_the_baked_template_has_no_user_data() -> None:
    image = image_definitions.load("nextflow-al2023")
    tag = carried.as_tag(list_image_recipes(image, boot.describe_machine(image, STOCK)))
    baked = MachineImage(
        "ami-0b", "baked", "x86_64", "/dev/xvda", (Disk("/dev/xvda", 100, "snap-0b"),), STOCK.created,
        tags={tags.CARRIES: tag},
    )  # fmt: skip
    made = make_contents(definitions.load("nextflow-al2023"), "al2023", baked)
    assert (made.parts, made.mime, made.delivered) == ((), b"", ())
    assert set(made.carried) == {"docker_storage", "aws_cli", "ecs_agent"}
    genomics = make_contents(definitions.load("genomics-workflow-template"), "al2023", baked)
    assert genomics.carried == ("aws_cli",)  # its storage and its agent's settings are others
    assert genomics.delivered == ("docker_storage", "ecs_agent")


def test_a_change_of_checks_alone_is_nothing_to_deliver(definition: Define) -> None:
    few, many = (
        definitions.load(definition(f"docker_storage: {{driver: overlay2, minimum_free: {free} GiB}}\n"))
        for free in (2, 20)
    )
    image = image_definitions.load("nextflow-al2023")
    tag = carried.as_tag(list_image_recipes(image, boot.describe_machine(image, STOCK)))
    baked = MachineImage("ami-0b", "b", "x86_64", "/dev/xvda", STOCK.disks, STOCK.created, tags={tags.CARRIES: tag})
    assert make_contents(few, "al2023", baked).delivered == make_contents(many, "al2023", baked).delivered == ()


OWN_PARTS = """
user_data:
  - {name: late, type: shell-script, source: late.sh}
  - {name: zone, type: cloud-config, content: "#cloud-config\\ntimezone: UTC\\n"}
  - {name: early, type: boothook, content: "#cloud-boothook\\n#!/bin/sh\\n"}
packages: [jq]
"""


def test_own_parts_stand_around_kilns(definition: Define, tmp_path: Path) -> None:
    (tmp_path / "late.sh").write_text("#!/bin/sh\necho late\n")
    made = make_contents(definitions.load(definition(OWN_PARTS)), "al2023", STOCK)
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
    made = make_contents(spec, "al2023", STOCK)
    assert len(made.mime) <= LIMIT
    [part] = decode(made.mime)
    assert (part.encoding, part.text) == ("xz", made.parts[0].text)
    with pytest.raises(UserError, match="too large") as caught:
        make_contents(spec, "al2", STOCK)
    assert "its largest part is kiln-boot" in caught.value.why
    with pytest.raises(UserError, match="too large"):
        make_contents(definitions.load(definition(large(16))), "al2023", STOCK)


@pytest.mark.parametrize("name", sorted(path.stem for path in definitions.HERE.glob("*.yaml")))
def test_every_template_that_kiln_ships_leaves_room_for_aws_batchs_own_part(name: str) -> None:
    made = make_contents(definitions.load(name), "al2023", None)
    assert 0 < len(made.mime) <= LIMIT - ROOM_FOR_BATCH


def test_little_room_for_aws_batch_is_said(definition: Define) -> None:
    tight = make_contents(definitions.load(definition(large(14))), "al2023", STOCK)
    assert LIMIT - ROOM_FOR_BATCH < len(tight.mime) <= LIMIT
    [said] = show.render_no_room(tight)
    assert "AWS Batch adds a part of its own" in said
    assert show.render_no_room(make_contents(definitions.load(definition("packages: [jq]\n")), "al2023", STOCK)) == []
