"""The `base` of an image definition: where the image starts from."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from cloud.machine_images import AmiId
from images.spec import bases
from kiln.keys.takes import Takes
from kiln.models import Model
from provision.model.recipe import Family

Owner = Annotated[
    str,
    Field(pattern=r"^(\d{12}|self|amazon|aws-marketplace)$"),
    Takes(
        "whose AMIs: an account's id in quotes, self, amazon or aws-marketplace",
        '"591542846629"',
        known=("self", "amazon", "aws-marketplace"),
    ),
]
Alias = Annotated[str, Takes(f"one of {', '.join(bases.ALIASES)}", "ecs/al2023", known=tuple(bases.ALIASES))]


class Base(Model):
    """Where the image starts from: exactly one of `ssm`, `ami`, or `owner` with `name`."""

    ssm: Alias | None = None
    """An alias such as ecs/al2023, ecs/al2, ecs/al1, ecs/al2023-arm64, ecs/al2023-gpu."""
    ami: AmiId | None = None
    """An AMI id of this region; needs `family`."""
    owner: Owner | None = None
    """Account id, self or amazon: whose AMIs the name filter looks through; needs `family`."""
    name: Annotated[str, Field(min_length=1), Takes("an AMI's name, with * and ?", '"al2023-ami-ecs-*"')] | None = None
    """An AMI name, * and ? allowed; the newest match is taken, deprecated ones included."""
    family: Family | None = None
    """al1, al2 or al2023: what the recipe may expect on it. Known for an alias."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.name and not self.owner:
            raise ValueError("name needs owner: anyone can publish an AMI under any name")
        ways = [self.ssm is not None, self.ami is not None, self.owner is not None and self.name is not None]
        if sum(ways) != 1:
            raise ValueError("give exactly one of: ssm, ami, or owner with name")
        if self.ssm is not None and self.ssm not in bases.ALIASES:
            meant = bases.find_alias(self.ssm)
            guess = f"did you mean {meant}? Known" if meant else "known"
            raise ValueError(f"{self.ssm} is not a known alias; {guess}: {', '.join(bases.ALIASES)}")
        if self.ssm is None and self.family is None:
            raise ValueError("family is required beside ami or name: al1, al2 or al2023")
        return self
