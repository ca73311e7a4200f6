"""The picture of a region's environments, by read calls alone.

A look that the credentials do not allow is noted in the picture, and the others go on.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

from cloud import errors
from cloud.session import Cloud
from environments.doctor.facts.instance_types import InstanceTypes
from environments.doctor.facts.keys import Keys
from environments.doctor.facts.machines import Agents
from environments.doctor.facts.network import Network
from environments.doctor.facts.picture import Part, Picture
from environments.doctor.facts.rights import Rights
from environments.doctor.facts.roles import Roles
from environments.doctor.facts.scope import Scope
from environments.doctor.facts.volumes import Volumes
from environments.doctor.looks import batch, ec2, ecs, iam, kms, running, service_quotas
from environments.doctor.looks import rights as looks_at_rights
from environments.machines.references import References
from environments.model.region import Region

Facts = TypeVar("Facts")
Arguments = ParamSpec("Arguments")


class _Looks:
    """Calls the looks, and notes the parts that could not be looked at and why."""

    def __init__(self, without: Collection[Part]) -> None:
        self.without = without
        self.unseen: dict[Part, str] = {}

    def at(
        self, part: Part, nothing: Facts, look: Callable[Arguments, Facts],
        *arguments: Arguments.args, **options: Arguments.kwargs,
    ) -> Facts:  # fmt: skip
        """Return what `look` returns; `nothing` for a part that is left out or that the credentials may not see."""
        if part in self.without:
            return nothing
        try:
            return look(*arguments, **options)
        except Exception as error:
            if errors.code(error) not in errors.DENIED:
                raise
            denied = errors.translate(error)
            self.unseen[part] = f"{denied.what}: {denied.why}" if denied else str(error)
            return nothing


def describe_region(cloud: Cloud, now: datetime | None = None) -> Scope:
    """Describe all compute environments and queues of the region; two calls where no answer has a second page."""
    region = Region(cloud)
    environments = region.compute_environments
    return Scope(
        cloud.region, now or datetime.now(UTC), environments=environments, queues=region.job_queues,
        region_environments=environments,
    )  # fmt: skip


def gather(cloud: Cloud, scope: Scope, *, without: Collection[Part] = ()) -> Picture:
    """Look at all that the checks need to know of the scope, but for the parts in `without`; returns the picture."""
    looks, environments, region = _Looks(without), scope.environments, Region(cloud)
    templates = looks.at("templates", {}, ec2.describe_templates, cloud, environments)
    images = looks.at("images", {}, ec2.describe_images, cloud, environments, templates)
    network = looks.at("network", Network(), ec2.describe_network, cloud, environments, templates)
    types = looks.at("types", InstanceTypes(), ec2.describe_types, cloud, environments)
    quotas = looks.at("quotas", {}, service_quotas.describe_quotas, cloud, environments)
    definitions = looks.at("definitions", (), batch.describe_definitions, region, scope)
    roles = looks.at("roles", Roles(), iam.describe_roles, cloud, environments, definitions)
    rights = looks.at("rights", Rights(), looks_at_rights.describe_rights, cloud, scope, roles)
    agents = looks.at("agents", Agents(), ecs.describe_agents, cloud, environments)
    keys = looks.at("keys", Keys(), kms.describe_keys, cloud, environments, templates, images)
    references = looks.at("references", References(), ec2.describe_references, cloud, environments)
    outside = looks.at("outside", (), batch.describe_absent, cloud, definitions)
    volumes = looks.at("volumes", Volumes(), ec2.describe_volumes, cloud)
    nextflow = looks.at("nextflow", 0, batch.count_nextflow, region)
    logs = looks.at("logs", {}, running.describe_log_groups, cloud, scope)
    recent = looks.at("recent", (), running.describe_recent_jobs, cloud, scope)
    jobs = looks.at("jobs", (), batch.describe_stuck_jobs, cloud, scope)
    return Picture(
        scope, templates=templates, images=images, network=network, types=types, quotas=quotas,
        definitions=definitions, roles=roles, rights=rights, agents=agents, keys=keys, references=references,
        outside=outside, volumes=volumes, jobs=jobs, recent=recent, logs=logs, nextflow=nextflow, unseen=looks.unseen,
    )  # fmt: skip
