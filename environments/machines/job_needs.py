"""What job definitions need of the machines that they run on (pure).

Sources: LogConfiguration, AWS Batch API Reference (a driver that the ECS agent does not offer leaves its jobs waiting);
ecs-init of aws/amazon-ecs-agent (what it offers by default).
"""

import json
from collections.abc import Iterable, Iterator

from environments.spec.environment import EnvironmentSpec
from environments.spec.job_logs import ECS_INIT
from provision.provisioners.ecs_agent import Spec as EcsAgent

_KEY = "ECS_AVAILABLE_LOGGING_DRIVERS"


def warn_of_log_drivers(spec: EnvironmentSpec, agents: Iterable[EcsAgent | None]) -> Iterator[str]:
    """Warn of log drivers that no ECS agent offers; `agents` are its settings in the image and the launch template."""
    settings = [agent.settings[_KEY] for agent in agents if agent and _KEY in agent.settings]
    offered = {driver for setting in settings for driver in json.loads(setting)} if settings else set(ECS_INIT)
    for name, job in spec.job_definitions.items():
        if job.log.driver not in offered:
            drivers = ", ".join(sorted({*offered, job.log.driver}))
            yield (
                f"the job definition {name} logs with {job.log.driver}, and the ECS agent offers "
                f"{', '.join(sorted(offered))}: its jobs wait for ever in RUNNABLE. Write into the launch template "
                f"{spec.launch_template}: ecs_agent: {{settings: {{{_KEY}: [{drivers}]}}}}"
            )
