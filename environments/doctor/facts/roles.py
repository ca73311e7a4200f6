"""IAM roles and instance profiles that compute environments and job definitions name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from environments.doctor.facts.compute_environments import Described


@dataclass(frozen=True)
class Role:
    """A role; `trusts` are the services that may assume it, `document` is its trust policy."""

    arn: str
    trusts: str
    document: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """An instance profile; `role` is None for an empty profile."""

    arn: str
    role: Role | None


@dataclass(frozen=True)
class Roles:
    """Roles and instance profiles by name, where they exist; `service_linked` are the services that have a
    service-linked role in the account."""

    by_name: Mapping[str, Role] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    service_linked: frozenset[str] = frozenset()


def job_roles(definition: Described) -> list[str]:
    """List the ARNs of the roles that a job definition names (pure)."""
    container = definition.get("containerProperties") or {}
    return [str(container[name]) for name in ("jobRoleArn", "executionRoleArn") if container.get(name)]
