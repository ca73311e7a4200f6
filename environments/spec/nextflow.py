"""What Nextflow's configuration for an environment holds beside what follows from its queues and machines.

Source: https://www.nextflow.io/docs/latest/reference/config.html; the cluster's defaults are those of the 2019 guide.
"""

import re
from typing import Annotated

from pydantic import Field, StrictInt, field_validator

from environments.spec.compute import Name
from environments.spec.secrets import find_named_credential
from kiln.keys.takes import Takes
from kiln.models import MiB, Model, repeated

Parameter = Annotated[
    str,
    Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"),
    Takes("a parameter's name: letters, digits and '_'", "salmonIndex"),
]
Value = Annotated[
    str,
    Field(min_length=1),
    Takes("a parameter's value, in quotes where it is a number", "s3://our-genomes/hg38"),
]
Options = Annotated[str, Field(pattern=r"^\S[^\n]*$"), Takes("options of sbatch", "--qos=short")]


class Parameters(Model):
    """Parameters of pipelines by profile: what lies in S3 for AWS Batch lies in a folder for a cluster."""

    awsbatch: dict[Parameter, Value] = Field(default_factory=dict)
    """`{bucket}` stands for the environment's work bucket."""
    slurm: dict[Parameter, Value] = Field(default_factory=dict)

    @field_validator("awsbatch", "slurm")
    @classmethod
    def _keep_secrets(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            if kind := find_named_credential(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name), text):
                raise ValueError(
                    f"the parameter {name} holds {kind}: Nextflow prints parameters into logs and reports. Let the "
                    "pipeline take it with Nextflow's secret directive"
                )
        return value


class Slurm(Model):
    """The profile for a cluster of one's own, with Singularity."""

    cluster_options: Options | None = "--qos=short"
    cpus: Annotated[StrictInt, Field(ge=1, le=1024)] = 12
    memory: Annotated[MiB, Field(ge=1)] = 8192
    """Of the first attempt; the second has twice as much, the third three times."""


class Nextflow(Model):
    """Keys of Nextflow's configuration (invoke nextflow-config)."""

    queues: tuple[Name, ...] = ()
    """Of the first attempt, the second, and so on. Default: from the smaller machines to the larger, Spot first."""
    max_spot_attempts: Annotated[StrictInt, Field(ge=0, le=10)] | None = None
    """How often AWS Batch itself tries a task again that lost its Spot machine. Default: 0 where attempts differ."""
    params: Parameters = Parameters()
    slurm: Slurm = Slurm()

    @field_validator("queues")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if twice := repeated(value):
            raise ValueError(f"queues has the same queue twice: {twice}")
        return value
