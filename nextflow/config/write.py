"""The configuration of an environment: what AWS knows of it, and the text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cloud import errors, tags
from cloud.policy import Scope
from cloud.session import Cloud
from environments.kinds.ec2 import launch_templates
from environments.machines import agent_settings, instance_types, recorded
from environments.machines.families import list_families
from environments.machines.instance_types import InstanceType
from environments.machines.memory import find_available
from environments.model.region import Region
from environments.plan import ami, aws_cli
from environments.spec.environment import EnvironmentSpec
from nextflow.config.places import list_places
from nextflow.config.settings import Site, decide, find_bucket
from nextflow.config.text import render
from nextflow.sizing.advice import ProcessAdvice


@dataclass(frozen=True)
class Machines:
    """The instance types that an environment means, and the MiB that machines of its AMIs registered, by type.

    Where its ECS agent reserves more than measured machines do, `registered` has every type, less by that much.
    """

    known: Mapping[str, InstanceType]
    registered: Mapping[str, int]


def look_at_machines(cloud: Cloud, spec: EnvironmentSpec) -> Machines:
    """Ask AWS for both; raises UserError for a launch template that cannot be read."""
    known, registered = describe_types(cloud, spec), read_registered(cloud, spec)
    if kept := _find_kept(spec):
        registered = {name: find_available(machine, registered, kept) for name, machine in known.items()}
    return Machines(known, registered)


def configure(
    cloud: Cloud, spec: EnvironmentSpec, processes: Sequence[ProcessAdvice] = (), machines: Machines | None = None
) -> str:
    """Write the configuration with what AWS knows: the sizes of machines, what they registered, the job role's ARN.

    The environment need not be registered. Raises UserError where its machines' AWS CLI, types or bucket are unknown,
    and for a process that none of its machines holds.
    """
    machines = machines or look_at_machines(cloud, spec)
    return write_config(
        spec, cloud.account(), cloud.region, machines.known, machines.registered,
        job_role=find_job_role(cloud, spec), processes=processes,
    )  # fmt: skip


def write_config(
    environment_spec: EnvironmentSpec,
    account: str,
    region: str,
    known: Mapping[str, InstanceType],
    registered: Mapping[str, int] = {},
    *,
    job_role: str = "",
    processes: Sequence[ProcessAdvice] = (),
) -> str:
    """Write the configuration (pure). `known` are the environment's instance types, `registered` what they gave in MiB.

    `job_role` is an ARN; "": as Kiln names it.
    """
    spec = environment_spec
    role = job_role or (Scope(region, account).iam(f"role/{spec.job_role}") if spec.job_role else "")
    bucket = spec.bucket_name(find_bucket(spec), account, region)
    site = Site(region, bucket, aws_cli.find_prefix(spec), role)
    return render(decide(spec, site, list_places(spec, known, registered), processes))


def describe_types(cloud: Cloud, spec: EnvironmentSpec) -> Mapping[str, InstanceType]:
    """Describe all sizes of the families that the definition means: one call."""
    entries = {entry for compute in spec.compute_environments.values() for entry in compute.instance_types}
    return instance_types.describe(cloud, {family for entry in entries for family in list_families(entry)})


def read_registered(cloud: Cloud, spec: EnvironmentSpec) -> dict[str, int]:
    """Read what machines of the AMIs in use have registered, in MiB by type; {} where no AMI is in use yet."""
    amis = ami.list_running(ami.read_memories(spec, Region(cloud).compute_environments))
    if not amis:
        return {}
    images = cloud.ec2.describe_images(Filters=[{"Name": "image-id", "Values": list(amis)}], IncludeDeprecated=True)
    return recorded.read_all(tags.as_dict(image.get("Tags")) for image in images["Images"])


def _find_kept(spec: EnvironmentSpec) -> int:
    """Find the MiB that the ECS agent reserves beyond what measured machines do, as the plan reckons."""
    image = None if spec.ami == "ecs-optimized" else ami.find_agent(spec.image)
    return agent_settings.read_kept(agent_settings.merge(image, launch_templates.definition(spec).ecs_agent))


def find_job_role(cloud: Cloud, spec: EnvironmentSpec) -> str:
    """Find the ARN of the tasks' role, which may have a path; "" where there is none, or none yet."""
    if spec.job_role is None:
        return ""
    answer = errors.or_none(cloud.client("iam").get_role, RoleName=spec.job_role)
    return str(answer["Role"]["Arn"]) if answer else ""
