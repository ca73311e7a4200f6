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
from environments.model.inputs import Ground
from environments.model.resource import Difference, Found, Ref, Wanted
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


def desired(ground: Ground) -> tuple[Wanted, ...]:
    return (Wanted(KIND, ground.template.spec.name, {}, ground.tags, extra={"plan": ground.template}),)


def is_kilns(template: versions.Template) -> bool:
    """Registered by Kiln, for an environment or by hand."""
    return bool(ownership.users(template.tags)) or tags.TEMPLATE in template.tags


def version(ground: Ground) -> str | Ref:
    """The number to pin: of the version there is, or of the one that will be made. Of a template that is not Kiln's,
    its default."""
    plan = ground.template
    if plan.found is not None and not is_kilns(plan.found):
        return str(plan.found.default)
    if plan.same is not None:
        return str(plan.same)
    return Ref(KIND, plan.spec.name, str(plan.number))


def find(cloud: Cloud, wanted: Sequence[Wanted]) -> Mapping[str, Found]:
    """As it was found when the plan was made."""
    found = {}
    for each in wanted:
        plan: plans.Plan = each.extra["plan"]
        if plan.found is not None:
            number = str(plan.same or plan.found.latest)
            found[each.name] = Found(KIND, each.name, number, {}, plan.found.tags, {"id": plan.found.id})
    return found


def diff(wanted: Wanted, found: Found) -> tuple[Difference, ...]:
    """The parts of the data in which the newest version differs, where no version says what is wanted."""
    plan: plans.Plan = wanted.extra["plan"]
    if plan.found is None or plan.same is not None:
        return ()
    newest = plan.found.version(plan.found.latest).data
    changed = versions.differences(newest, plan.data)
    return (Difference("version", f"v{plan.found.latest}", f"v{plan.number}"),
            *(Difference(key, _short(newest.get(key)), _short(plan.data.get(key))) for key in changed))  # fmt: skip


def _short(value: Any) -> Any:
    return f"{len(value)} characters" if isinstance(value, str) and len(value) > 60 else value


def create(cloud: Cloud, wanted: Wanted) -> str:
    return str(registering.register(cloud, wanted.extra["plan"], wanted.tags).version)


def update(cloud: Cloud, wanted: Wanted, found: Found, changes: Sequence[Difference]) -> str:
    return str(registering.register(cloud, wanted.extra["plan"]).version)


def delete(cloud: Cloud, found: Found) -> None:
    with errors.gone_is_fine():
        cloud.ec2.delete_launch_template(LaunchTemplateId=found.extra["id"])


def tag(cloud: Cloud, found: Found, labels: Mapping[str, str]) -> None:
    cloud.ec2.create_tags(Resources=[found.extra["id"]], Tags=tags.as_list(labels))


def untag(cloud: Cloud, found: Found, keys: Sequence[str]) -> None:
    cloud.ec2.delete_tags(Resources=[found.extra["id"]], Tags=[{"Key": key} for key in keys])
