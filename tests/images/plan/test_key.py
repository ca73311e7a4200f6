"""The build key: equal keys, equal images."""

from pathlib import Path

from images.plan import boot, key
from images.spec import definitions
from images.spec.image import ImageSpec
from provision.image import make_image_recipe
from tests.support.base_image import BASE


def test_the_key_follows_what_shapes_the_image_and_nothing_else(tmp_path: Path) -> None:
    text = "name: x\nbase: {ssm: ecs/al2023}\ndocker_storage: {driver: overlay2}\n"

    def of(more: str, base: str = BASE.id) -> str:
        path = tmp_path / "x.yaml"
        path.write_text(text + more)
        spec = definitions.load(str(path))
        return key.make_key(spec, base, make_image_recipe(spec, boot.describe_machine(spec, BASE)))

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
    assert key.explain({}, old) == "no image of this name exists yet"
    assert key.explain(old, old | {"base": "b"}) == "the base AMI changed: a → b"
    assert key.explain(old, old | {"recipe": "b", "files": "b", "tags": "b"}) == "the definition changed: files, tags"
    assert "Kiln's own recipe" in key.explain(old, old | {"recipe": "b"})
    assert key.from_tag(key.as_tag(old)) == old
    assert len(key.as_tag(dict.fromkeys(("base", "recipe", *key.PARTS), "0" * 8) | {"base": "ami-" + "0" * 17})) <= 256


def test_several_inputs_and_none() -> None:
    old = dict.fromkeys(("base", "recipe", *key.PARTS), "a")
    assert key.explain(old, old) == "nothing changed"
    both = key.explain(old, old | {"base": "b", "tags": "b"})
    assert both == "the base AMI changed: a → b; the definition changed: tags"
    assert key.explain({"base": "a", "recipe": "a"}, old).startswith("the definition changed: volumes, ")


def test_every_part_of_a_definition_is_a_part_of_the_key_or_shapes_no_image() -> None:
    others = {"name", "description", "base", "ami_name", "builder", "registries", "downloads", "share"}
    assert set(ImageSpec.model_fields) == others | set(key.PARTS)
