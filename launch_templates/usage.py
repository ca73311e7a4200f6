"""Which versions of a launch template AWS Batch's compute environments use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cloud import errors
from cloud.pages import list_all
from cloud.session import Cloud
from launch_templates.versions import Template


@dataclass(frozen=True)
class Usage:
    """`pinned` maps a version's number to the compute environments that name it. `following` name no number: AWS Batch
    resolved `$Default` or `$Latest` when they were made or last updated, and does not tell to what (AWS Batch User
    Guide, "Launch template support"), so any version may be theirs. `unknown` says why nothing could be learnt."""

    pinned: Mapping[int, tuple[str, ...]]
    following: tuple[str, ...] = ()
    unknown: str = ""

    def uses(self, template: Template) -> frozenset[int]:
        """The versions that must stay."""
        if self.following or self.unknown:
            return frozenset(version.number for version in template.versions)
        return frozenset(self.pinned)


def find(cloud: Cloud, template: Template) -> Usage:
    """How this region's compute environments use the template; where Batch may not be asked, `unknown` says so."""
    try:
        environments = list_all(cloud.client("batch"), "describe_compute_environments", "computeEnvironments")
    except Exception as error:
        if errors.code(error) not in errors.DENIED:
            raise
        return Usage({}, unknown="the credentials may not call DescribeComputeEnvironments")
    return list_usage(environments, template)


def list_usage(environments: list[dict[str, Any]], template: Template) -> Usage:
    """The same, of described compute environments (pure)."""
    pinned: dict[int, tuple[str, ...]] = {}
    following: list[str] = []
    for environment in environments:
        name = environment["computeEnvironmentName"]
        for version in _versions(environment, template):
            if version.isdecimal():
                pinned[int(version)] = (*pinned.get(int(version), ()), name)
            elif name not in following:
                following.append(name)
    return Usage(pinned, tuple(following))


def _versions(environment: Mapping[str, Any], template: Template) -> Iterator[str]:
    """A number, $Default or $Latest for every time that an environment names the template; none given is $Default.

    `overrides` give some instance types a template of their own.
    """
    named = (environment.get("computeResources") or {}).get("launchTemplate") or {}
    for reference in (named, *(named.get("overrides") or ())):
        if template.id == reference.get("launchTemplateId") or template.name == reference.get("launchTemplateName"):
            yield reference.get("version") or "$Default"
