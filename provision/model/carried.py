"""What an AMI brings with it, so that nothing is done twice: each provisioner's name and a digest of what it did."""

from collections.abc import Mapping
from dataclasses import replace

from cloud import tags
from provision.model.recipe import Recipe

_DIGITS = 8  # seven provisioners and their digests fit into a tag's 256 characters


def digest(recipe: Recipe) -> str:
    """A short digest (hex) of what a recipe does to a machine; its checks change nothing and are not in it."""
    return replace(recipe, checks=(), sealing=(), starting=()).digest()[:_DIGITS]


def as_tag(recipes: Mapping[str, Recipe]) -> str:
    """The value of the tag `kiln:carries`; a provisioner that did nothing is left out."""
    return tags.pack({name: digest(recipe) for name, recipe in recipes.items() if recipe.files or recipe.steps})


def find_missing(recipes: Mapping[str, Recipe], tag: str) -> dict[str, Recipe]:
    """The recipes that do something which an AMI with that tag ("" for none) does not carry, in their order."""
    carried = tags.unpack(tag)
    return {
        name: recipe
        for name, recipe in recipes.items()
        if (recipe.files or recipe.steps) and carried.get(name) != digest(recipe)
    }
