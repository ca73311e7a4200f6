"""Image definitions: the shipped ones, and the other storage in the reference."""

from pathlib import Path

import pytest
import yaml

from images.plan import boot, plan
from images.spec import definitions, rules
from provision.docker.autoscale import Autoscale
from provision.image import make_image_recipe
from tests.support.base_image import BASE


@pytest.mark.parametrize(
    "name", ["nextflow-al2023", "nextflow-al2", "nextflow-al1-devicemapper", "nextflow-head", "reference"]
)
def test_every_shipped_definition_loads_and_has_a_recipe(name: str) -> None:
    spec = definitions.load(name)
    plan.refuse_impossible(spec)
    recipe = make_image_recipe(spec, boot.describe_machine(spec, BASE))
    assert recipe.steps
    assert recipe.checks
    assert recipe.sealing


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


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ("docker_storage: {driver: overlay2}\n", 1),
        ("docker_storage: {driver: overlay2, volume: data}\n", 0),
        ("docker_storage: {driver: overlay2}\nscripts: [{name: a, script: mkfs.xfs /dev/sdc}]\n", 0),
    ],
)
def test_row_8_an_images_data_volume_that_nothing_uses(tmp_path: Path, more: str, count: int) -> None:
    path = tmp_path / "x.yaml"
    volumes = "volumes: {data: {device: /dev/sdc, size: 100 GiB}}\n"
    path.write_text(f"name: small\nbase: {{ssm: ecs/al2023}}\n{volumes}{more}")
    findings = [item for item in rules.examine(definitions.load(str(path))) if "nothing uses" in item.what]
    assert len(findings) == count
    assert not any(item.refused for item in findings)
