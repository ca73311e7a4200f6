"""The decisions of a build, without AWS."""

from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from cloud.ebs import Volume
from images.amis.base import BaseDisk, BaseImage
from images.plan import boot, key, plan, volumes
from images.record import timeline
from images.record.report import Span
from images.spec import definitions
from images.spec.image import Volumes
from kiln.errors import UserError
from provision.docker.autoscale import Autoscale
from provision.image import image_recipe

BASE = BaseImage(
    "ami-0aaa1111bbbb2222c",
    "base",
    "x86_64",
    "/dev/xvda",
    (BaseDisk("/dev/xvda", 30, "snap-0a"), BaseDisk("/dev/xvdcz", 22, None)),
    datetime(2026, 1, 1, tzinfo=UTC),
)


@pytest.mark.parametrize("name", ["nextflow-al2023", "nextflow-al2", "nextflow-al1-devicemapper", "reference"])
def test_every_shipped_definition_loads_and_has_a_recipe(name: str) -> None:
    spec = definitions.load(name)
    plan.refuse_impossible(spec)
    recipe = image_recipe(spec, boot.machine_of(spec, BASE))
    assert recipe.steps
    assert recipe.checks
    assert recipe.sealing


def test_volumes_are_launched_as_they_shall_ship() -> None:
    wanted = Volumes(root=Volume(size="100 GiB", iops=4000), data=Volume(device="/dev/sdc", size="50 GiB", type="gp2"))
    root, pool, data = volumes.mappings(wanted, BASE)
    assert root == {
        "DeviceName": "/dev/xvda",
        "Ebs": {"VolumeSize": 100, "VolumeType": "gp3", "DeleteOnTermination": True, "Encrypted": True, "Iops": 4000},
    }
    assert (pool["DeviceName"], pool["Ebs"]["VolumeSize"], pool["Ebs"]["Encrypted"]) == ("/dev/xvdcz", 22, True)
    assert (data["DeviceName"], data["Ebs"]["VolumeType"]) == ("/dev/sdc", "gp2")


def test_a_blank_volume_of_the_base_may_be_smaller_but_a_snapshot_may_not() -> None:
    volumes.mappings(Volumes(data=Volume(device="/dev/xvdcz", size="10 GiB")), BASE)
    with pytest.raises(UserError, match="30 GiB"):
        volumes.mappings(Volumes(root=Volume(size="29 GiB")), BASE)


def test_the_key_follows_what_shapes_the_image_and_nothing_else(tmp_path: Path) -> None:
    text = "name: x\nbase: {ssm: ecs/al2023}\ndocker_storage: {driver: overlay2}\n"

    def of(more: str, base: str = BASE.id) -> str:
        path = tmp_path / "x.yaml"
        path.write_text(text + more)
        spec = definitions.load(str(path))
        return key.key(spec, base, image_recipe(spec, boot.machine_of(spec, BASE)))

    same = of("")
    assert of("builder: {time_limit: 10 min}\nami_name: other-{key}\n") == same
    assert of("description: words\n") == same
    for change in (
        "packages: [jq]\n",
        "tags: {a: b}\n",
        "volumes: {root: {size: 31 GiB}}\n",
        "tests: [{name: a, script: b}]\n",
    ):
        assert of(change) != same, change
    assert of("", base="ami-0bbb") != same


def test_why_names_the_inputs() -> None:
    old = dict.fromkeys(("base", "recipe", *key.PARTS), "a")
    assert key.why({}, old) == "no image of this name exists yet"
    assert key.why(old, old | {"base": "b"}) == "the base AMI changed: a → b"
    assert key.why(old, old | {"recipe": "b", "files": "b", "tags": "b"}) == "the definition changed: files, tags"
    assert "Kiln's own recipe" in key.why(old, old | {"recipe": "b"})
    assert key.from_tag(key.as_tag(old)) == old
    assert len(key.as_tag(dict.fromkeys(("base", "recipe", *key.PARTS), "0" * 8) | {"base": "ami-" + "0" * 17})) <= 256


def test_the_timeline_is_a_picture_with_a_bar_for_each_span() -> None:
    spans = [Span("builder", 0, 10), Span("step <1>", 4, 9, depth=1), Span("image", 10, 12, ok=False)]
    root = ElementTree.fromstring(timeline.svg("a & b", spans))
    bars = [e for e in root.iter("{http://www.w3.org/2000/svg}rect") if e.get("rx")]
    assert len(bars) == 3
    assert bars[2].get("fill") != bars[0].get("fill")
    assert "step <1>" in {e.text for e in root.iter("{http://www.w3.org/2000/svg}text")}


def test_the_references_other_storage_is_as_complete_and_loads() -> None:
    """The commented alternative, with its comment signs taken away."""
    lines = (definitions.HERE / "reference.yaml").read_text().splitlines()
    begin = lines.index("  #   driver: autoscale")
    end = next(n for n in range(begin, len(lines)) if not lines[n].startswith("  #"))
    raw = yaml.safe_load("\n".join(line.removeprefix("  #   ") for line in lines[begin:end]))
    assert set(raw) == set(Autoscale.model_fields)
    assert Autoscale.model_validate(raw).model_dump(
        exclude={"kms_key", "tags", "filesystem", "throughput", "iops"}
    ) == (Autoscale(driver="autoscale").model_dump(exclude={"kms_key", "tags", "filesystem", "throughput", "iops"}))
