"""What registering an environment would do: the plan as a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cloud.looks import Unchecked
from environments.model.inputs import Inputs
from environments.model.kind import AnyKind
from environments.plan import profiles, roles
from environments.plan.removal import Removals
from environments.plan.steps import Step
from environments.rollout.situation import Situation
from environments.spec.environment import EnvironmentSpec
from kiln import typed


@dataclass(frozen=True)
class Plan:
    """`running` are the AMIs of the compute environments as they are; `most` what each may launch at most, in words;
    `notes` are warnings; `unchecked` could not be looked at; `situation` is what roll-outs meet, `removals` what the
    definition no longer names."""

    inputs: Inputs
    steps: tuple[Step, ...]
    running: tuple[str, ...]
    most: Mapping[str, str]
    situation: Situation
    notes: tuple[str, ...] = ()
    removals: Removals = field(default_factory=Removals)
    unchecked: tuple[Unchecked, ...] = ()

    @property
    def spec(self) -> EnvironmentSpec:
        return self.inputs.spec

    @property
    def something_to_do(self) -> bool:
        return bool(self.removals.steps) or any(step.something_to_do for step in self.steps)

    @property
    def at_rest(self) -> bool:
        """Whether AWS Batch has finished with every compute environment and queue."""
        return not any(step.existing and step.existing.moving for step in self.steps)

    def of(self, kind: AnyKind) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.desired.kind == kind.KIND)


def write_notes(inputs: Inputs, steps: Sequence[Step]) -> tuple[str, ...]:
    """What a person should know beside the changes (pure)."""
    image, spec = inputs.chosen.image, inputs.spec
    texts = [f"{item.what}: {item.why}. {item.hint}" for item in inputs.template.contents.warnings]
    texts += inputs.network.warnings
    if image.deprecated and image.deprecated < datetime.now(UTC) + timedelta(days=30):
        texts.append(f"{image.id} is deprecated from {image.deprecated:%Y-%m-%d} on")
    for name, compute in spec.compute_environments.items():
        if compute.min_vcpus:
            texts.append(f"{name} keeps {compute.min_vcpus} vCPUs running, and paid for, when there are no jobs")
    for job in inputs.waiting:
        texts.append(
            f"the job definition {job} waits for its image: none is seen in ECR's repository "
            f"{spec.job_definitions[job].ecr}. Run {typed.command('nextflow-image --push')}, then this again"
        )
    texts += profiles.warn_of_others(steps)
    for step in steps:
        if step.action == "foreign" and (changes := roles.other_changes(step)):
            lacks = ", ".join(change.field for change in changes)
            texts.append(
                f"the {step.desired.kind} {step.desired.name} is not Kiln's and stays as it is; it differs: {lacks}"
            )
    return tuple(texts)
