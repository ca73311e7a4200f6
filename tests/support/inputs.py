"""Environments in an account where there is nothing yet, for decisions that need no AWS."""

from typing import Any, cast

from cloud.machine_images import Chosen
from cloud.session import Cloud
from environments.kinds.batch.compute_request import DesiredEnvironment
from environments.kinds.batch.existing_environment import ExistingEnvironment
from environments.kinds.ec2 import launch_templates as templates
from environments.model.inputs import Inputs, Network
from environments.model.region import Described, Region
from environments.model.resource import Desired, Existing
from environments.plan.comparison import compare
from environments.plan.steps import Step, plan_step
from environments.rollout.options import Options
from environments.rollout.situation import Situation
from environments.spec import definitions
from launch_templates.contents import make_contents
from launch_templates.data import make_data
from launch_templates.plan import Plan
from launch_templates.usage import Usage
from tests.support.stock import STOCK

CHOSEN = Chosen(STOCK, "named", "al2023")


def inputs(name: str, **changes: Any) -> Inputs:
    """A shipped environment, with other values for some keys of its definition."""
    spec = definitions.load(name).model_copy(update=changes)
    template = templates.definition(spec)
    made = make_contents(template, "al2023", STOCK)
    data = make_data(template, STOCK, made.mime, names_image=False)
    plan = Plan(template, CHOSEN, made, data, "", None, None, (), None, (), Usage({}))
    where = Network("vpc-0a", ("subnet-0a", "subnet-0b"), {})
    return Inputs(spec, "123456789012", "us-east-1", CHOSEN, "al2023", plan, where, "2026-11-22T06:30:00Z")


def found_like(desired: Desired, **changes: Any) -> Any:
    """The resource as wanted, but for some fields."""
    fields = {**desired.fields, **changes}
    if isinstance(desired, DesiredEnvironment):
        return ExistingEnvironment(
            desired.kind, desired.name, "arn", fields, desired.tags,
            aws_name=desired.name, status="VALID", reason="", desired_vcpus=0, cluster="",
        )  # fmt: skip
    return Existing(desired.kind, desired.name, "arn", fields, desired.tags)


def region(**lists: list[Described]) -> Region:
    """A region in which AWS Batch lists these; whatever else it is asked for is an error."""
    listed = Region(cast(Cloud, None))
    for name, described in lists.items():
        setattr(listed, name, described)  # where a list that was read once is kept
    return listed


def plan_idle(desired: Desired, existing: Existing | None, environment: str) -> Step:
    """What is to be done for a resource where no job runs."""
    return plan_step(compare(desired, existing, environment), Options(), Situation(environment), 0.0)
