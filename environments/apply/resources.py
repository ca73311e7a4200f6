"""Carry out the step of one resource."""

from dataclasses import replace

from cloud.session import Cloud
from environments.kinds.batch.compute_request import DesiredEnvironment
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.model import ownership
from environments.model.kind import AnyKind
from environments.model.resource import Desired, Difference, Key, with_ids
from environments.plan.steps import Step
from environments.rollout import blue_green, in_place
from environments.rollout.decision import BlueGreen, InPlace
from environments.rollout.options import Options


def carry_out(cloud: Cloud, kind: AnyKind, step: Step, ids: dict[Key, str], options: Options) -> str:
    """Create, change or replace it; returns its id afterwards. `ids` are those of what exists by now."""
    desired, existing = with_ids(step.desired, ids), step.existing
    if existing is None:
        return kind.create(cloud, desired)
    id_ = existing.id
    if isinstance(desired, DesiredEnvironment) and isinstance(existing, ExistingEnvironment) and step.decision:
        match step.decision:
            case BlueGreen():
                return blue_green.create(cloud, desired, existing)
            case InPlace():
                id_ = in_place.update(cloud, desired, existing, step.changes, options)
    elif step.action == "update":
        id_ = kind.update(cloud, desired, existing, _changes_of(step, desired))
    if step.joins:
        key = ownership.key(_environment(step))
        kind.tag(cloud, existing, {key: step.desired.tags[key]})
    return id_


def _changes_of(step: Step, desired: Desired) -> list[Difference]:
    """The step's changes with ids in them."""
    return [replace(change, after=desired.fields.get(change.field, change.after)) for change in step.changes]


def _environment(step: Step) -> str:
    return ownership.users(step.desired.tags)[0]
