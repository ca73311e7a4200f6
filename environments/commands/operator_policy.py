"""`invoke iam-policy`: what the person or CI role that runs Kiln must be allowed, and whom such a role trusts."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from cloud.policy import Permission, Scope, documents
from environments.doctor.needs import needs as doctor_needs
from environments.kinds.ec2 import launch_templates
from environments.permissions.needs import needs as environments_need
from environments.permissions.nextflow import list_nextflow_permissions
from environments.rights.administrator import describe_requirements
from environments.rights.use import use_of
from environments.spec import definitions
from environments.spec.environment import EnvironmentSpec
from images.needs import needs as images_need
from images.plan.builder_rights import list_rights
from images.spec import definitions as images
from images.spec.image import ImageSpec
from kiln.errors import Exit, UserError
from kiln.screen import print_result
from launch_templates.needs import needs as templates_need

_BOUNDARY = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}|aws):policy/[\w+=,.@/-]+")
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
Needs = Callable[[Sequence[EnvironmentSpec], Scope, str], tuple[Permission, ...]]
"""What the commands of a room need for these environments, and the ARN of the policy that bounds every role, or ""."""
ISSUER = "token.actions.githubusercontent.com"


def print_policies(
    env: Sequence[str],
    image: Sequence[str],
    boundary: str,
    region: str,
    account: str,
    trust: str,
    github_environment: Sequence[str],
    others: Sequence[Needs] = (),
) -> int:
    """Print the documents, or with `trust` (OWNER/REPOSITORY) the trust policy. No AWS call is made.

    `others` tell what the commands of rooms above this room need.
    """
    _check(account, boundary)
    if trust:
        print_result(json.dumps(write_trust_policy(trust, github_environment, account), indent=2))
        return Exit.DONE
    specs = [definitions.load(name) for name in env or ("genomics",)]
    built = [images.load(name) for name in image or _shipped(specs)]
    policies = documents(list_permissions(specs, Scope(region or "*", account or "*"), boundary, built, others))
    print_result("\n".join(json.dumps(policy, indent=2) for policy in policies))
    return Exit.DONE


def print_policy_for(whom: str, env: Sequence[str], region: str, account: str) -> int:
    """Print what somebody else than Kiln's operator needs; raises UserError for anybody but nextflow."""
    _check(account, "")
    if whom not in ("nextflow", "administrator"):
        raise UserError(
            f"iam-policy does not know {whom}",
            "--for takes nextflow, the person or role that runs Nextflow; and administrator, who makes the roles",
            "Try --for nextflow; without --for it prints what the person who runs Kiln needs.",
        )
    specs = [definitions.load(name) for name in env or ("genomics",)]
    if whom == "administrator":
        print_result("\n".join(json.dumps(_describe_roles(spec, region, account), indent=2) for spec in specs))
        return Exit.DONE
    permissions = list_nextflow_permissions(specs, Scope(region or "*", account or "*"))
    print_result("\n".join(json.dumps(policy, indent=2) for policy in documents(permissions)))
    return Exit.DONE


def _describe_roles(spec: EnvironmentSpec, region: str, account: str) -> dict[str, Any]:
    """What must be there under iam: existing."""
    use = use_of(spec, launch_templates.definition(spec), region or "*", account or "*", "aws")
    return describe_requirements(spec, use)


def print_builder_policy(env: Sequence[str], image: Sequence[str], region: str, account: str) -> int:
    """Print what the role of the images' instance profile needs; raises UserError where no image needs a login."""
    _check(account, "")
    names = image or _shipped([definitions.load(name) for name in env or ("genomics",)])
    rights = list_rights([images.load(name) for name in names], Scope(region or "*", account or "*"))
    if not rights:
        raise UserError(
            f"the builder of {', '.join(names)} needs no rights",
            "every image under container_images can be pulled without a login",
            "Name the image definition that has one of a private registry: --image NAME.",
        )
    print_result("\n".join(json.dumps(policy, indent=2) for policy in documents(rights)))
    return Exit.DONE


def list_permissions(
    specs: Sequence[EnvironmentSpec],
    scope: Scope,
    boundary: str = "",
    built: Sequence[ImageSpec] = (),
    others: Sequence[Needs] = (),
) -> tuple[Permission, ...]:
    """List what it takes to build images, to register templates and these environments, and to run the doctor."""
    made = (*images_need(scope, built), *templates_need(scope), *environments_need(specs, scope, boundary))
    return (*made, *doctor_needs(), *(permission for needs in others for permission in needs(specs, scope, boundary)))


def _shipped(specs: Sequence[EnvironmentSpec]) -> list[str]:
    """List the environments' images that are defined under images/; the definition of another must be named."""
    return sorted({spec.image for spec in specs if (images.KIND.folder / f"{spec.image}.yaml").is_file()})


def write_trust_policy(repository: str, environments: Sequence[str], account: str = "") -> dict[str, Any]:
    """Write the trust policy of a role for GitHub Actions: only jobs of this repository in these GitHub environments.

    Raises UserError for what is not OWNER/REPOSITORY. Source: "Configuring OpenID Connect in Amazon Web Services" and
    "OpenID Connect reference" (the subject of a job that names an environment), GitHub documentation; "Create a role
    for OpenID Connect federation", IAM User Guide.
    """
    if not _REPOSITORY.fullmatch(repository) or not environments:
        raise UserError(
            f"{repository} cannot be trusted",
            "a trust policy names a single repository, and a GitHub environment at least",
            "Try --trust OWNER/REPOSITORY --github-environment plan.",
        )
    subjects = [f"repo:{repository}:environment:{environment}" for environment in environments]
    condition = {"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": subjects}}
    principal = {"Federated": f"arn:aws:iam::{account or 'ACCOUNT'}:oidc-provider/{ISSUER}"}
    statement = {
        "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition,
    }  # fmt: skip
    return {"Version": "2012-10-17", "Statement": [statement]}


def _check(account: str, boundary: str) -> None:
    if account and not re.fullmatch(r"\d{12}", account):
        raise UserError(
            f"{account} is not an AWS account", "an account id has twelve digits", "See aws sts get-caller-identity."
        )
    if boundary and not _BOUNDARY.fullmatch(boundary):
        raise UserError(f"{boundary} is not a policy", "a permissions boundary is named by the ARN of a managed policy",
                        "Try arn:aws:iam::123456789012:policy/limit.")  # fmt: skip
