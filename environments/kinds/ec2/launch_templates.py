"""The launch template, through launch_templates/: a numbered version that says what this environment needs.

Environments share a template by its versions: each pins a number of its own. No version names an AMI: the compute
environment does, in one place alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cloud import errors, tags
from cloud.machine_images import Chosen
from cloud.session import Cloud
from environments.model import ownership
from environments.model.inputs import Inputs
from environments.model.resource import Desired, Difference, Existing, Ref
from environments.spec.environment import EnvironmentSpec
from launch_templates import definitions, versions
from launch_templates import plan as plans
from launch_templates import register as registering
from launch_templates.spec import LaunchTemplateSpec

KIND = "launch template"


def definition(spec: EnvironmentSpec) -> LaunchTemplateSpec:
    """The launch template's definition, with the environment's image and credentials in it; raises UserError."""
    loaded = definitions.load(spec.launch_template)
    return loaded.model_copy(update={"task_credentials": spec.task_credentials, "image": spec.image})


def prepare(
    cloud: Cloud, spec: LaunchTemplateSpec, chosen: Chosen, environments: list[dict[str, Any]]
) -> plans.Plan:  # fmt: skip
    """What registering it would do, for an AMI."""
    return plans.prepare(cloud, spec, chosen, set_default=False, names_image=False, environments=environments)


def desired(inputs: Inputs) -> tuple[Desired, ...]:
    return (Desired(KIND, inputs.template.spec.name, {}, inputs.tags, extra={"plan": inputs.template}),)


def is_kilns(template: versions.Template) -> bool:
    """Registered by Kiln, for an environment or by hand."""
    return bool(ownership.users(template.tags)) or tags.TEMPLATE in template.tags


def version(inputs: Inputs) -> str | Ref:
    """The number to pin: of the version there is, or of the one that will be made. Of a template that is not Kiln's,
    its default."""
    plan = inputs.template
    if plan.found is not None and not is_kilns(plan.found):
        return str(plan.found.default)
    if plan.same is not None:
        return str(plan.same)
    return Ref(KIND, plan.spec.name, str(plan.number))


def find(cloud: Cloud, desired: Sequence[Desired]) -> Mapping[str, Existing]:
    """As it was found when the plan was made."""
    found = {}
    for each in desired:
        plan: plans.Plan = each.extra["plan"]
        if plan.found is not None:
            number = str(plan.same or plan.found.latest)
            found[each.name] = Existing(KIND, each.name, number, {}, plan.found.tags, {"id": plan.found.id})
    return found


def diff(desired: Desired, existing: Existing) -> tuple[Difference, ...]:
    """The parts of the data in which the newest version differs, where no version says what is wanted."""
    plan: plans.Plan = desired.extra["plan"]
    if plan.found is None or plan.same is not None:
        return ()
    newest = plan.found.version(plan.found.latest).data
    changed = versions.differences(newest, plan.data)
    return (Difference("version", f"v{plan.found.latest}", f"v{plan.number}"),
            *(Difference(key, _short(newest.get(key)), _short(plan.data.get(key))) for key in changed))  # fmt: skip


def _short(value: Any) -> Any:
    return f"{len(value)} characters" if isinstance(value, str) and len(value) > 60 else value


def create(cloud: Cloud, desired: Desired) -> str:
    return str(registering.register(cloud, desired.extra["plan"], desired.tags).version)


def update(cloud: Cloud, desired: Desired, existing: Existing, changes: Sequence[Difference]) -> str:
    return str(registering.register(cloud, desired.extra["plan"]).version)


def delete(cloud: Cloud, existing: Existing) -> None:
    with errors.gone_is_fine():
        cloud.ec2.delete_launch_template(LaunchTemplateId=existing.extra["id"])


def tag(cloud: Cloud, existing: Existing, labels: Mapping[str, str]) -> None:
    cloud.ec2.create_tags(Resources=[existing.extra["id"]], Tags=tags.as_list(labels))


def untag(cloud: Cloud, existing: Existing, keys: Sequence[str]) -> None:
    cloud.ec2.delete_tags(Resources=[existing.extra["id"]], Tags=[{"Key": key} for key in keys])
