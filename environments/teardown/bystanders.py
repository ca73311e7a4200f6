"""Who else would miss what goes with an environment: other regions, and what is not Kiln's but uses it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cloud import errors
from cloud.pages import list_all
from cloud.session import Cloud
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.kinds.ec2 import launch_templates as templates
from environments.kinds.ec2 import security_groups
from environments.kinds.iam import instance_profiles, roles
from environments.model import ownership
from environments.model.region import Region
from environments.model.resource import Key
from environments.rollout import situation


def list_uses(described: Sequence[Mapping[str, Any]], environment: str) -> dict[Key, str]:
    """What compute environments other than this environment's use, by kind and name, and which does (pure)."""
    used: dict[Key, str] = {}
    for compute in described:
        if not ownership.carries(compute, environment):
            for key in _used(compute):
                used.setdefault(key, str(compute["computeEnvironmentName"]))
    return used


def _used(described: Mapping[str, Any]) -> Iterator[Key]:
    resources = described.get("computeResources") or {}
    for role in (described.get("serviceRole"), resources.get("spotIamFleetRole")):
        if role:
            yield roles.KIND, _name(role)
    if resources.get("instanceRole"):
        yield instance_profiles.KIND, _name(resources["instanceRole"])
    template = resources.get("launchTemplate") or {}
    for field in ("launchTemplateName", "launchTemplateId"):
        if template.get(field):
            yield templates.KIND, template[field]
    for group in resources.get("securityGroupIds") or ():
        yield security_groups.KIND, group


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]


def list_elsewhere(cloud: Cloud, environment: str) -> list[str]:
    """The other regions in which an environment of this name is registered: roles, profiles and policies are the
    account's, and serve them too. A region that these credentials may not ask is left out."""
    regions = []
    for region in sorted(region["RegionName"] for region in cloud.ec2.describe_regions()["Regions"]):
        if region == cloud.region:
            continue
        try:
            there = list_all(cloud.client("batch", region), "describe_compute_environments", "computeEnvironments")
        except Exception as error:
            if errors.code(error) not in errors.DENIED:
                raise
            continue
        if any(ownership.carries(compute, environment) for compute in there):
            regions.append(region)
    return regions


def refuse_strangers(region: Region, environment: str, compute: Sequence[ExistingEnvironment]) -> None:
    """Raises UserError where a queue that is not this environment's uses one of its compute environments."""
    for compute_environment in compute:
        situation.refuse_strangers(region.job_queues, environment, compute_environment)
