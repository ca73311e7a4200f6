"""Find where the machines of an environment have the AWS CLI that Nextflow mounts into containers."""

from environments.kinds.ec2 import launch_templates as templates
from environments.spec.environment import EnvironmentSpec
from images.spec import definitions as images
from kiln.errors import UserError


def find_prefix(spec: EnvironmentSpec) -> str:
    """Return the folder above bin/aws: as the canary's key, the launch template or the image's definition says.

    Raises UserError where none of them installs it, or where the image has no definition here.
    """
    if spec.canary.cli:
        return spec.canary.cli
    of_template = templates.definition(spec).aws_cli
    if of_template and of_template.enabled:
        return of_template.prefix
    try:
        of_image = images.load(spec.image).aws_cli
    except UserError as error:
        raise _unknown(spec, f"{spec.image} has no definition here: {error.what}") from None
    if of_image.enabled:
        return of_image.prefix
    raise _unknown(spec, f"neither the launch template {spec.launch_template} nor the image {spec.image} installs it")


def _unknown(spec: EnvironmentSpec, why: str) -> UserError:
    return UserError(
        f"where the machines of {spec.name} have the AWS CLI is not known",
        why,
        "Write its folder (the one above bin/aws) under canary: cli in the environment's definition.",
    )
