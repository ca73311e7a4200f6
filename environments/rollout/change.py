"""A compute environment that is to become another."""

from collections.abc import Sequence
from dataclasses import dataclass

from environments.kinds.batch.compute_request import DesiredEnvironment
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.model.resource import Difference


@dataclass(frozen=True)
class Change:
    """A compute environment as the definition asks for it, as AWS Batch has it, and the fields that differ."""

    desired: DesiredEnvironment
    existing: ExistingEnvironment
    differences: Sequence[Difference]
