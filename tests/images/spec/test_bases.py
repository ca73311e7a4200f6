"""The aliases of base images."""

import pytest

from images.spec.base import Base
from images.spec.bases import ALIASES, BUILDER_TYPES, find_alias


def test_an_alias_says_what_its_parameter_says() -> None:
    """Family and architecture of a base are known before AWS is asked: both stand in the parameter's name."""
    families = {"amazon-linux-2023": "al2023", "amazon-linux-2": "al2", "amazon-linux": "al1"}
    for name, alias in ALIASES.items():
        system, *variant, last = alias.parameter.removeprefix("/aws/service/ecs/optimized-ami/").split("/")
        assert last == "recommended"
        assert alias.family == families[system]
        assert alias.arch == ("arm64" if variant == ["arm64"] else "x86_64")
        assert name == "-".join([f"ecs/{alias.family}", *variant])


def test_every_base_has_builders_of_its_architecture() -> None:
    for alias in ALIASES.values():
        for kind in BUILDER_TYPES[alias.family, alias.arch]:
            assert kind.partition(".")[0].endswith("g") == (alias.arch == "arm64")


def test_support_has_ended_for_all_but_amazon_linux_2023() -> None:
    assert {alias.family for alias in ALIASES.values() if not alias.ended} == {"al2023"}


@pytest.mark.parametrize(
    ("parameter", "alias"),
    [
        ("/aws/service/ecs/optimized-ami/amazon-linux-2/recommended", "ecs/al2"),
        ("/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id", "ecs/al2023-arm64"),
        ("resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended", "ecs/al2023-gpu"),
        ("/aws/service/ecs/optimized-ami/amazon-linux-2023", "ecs/al2023"),
        ("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", None),
        ("ubuntu/22.04", None),
    ],
)
def test_section_3_the_alias_of_a_public_parameter(parameter: str, alias: str | None) -> None:
    assert find_alias(parameter) == alias
    with pytest.raises(ValueError, match=f"did you mean {alias}" if alias else "alias; known: ecs/al2023"):
        Base.model_validate({"ssm": parameter})
