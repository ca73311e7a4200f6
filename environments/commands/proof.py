"""What comes behind a roll-out that is to be proven: the proof, and the way back to the AMI before where it fails."""

from collections.abc import Callable

from cloud.session import Cloud
from environments.apply import apply
from environments.plan.plan import Plan
from environments.plan.prepare import prepare
from environments.rollout.options import Options
from environments.spec.environment import EnvironmentSpec
from kiln import typed
from kiln.errors import UserError
from kiln.screen import Screen

Canary = Callable[[Cloud, EnvironmentSpec, Screen], str]
"""Proves that an environment runs jobs, and says what failed; "" where nothing did."""


def prove(cloud: Cloud, planned: Plan, canary: Canary, options: Options, screen: Screen) -> None:
    """Run the canary. Where it fails and the roll-out changed the AMI, the environment goes back to the AMI before.

    Raises UserError that says what failed and which AMI the environment runs now; what the canary itself raises is
    passed on: it could not run, and proves nothing about the AMI.
    """
    spec, new = planned.spec, planned.inputs.chosen.image.id
    try:
        problem = canary(cloud, spec, screen)
    except UserError as error:
        error.left = error.left or f"{spec.name} runs {new}, which no canary has proven"
        raise
    if not problem:
        return
    before = [ami for ami in planned.running if ami != new]
    what = f"the canary of {spec.name} failed on {new}"
    look = typed.command(f"canary --env {spec.name}")
    if new in planned.running or len(before) != 1:
        kept = "it ran that AMI before" if new in planned.running else "there is no single AMI before it to go back to"
        raise UserError(what, problem, f"{spec.name} runs {new}: {kept}. Mend what failed, then: {look}.")
    screen.say(f"{spec.name} goes back to {before[0]}")
    apply.apply(cloud, prepare(cloud, spec, before[0], options), options, screen)
    raise UserError(what, problem, f"{spec.name} runs {before[0]} again. Mend what failed, then roll {new} out again.")
