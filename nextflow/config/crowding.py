"""Whether tasks find room beside a head that runs on the same machines (pure)."""

from collections.abc import Iterator

from environments.spec.environment import EnvironmentSpec
from nextflow.config.places import Place, list_enabled
from nextflow.config.rungs import climb, list_rungs


def find_crowded(spec: EnvironmentSpec, heads: str, definition: str, places: tuple[Place, ...]) -> Iterator[str]:
    """Say where tasks would wait for ever: for the queue of the first attempt, on the only machine that a head is on.

    `heads` is the queue of heads, `definition` the name of their job definition. A queue with machines of several types
    asks for a part of one alone. AWS Batch may pass max_vcpus by a machine, and does not promise it.
    """
    head = spec.job_definitions.get(definition)
    ladder = climb(places, spec.nextflow.queues)
    place, asked = ladder[0], list_rungs(ladder)[0]
    if head is None or heads not in spec.queues or not place.is_uniform:
        return
    members = list_enabled(spec, place.queue)
    if {*members} != {*list_enabled(spec, heads)[:1]}:
        return
    name, machine = members[0], place.largest
    most = spec.compute_environments[name].max_vcpus
    if asked.cpus + head.vcpus > machine.vcpus and 2 * machine.vcpus > most:
        yield (
            f"{name} runs the head too, and max_vcpus: {most} is one {machine.name}: tasks that ask for all of it, as "
            f"the configuration does, wait for ever; give the queue {heads} a compute environment of its own, or set "
            f"max_vcpus: {2 * machine.vcpus}"
        )
