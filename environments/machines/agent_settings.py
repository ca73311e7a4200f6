"""What the ECS agent's settings take away from the jobs of an environment (pure).

Sources: README of aws/amazon-ecs-agent, "Environment Variables"; "Container instance attributes", Amazon ECS Developer
Guide: an attribute that the agent does not register leaves the jobs that require it in RUNNABLE.
"""

from collections.abc import Mapping

from environments.machines.memory import RESERVED
from environments.spec.environment import EnvironmentSpec
from environments.spec.jobs import JobDefinition
from kiln import words
from kiln.errors import UserError
from provision.ecs_agent.agent import Spec as EcsAgent

Settings = Mapping[str, str]


def merge(image: EcsAgent | None, template: EcsAgent | None) -> dict[str, str]:
    """Put the lines of ecs.config together, as a machine has them: the launch template's stand above the image's."""
    lines: dict[str, str] = {}
    for agent in (image, template):
        lines |= agent.lines() if agent else {}
    return lines


def read_kept(settings: Settings) -> int:
    """Return the MiB that the agent reserves beyond what measured machines do."""
    reserved = settings.get("ECS_RESERVED_MEMORY", "")
    return max(0, int(reserved) - RESERVED) if reserved.isdecimal() else 0


def refuse_unmet(spec: EnvironmentSpec, settings: Settings) -> None:
    """Raise UserError for a job definition that needs what the agent is told not to offer."""
    for name, job in spec.job_definitions.items():
        for setting, (value, need) in _needs(job).items():
            if need and settings.get(setting) == value:
                raise UserError(
                    f"the job definition {name} {need}, and {setting} is {value}",
                    "the agent offers ECS nothing of the kind then: its jobs wait for ever in RUNNABLE",
                    f"Leave out ecs_agent.settings.{setting} in the launch template {spec.launch_template} and in the "
                    f"image {spec.image}, or change the job definition.",
                )


def _needs(job: JobDefinition) -> dict[str, tuple[str, str]]:
    """Setting → the value that forbids something, and the words for a job that needs it ("": this one does not)."""
    signs = job.has_execution_role and job.log.driver == "awslogs"
    return {
        "ECS_DISABLE_PRIVILEGED": ("true", "is privileged" if job.privileged else ""),
        "ECS_ENABLE_GPU_SUPPORT": ("false", f"asks for {words.count(job.gpus, 'GPU')}" if job.gpus else ""),
        "ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE": ("false", "logs in its execution role's name" if signs else ""),
    }
