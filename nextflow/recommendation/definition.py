"""Which instance types an environment's definition should name, and its text with them (pure)."""

from collections.abc import Mapping, Sequence

from environments.spec.environment import EnvironmentSpec
from environments.spec.placeholders import fill_text
from kiln.errors import UserError
from nextflow.config.head_names import find_head_queue
from nextflow.config.places import Place
from nextflow.recommendation.recommend import Recommendation
from nextflow.recommendation.yaml_edit import Edit, list_keys, set_keys
from nextflow.sizing.machines import Machine, rank

_COMPUTE = "compute_environments"
HEAD_SIZE = (2, 1024)  # vCPUs and MiB of a workflow's head job


def choose_types(
    spec: EnvironmentSpec, steps: Sequence[Place], advised: Recommendation
) -> dict[str, tuple[str, ...]]:  # fmt: skip
    """Choose the types of the compute environments behind the queues that tasks go through, in the order of attempts.

    The first queue's get the workload type, the others' the excess type, and those that serve both get both; those that
    serve heads too get the cheapest type for these. On Spot all types count that are as large: the more there are, the
    fewer machines are taken.
    """
    pair = advised.pair
    types: dict[str, list[Machine]] = {}
    for number, place in enumerate(steps):
        machines = [pair.workload] if number == 0 else [pair.excess or pair.workload]
        if len(steps) == 1 and pair.excess:
            machines.append(pair.excess)
        for name in spec.queues[place.queue].compute_environments:
            types.setdefault(name, []).extend(machines)
    # A head is small and runs for as long as its tasks: it needs no machine of their size.
    head = find_head_queue(spec.queues)
    for name in spec.queues[head].compute_environments if head else ():
        if name in types:
            small = [machine for machine in advised.machines if machine.holds(*HEAD_SIZE)]
            types[name].append(min(small, key=rank, default=pair.workload))
    return {name: _spread(spec, name, machines, advised.machines) for name, machines in types.items()}


def _spread(
    spec: EnvironmentSpec, name: str, chosen: Sequence[Machine], machines: Sequence[Machine]
) -> tuple[str, ...]:
    alike: list[Machine] = []
    for machine in chosen:
        alike.append(machine)
        if spec.compute_environments[name].market == "spot":
            others = (other for other in machines if other.vcpus == machine.vcpus and other.memory >= machine.memory)
            alike += sorted(others, key=rank)
    return tuple(dict.fromkeys(machine.name for machine in alike))


def write_definition(
    text: str, spec: EnvironmentSpec, types: Mapping[str, Sequence[str]], advised: Recommendation, max_vcpus: int
) -> str:
    """Write the definition with these types by compute environment; max_vcpus too, where it is above 0.

    Raises UserError for a file that has them in a way that cannot be edited, and for machines that are too large.
    """
    vcpus = {machine.name: machine.vcpus for machine in advised.machines}
    written = {str(fill_text(key, spec.name)): key for key in list_keys(text, _COMPUTE)}
    edits: list[Edit] = []
    for name, chosen in types.items():
        compute = spec.compute_environments[name]
        if vcpus[chosen[0]] > (limit := max_vcpus or compute.max_vcpus):
            raise UserError(
                f"{name} has no room for a {chosen[0]}",
                f"all its machines together may have at most {limit} vCPUs, and a {chosen[0]} has {vcpus[chosen[0]]}",
                "Add --max-vcpus NUMBER, which is written too, or raise max_vcpus in the definition.",
            )
        place = _COMPUTE, written.get(name, name)
        if max_vcpus and max_vcpus != compute.max_vcpus:
            edits.append(Edit((*place, "max_vcpus"), str(max_vcpus)))
        if chosen != compute.instance_types:
            comment = describe(chosen, vcpus, limit)
            edits.append(Edit((*place, "instance_types"), f"[{', '.join(chosen)}]", comment))
    return set_keys(text, edits)


def describe(types: Sequence[str], vcpus: Mapping[str, int], max_vcpus: int) -> str:
    """Describe a single type as 8 vCPUs: at most 12 of them; "" of several."""
    if len(types) != 1:
        return ""
    own = vcpus[types[0]]
    return f"{own} vCPUs: at most {max_vcpus // own} of them"
