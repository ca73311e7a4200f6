"""A roll-out decision in words (pure)."""

from environments.rollout.decision import BlueGreen, Decision, InPlace
from environments.rollout.obstacles import FixedField, FixedStrategy, LongJobs, LongWait, Obstacle, OtherServiceRole
from environments.rollout.options import DRAIN_MINUTES
from kiln import words

_ORDINALS = ("1st", "2nd", "3rd")  # a queue takes three compute environments at most
_FIELDS = {"spotIamFleetRole": "its Spot fleet role", "serviceRole": "its service role"}


def describe_decision(decision: Decision | None) -> str:
    """Say which way and why: `blue/green: …; x-2026… replaces x in default (2nd); 3 jobs finish first`."""
    match decision:
        case None:
            return ""
        case InPlace(strategy):
            return f"in place: service-linked role, {strategy}"
        case BlueGreen(obstacle):
            return f"blue/green: {_why(obstacle)}; {_replacement(decision)}"


def _why(obstacle: Obstacle) -> str:
    match obstacle:
        case OtherServiceRole():
            return "its service role is not the service-linked one: it cannot be updated in place"
        case FixedStrategy(strategy):
            return f"the strategy {strategy} cannot be updated in place"
        case FixedField(field):
            return f"{_FIELDS[field]} cannot be changed in place"
        case LongWait():
            return f"an update in place ends jobs after {DRAIN_MINUTES} minutes, which is less than --drain-timeout"
        case LongJobs(jobs, minutes):
            return f"{words.count(len(jobs), 'job')} may run for longer than {minutes} minutes: {jobs[0]}"


def _replacement(decision: BlueGreen) -> str:
    places = [f"{queue} ({_ORDINALS[position - 1]})" for queue, position in decision.places]
    text = f"{decision.successor} replaces {decision.replaced}"
    text += f" in {' and '.join(places)}" if places else ""
    number = decision.finishing
    return text + (f"; {number} job{'s finish' if number > 1 else ' finishes'} first" if number else "")
