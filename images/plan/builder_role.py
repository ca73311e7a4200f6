"""Whether the builder's role may pull the images that need a login: looked at before a machine is started.

What may not be looked at is not checked; what is missing is told with the command that gives it. Nothing is refused for
it: policies may change before the build comes to pull.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cloud import errors
from cloud.looks import Looks, Unchecked
from cloud.policy import Permission, Scope
from cloud.rights.check import check_rights
from cloud.rights.demand import Ask, Demand
from cloud.rights.words import list_missing, role_name
from cloud.session import Cloud
from images.plan.builder_rights import list_rights
from images.spec.image import ImageSpec
from kiln.errors import UserError

_LOSS = "the build fails where it pulls the container images"


@dataclass(frozen=True)
class BuilderRole:
    """Warnings about the role, and what could not be looked at."""

    notes: tuple[str, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()


def check(cloud: Cloud, spec: ImageSpec) -> BuilderRole:
    """Check the role of the definition's instance profile; raises UserError for a profile that holds none."""
    scope = Scope(cloud.region, cloud.account())
    rights = list_rights([spec], scope)
    profile = (spec.builder.instance_profile or "").rpartition("/")[2]
    if not rights or not profile:
        return BuilderRole()
    looks = Looks()
    role = looks.at(
        f"whether the instance profile {profile} holds a role", "", lambda: _find_role(cloud, profile, spec.name)
    )
    verdicts = check_rights(cloud, [_demand(role, rights, scope)]) if role else ()
    notes = tuple(
        f"the builder's role {missing.role} {missing.lacks}: {missing.loss}; {missing.fix}"
        for verdict in verdicts for missing in list_missing(verdict)
    )  # fmt: skip
    unseen = tuple(
        Unchecked(f"whether the builder's role {role_name(verdict.demand)} may pull the images", verdict.unchecked)
        for verdict in verdicts if verdict.unchecked
    )  # fmt: skip
    return BuilderRole(notes, (*looks.unchecked, *unseen))


def _find_role(cloud: Cloud, profile: str, image: str) -> str:
    """Its role's ARN; `image` is the definition that names the profile."""
    answer: Any = errors.or_none(cloud.client("iam").get_instance_profile, InstanceProfileName=profile)
    roles = answer["InstanceProfile"]["Roles"] if answer else []
    if not roles:
        raise UserError(
            f"the instance profile {profile} holds no role" if answer else f"there is no instance profile {profile}",
            "the builder pulls container images with a login in the name of its role",
            "Correct builder.instance_profile. What its role must be allowed: "
            f"invoke iam-policy --builder --image {image}",
        )
    return str(roles[0]["Arn"])


def _demand(role: str, rights: Sequence[Permission], scope: Scope) -> Demand:
    asks = tuple(Ask(right.actions, tuple(map(_example, right.resources)), _place(right)) for right in rights)
    statements = tuple(
        {"Effect": "Allow", "Action": list(right.actions), "Resource": list(right.resources)} for right in rights
    )
    known = {"aws:RequestedRegion": (scope.region,), "aws:SecureTransport": ("true",)}
    return Demand(role, "kiln-builder", _LOSS, "", statements, asks, known)


def _example(arn: str) -> str:
    """A secret that is named without the six characters behind its name."""
    return arn.replace("-??????", "-a1B2c3")


def _place(right: Permission) -> str:
    names = [arn.split(":", 5)[5].removesuffix("-??????") for arn in right.resources if arn != "*"]
    return ", ".join(name.replace(":", " ") for name in names)
