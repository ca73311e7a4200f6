"""What `invoke canary` does, and what register-env --canary asks for. The command returns an exit code."""

from cloud.session import Cloud
from environments.spec import definitions
from environments.spec.environment import EnvironmentSpec
from jobs.canary import show as screens
from jobs.canary.canary import sing
from kiln.errors import Exit, UserError
from kiln.screen import Screen, print_json, print_result


def canary(env: str, queue: str, region: str | None, *, scratch: int, as_json: bool) -> int:
    """Prove that the environment's queues run jobs; a failed check is something to look at.

    Raises UserError for an unknown environment or queue, and for a size that is none.
    """
    if scratch < 0 or scratch > 16384:
        raise UserError(
            f"--scratch-gib {scratch} is no size", "it takes whole GiB, from 1 to 16384", "Try --scratch-gib 11."
        )
    spec, cloud, screen = definitions.load(env), Cloud(region), Screen()
    screen.say(f"canary on {spec.name} in {cloud.region}")
    result = sing(cloud, spec, screen, queue=queue, scratch=scratch)
    if as_json:
        print_json(screens.make_document(result))
    else:
        print_result(screens.render(result))
    whole = result.passed and all(verdict.state == "ok" for verdict in result.all)
    return Exit.DONE if whole else Exit.SOMETHING_TO_DO


def prove(cloud: Cloud, spec: EnvironmentSpec, screen: Screen) -> str:
    """Run the canary for register-env and show what it says; returns "" where it passed, else what failed."""
    screen.say(f"canary on {spec.name}")
    result = sing(cloud, spec, screen)
    screen.say(screens.render(result))
    failed = [verdict for verdict in result.all if verdict.state == "failed"]
    return "; ".join(f"{verdict.name}: {verdict.what}" for verdict in failed)
