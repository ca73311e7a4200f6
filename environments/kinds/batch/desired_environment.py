"""A compute environment as the definition asks for it (pure)."""

from environments.kinds.batch.compute_request import NAME, DesiredEnvironment
from environments.kinds.ec2 import launch_templates as templates
from environments.kinds.ec2 import security_groups
from environments.kinds.iam import instance_profiles, roles
from environments.model import ownership
from environments.model.inputs import Inputs
from environments.model.resource import Ref
from environments.spec.compute import ComputeEnvironment, ImageType
from images.amis import nvidia

SERVICE_LINKED = "service-linked"


def make_desired(inputs: Inputs, name: str, definition: ComputeEnvironment) -> DesiredEnvironment:
    """Make the compute environment that the definition names so; ids that do not exist yet are a Ref."""
    spec = inputs.spec
    memory = ownership.Memory(inputs.chosen.image.id)
    labels = {
        **spec.tags,
        ownership.key(spec.name): memory.as_tag(),
        ownership.COMPUTE_ENVIRONMENT: name,
        ownership.MADE: inputs.now,
    }
    service = spec.roles.service
    fields = {
        "state": definition.state.upper(),
        "serviceRole": service if service == SERVICE_LINKED else inputs.iam_arn(roles.KIND, service),
        "type": "SPOT" if definition.market == "spot" else "EC2",
        "allocationStrategy": definition.strategy,
        "instanceTypes": tuple(sorted(definition.instance_types)),
        "minvCpus": definition.min_vcpus,
        "maxvCpus": definition.max_vcpus,
        "bidPercentage": definition.bid_percentage or (100 if definition.market == "spot" else None),
        "subnets": inputs.network.subnets,
        "securityGroupIds": _groups(inputs),
        "instanceRole": inputs.iam_arn(instance_profiles.KIND, spec.roles.profile),
        "spotIamFleetRole": inputs.iam_arn(roles.KIND, spec.roles.spot_fleet) if definition.needs_fleet_role else None,
        "ec2KeyPair": definition.key_pair,
        "placementGroup": definition.placement_group,
        "tags": {**spec.tags, **definition.tags},
        "launchTemplate": inputs.template.spec.name,
        "launchTemplateVersion": templates.version(inputs),
        "imageType": find_image_type(inputs, definition),
        "imageIdOverride": inputs.chosen.image.id,
    }
    return DesiredEnvironment(NAME, name, fields, labels, exclusive=True, environment=spec.name, aws_name=name)


def find_image_type(inputs: Inputs, definition: ComputeEnvironment) -> ImageType | str:
    """Return the imageType of ec2Configuration: the definition's, else that of the AMI's family.

    The NVIDIA types are for all machines but Graviton's (Ec2Configuration, AWS Batch API Reference).
    """
    image = inputs.chosen.image
    has_driver = image.arch == "x86_64" and nvidia.tell_driver(image.name, image.owner, image.tags) == "nvidia"
    return definition.image_type or f"ECS_{inputs.family.upper()}{'_NVIDIA' if has_driver else ''}"


def _groups(inputs: Inputs) -> tuple[str | Ref, ...]:
    """Ids, and what stands for a group that is yet to be made."""
    names = inputs.spec.network.security_groups or (f"{inputs.spec.name}-batch",)
    groups = [(name, inputs.existing.get((security_groups.KIND, name))) for name in names]
    return tuple(group.id if group else Ref(security_groups.KIND, name, f"(new) {name}") for name, group in groups)
