"""The job definition of an environment's heads, and its image: looked up, and refused where they are missing."""

from collections.abc import Mapping
from typing import Any

from cloud.pages import list_all
from cloud.session import Cloud
from environments.machines import outside
from environments.spec.environment import EnvironmentSpec
from kiln import typed
from kiln.errors import UserError
from nextflow.config.head_names import NEXTFLOW, find_head_definition


def find_definition(cloud: Cloud, spec: EnvironmentSpec) -> dict[str, Any]:
    """Find its newest ACTIVE revision, as AWS Batch describes it; raises UserError where there is none."""
    name = find_head_definition(spec.job_definitions)
    revisions = list_all(
        cloud.client("batch"), "describe_job_definitions", "jobDefinitions", jobDefinitionName=name, status="ACTIVE"
    )
    if revisions:
        newest: dict[str, Any] = max(revisions, key=lambda revision: int(revision["revision"]))
        return newest
    raise UserError(
        f"there is no job definition {name} in {cloud.region}",
        "the head of a run is a job of that definition, whose image holds Nextflow",
        "invoke nextflow-image --push puts the image into ECR; then "
        f"{typed.command(f'register-env --env {spec.name}')}.",
    )


def find_image(definition: Mapping[str, Any]) -> str:
    """The image of a definition of a single container; raises UserError for any other, which takes no command."""
    container = definition.get("containerProperties") or {}
    if container.get("image"):
        return str(container["image"])
    name = f"{definition['jobDefinitionName']}:{definition['revision']}"
    raise UserError(
        f"the job definition {name} is not of a single container",
        "a head's command and variables are overrides of containerProperties, which it lacks",
        f"Somebody else registered it: aws batch deregister-job-definition --job-definition {name}",
    )


def check_image(cloud: Cloud, image: str, account: str) -> None:
    """Raise UserError for an image of this account's ECR that is not there; others are not looked at."""
    if outside.is_own(image, account, cloud.region) and outside.find_absent_image(cloud, NEXTFLOW, image):
        raise UserError(
            f"the image of Nextflow is missing: {image}", "the job definition names it, and ECR has it no more",
            "invoke nextflow-image --push puts it there; then register the environment again.",
        )  # fmt: skip
