"""What the reasons mean with which AWS Batch ends jobs and their attempts, in a person's words (pure).

AWS Batch has two texts for an attempt: its own statusReason, and the reason of the container, which comes from the ECS
agent and Docker and says more where it is there. Both are matched loosely, the most telling first.
Sources: "Troubleshooting AWS Batch", AWS Batch User Guide; "Stopped tasks error messages", Amazon ECS Developer Guide;
"Exit status", Bash Reference Manual.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Ending:
    """What a reason means, and what to do; `hint` is "" where nothing is to be done."""

    meaning: str
    hint: str = ""


_LOG = "see its log"
_PULL = r"CannotPull\w*Error|DockerTimeoutError.*MANIFEST_PULLED|pull image manifest"
_KNOWN = (
    (r"OutOfMemory", Ending("it used more memory than it asked for, and was killed", "ask for more memory")),
    (rf"({_PULL}).*no space left", Ending("its image does not fit on the disk of its machine",
     "give Docker more room: docker_storage in the image's definition")),
    (rf"({_PULL}).*(toomanyrequests|rate limit)", Ending("the registry refuses more pulls without a login for now",
     "take the image from ECR or ECR Public, or give the machines a login (repository_credentials)")),
    (rf"({_PULL}).*(denied|forbidden|unauthorized|no basic auth|not authorized|40[13])", Ending(
     "the registry does not let its machine have the image, or has no such repository",
     "check the image's name, and that the machines' role (or the execution role) may pull it")),
    (rf"({_PULL}).*(manifest unknown|not found|does not exist|no match|descriptor matching platform|40[04])", Ending(
     "the registry has no image of that name and tag, or none for this architecture",
     "check the image's name, tag and digest")),
    (_PULL, Ending("its image could not be pulled",
     "check the image's name, the way from the subnet to the registry, and the free disk space")),
    (r"no space left on device", Ending("the disk of its machine was full",
     "give Docker more room: docker_storage in the image's definition")),
    (r"logging driver|log stream|CloudWatch", Ending("Docker could not write its output to CloudWatch Logs",
     "check that the log group is there, and that the machines' role may write to it")),
    (r"(CannotStart|CannotCreate)ContainerError.*(no such file|executable file not found|permission denied)",
     Ending("its image has no such command, or it cannot be executed there", "check the command against the image")),
    (r"Minimum memory limit", Ending("it asks for less memory than Docker takes", "ask for more memory")),
    (r"unable to assume the role", Ending("its job role, or its execution role, cannot be assumed by its machine",
     "check the role's trust policy (ecs-tasks.amazonaws.com), and that the role is there")),
    (r"EFS (utils|volume)", Ending("its EFS file system could not be mounted",
     "check the file system's mount targets and their security group, and what the roles may do with it")),
    (r"ResourceInitializationError|(pull|fetch|retriev)\w*( \w+)? secret", Ending(
     "a secret or a login could not be fetched for it",
     "check the secret's ARN, and what the execution role may read")),
    (r"DockerTimeoutError|CannotInspectContainerError|timed out after waiting", Ending(
     "Docker did not answer in time on its machine, which was too busy, or whose disk was",
     "try again; a larger disk or a larger machine helps")),
    (r"HostConfigError|Cannot\w+ContainerError", Ending("Docker could not make or start its container",
     "check volumes, user, limits and command of its job definition")),
    (r"Host EC2", Ending("its machine was taken away or ended under it, as happens to Spot machines",
     "allow more attempts, or use a queue with On-Demand machines")),
    (r"attempt duration exceeded timeout", Ending("it took longer than its timeout allows; that is never tried again",
     "raise its timeout")),
    (r"Dependent Job failed", Ending("a job that it depends on has failed", "see that job")),
    (r"Array Child Job failed", Ending("a job of its array has failed", "see the children that FAILED")),
    (r"JobStateTimeLimit", Ending("it waited longer at the head of its queue than time_limits of the queue allow",
     "see what kept it waiting: the reason behind it")),
    (r"Job killed by NF", Ending("Nextflow ended it, as it does with all jobs of a run that stops",
     "see the log of the run")),
    (r"CannotPull|Task failed to start", Ending("its container never started",
     "see the container's reason, and whether its machine has room and can reach the registry")),
)  # fmt: skip
_ENDED = "Essential container in task exited"
_CODES = {
    126: Ending("its command is there but cannot be executed (exit code 126)", "check the command against the image"),
    127: Ending("its command, or a program in it, is not in the image (exit code 127)",
                "check the command against the image"),
    137: Ending("it was killed from outside (exit code 137), mostly for the memory that it took",
                "ask for more memory; see its log"),
    139: Ending("its program crashed (exit code 139, a wrong access to memory)", _LOG),
    143: Ending("it was asked to end, and did (exit code 143)", _LOG),
}  # fmt: skip


def explain(status_reason: str, container_reason: str = "", exit_code: int | None = None) -> Ending | None:
    """Explain how an attempt ended; None where the reason is missing, or a person's own (terminate-job)."""
    for text in (container_reason, status_reason):
        for pattern, ending in _KNOWN:
            if text and re.search(pattern, text, re.IGNORECASE | re.DOTALL):
                return ending
    if exit_code is not None and (_ENDED in status_reason or not status_reason):
        return _explain_code(exit_code)
    return Ending("its container ended", _LOG) if "exited" in status_reason else None


def _explain_code(exit_code: int) -> Ending:
    if exit_code == 0:
        return Ending("its command ended well")
    return _CODES.get(exit_code) or Ending(f"its own command ended with exit code {exit_code}", _LOG)
