"""The launch template, through launch_templates/: a numbered version that says what this environment needs.

Environments share a template by its versions: each pins a number of its own. No version names an AMI: the compute
environment does, in one place alone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloud import errors, tags
from cloud.machine_images import Chosen
from cloud.pages import list_all
from cloud.session import Cloud
from environments.model import ownership
from environments.model.inputs import Inputs
from environments.model.kind import goes
from environments.model.region import Region
from environments.model.resource import Desired, Difference, Existing, Ref, Removal
from environments.spec.environment import EnvironmentSpec
from environments.spec.placeholders import fill_text
from kiln.errors import UserError
from launch_templates import definitions, versions
from launch_templates import plan as plans
from launch_templates import register as registering
from launch_templates.spec import LaunchTemplateSpec

KIND, ACCOUNT_WIDE = "launch template", False
fate = goes
_LONGEST = 128  # of a launch template's name (CreateLaunchTemplate, Amazon EC2 API Reference)


@dataclass(frozen=True, kw_only=True)
class DesiredTemplate(Desired):
    """A launch template, with what registering it would do."""

    plan: plans.Plan


@dataclass(frozen=True, kw_only=True)
class ExistingTemplate(Existing):
    """A launch template; `id` is the number of the version that says what is desired, else of the newest."""

    template_id: str


def definition(spec: EnvironmentSpec) -> LaunchTemplateSpec:
    """The launch template's definition, with the environment's name, image and credentials in it; raises UserError."""
    loaded = definitions.load(spec.launch_template)
    name = str(fill_text(loaded.name, spec.name))
    if not 3 <= len(name) <= _LONGEST:
        raise UserError(
            f"the launch template cannot be called {name}",
            f"it would have {len(name)} characters: a launch template's name has 3 to {_LONGEST}",
            f"Give it a shorter name in its definition, {spec.launch_template}.",
        )
    return loaded.model_copy(update={"name": name, "task_credentials": spec.task_credentials, "image": spec.image})


def prepare(
    cloud: Cloud, spec: LaunchTemplateSpec, chosen: Chosen, environments: list[dict[str, Any]]
) -> plans.Plan:  # fmt: skip
    """What registering it would do, for an AMI."""
    return plans.prepare(cloud, spec, chosen, set_default=False, names_image=False, environments=environments)


def desired(inputs: Inputs) -> tuple[DesiredTemplate, ...]:
    return (DesiredTemplate(KIND, inputs.template.spec.name, {}, inputs.tags, plan=inputs.template),)


def is_kilns(desired: DesiredTemplate, existing: ExistingTemplate) -> bool:
    """Whether Kiln registered it, for an environment or by hand."""
    return _by_kiln(existing.tags)


def _by_kiln(labels: Mapping[str, str]) -> bool:
    return bool(ownership.users(labels)) or tags.TEMPLATE in labels


def version(inputs: Inputs) -> str | Ref:
    """The number to pin: of the version there is, or of the one that will be made. Of a template that is not Kiln's,
    its default."""
    plan = inputs.template
    if plan.template is not None and not _by_kiln(plan.template.tags):
        return str(plan.template.default)
    if plan.same is not None:
        return str(plan.same)
    return Ref(KIND, plan.spec.name, str(plan.number))


def match(region: Region, desired: Sequence[DesiredTemplate]) -> Mapping[str, ExistingTemplate]:
    """As it was when the template's own plan was made."""
    existing = {}
    for template in desired:
        if (registered := template.plan.template) is not None:
            number, labels = str(template.plan.same or registered.latest), registered.tags
            existing[template.name] = ExistingTemplate(
                KIND, template.name, number, {}, labels, template_id=registered.id
            )
    return existing


def tagged(region: Region) -> Iterator[ExistingTemplate]:
    for template in list_all(region.cloud.ec2, "describe_launch_templates", "LaunchTemplates"):
        id_, labels = template["LaunchTemplateId"], tags.as_dict(template.get("Tags"))
        yield ExistingTemplate(KIND, template["LaunchTemplateName"], id_, {}, labels, template_id=id_)


def list_unnamed(
    region: Region, environment: str, names: Collection[str], existing: Collection[ExistingTemplate]
) -> list[ExistingTemplate]:
    """By their ids: the name of one that others registered may be the same."""
    ids = region.list_ec2_ids(environment, "launch-template") - {template.template_id for template in existing}
    return [template for template in tagged(region) if template.template_id in ids] if ids else []


def diff(desired: DesiredTemplate, existing: ExistingTemplate) -> tuple[Difference, ...]:
    """The parts of the data in which the newest version differs, where no version says what is wanted."""
    plan = desired.plan
    if plan.template is None or plan.same is not None:
        return ()
    newest = plan.template.version(plan.template.latest).data
    changed = versions.compare_data(newest, plan.data)
    return (Difference("version", f"v{plan.template.latest}", f"v{plan.number}"),
            *(Difference(key, _short(newest.get(key)), _short(plan.data.get(key))) for key in changed))  # fmt: skip


def _short(value: Any) -> Any:
    return f"{len(value)} characters" if isinstance(value, str) and len(value) > 60 else value


def create(cloud: Cloud, desired: DesiredTemplate) -> str:
    return str(registering.register(cloud, desired.plan, desired.tags).version)


def update(cloud: Cloud, desired: DesiredTemplate, existing: ExistingTemplate, changes: Sequence[Difference]) -> str:
    return str(registering.register(cloud, desired.plan).version)


def delete(cloud: Cloud, existing: ExistingTemplate, removal: Removal) -> None:
    with errors.gone_is_fine():
        cloud.ec2.delete_launch_template(LaunchTemplateId=existing.template_id)


def tag(cloud: Cloud, existing: ExistingTemplate, labels: Mapping[str, str]) -> None:
    cloud.ec2.create_tags(Resources=[existing.template_id], Tags=tags.as_list(labels))


def untag(cloud: Cloud, existing: ExistingTemplate, keys: Sequence[str]) -> None:
    cloud.ec2.delete_tags(Resources=[existing.template_id], Tags=[{"Key": key} for key in keys])
