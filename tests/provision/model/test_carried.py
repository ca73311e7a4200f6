"""What an AMI brings with it: what its tag says of each provisioner, and what must still be done."""

from dataclasses import replace

import pytest

from provision.model import carried
from provision.model.recipe import Check, File, Recipe, Step

WHOLE = Recipe(
    files=(File("/etc/a", b"a"),),
    steps=(Step("install", "true"),),
    checks=(Check("it is installed", "true"),),
    sealing=(Step("seal", "true"),),
    starting=(Step("start", "true"),),
)
NOTHING = Recipe(checks=(Check("nothing is wrong", "true"),), starting=(Step("start", "true"),))


@pytest.mark.parametrize("part", ["checks", "sealing", "starting"])
def test_what_changes_no_machine_that_is_imaged_is_not_in_a_digest(part: str) -> None:
    """Checks change nothing; sealing and starting steps run on each machine anew."""
    assert carried.digest(replace(WHOLE, **{part: ()})) == carried.digest(WHOLE)


@pytest.mark.parametrize("part", ["files", "steps"])
def test_what_is_done_to_a_machine_is_in_a_digest(part: str) -> None:
    assert carried.digest(replace(WHOLE, **{part: ()})) != carried.digest(WHOLE)


def test_a_tag_names_what_was_done() -> None:
    digest = carried.digest(WHOLE)
    assert len(digest) == 8
    assert carried.as_tag({"packages": WHOLE, "aws_cli": NOTHING}) == f"packages={digest}"


def test_files_alone_or_steps_alone_are_something_done() -> None:
    recipes = {"files": Recipe(files=WHOLE.files), "scripts": Recipe(steps=WHOLE.steps)}
    tag = carried.as_tag(recipes)
    assert tag.count("=") == 2
    assert list(carried.find_missing(recipes, "")) == ["files", "scripts"]
    assert carried.find_missing(recipes, tag) == {}


def test_what_an_ami_does_not_carry_is_missing() -> None:
    other = replace(WHOLE, steps=(Step("install", "false"),))
    recipes = {"packages": WHOLE, "files": NOTHING, "scripts": other}
    assert carried.find_missing(recipes, carried.as_tag({"packages": WHOLE, "scripts": WHOLE})) == {"scripts": other}
