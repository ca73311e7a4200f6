"""The user data of Batch's machines: Batch's own part, merged with that of the launch template (pure).

Source: https://docs.aws.amazon.com/batch/latest/userguide/launch-templates.html ("your user data is merged with other
user data that is required to configure your compute resources"). What it holds was seen on machines of Batch by their
owners: a first part with settings of the agent, so that the template's parts may change them, and a last one that names
the cluster again, whatever the template's did. The settings: task clean-up after 2 minutes, images after 10, 5 a time,
and the 32 MiB of https://docs.aws.amazon.com/batch/latest/userguide/ecs-reserved-memory.html.
"""

import base64
from email import message_from_string
from email.message import Message

_CONFIG = "/etc/ecs/ecs.config"
_SETTINGS = {
    "ECS_DISABLE_IMAGE_CLEANUP": "false",
    "ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION": "2m",
    "ECS_IMAGE_CLEANUP_INTERVAL": "10m",
    "ECS_IMAGE_MINIMUM_CLEANUP_AGE": "10m",
    "ECS_NUM_IMAGES_DELETE_PER_CYCLE": "5",
    "ECS_RESERVED_MEMORY": "32",
}
_REVISION = "com.amazonaws.batch.compute-environment-revision"


def merge(cluster: str, revision: int, given: str | None) -> str:
    """Merge the template's user data (base64 of MIME multi-part, or None) with Batch's; the result is base64 too.

    `cluster` is the name of the environment's ECS cluster, `revision` how often its infrastructure was made anew. The
    template's parts are taken over to the letter.
    """
    attribute = f'{{\\"{_REVISION}\\":\\"{revision}\\"}}'
    settings = {"ECS_CLUSTER": cluster, **_SETTINGS, "ECS_INSTANCE_ATTRIBUTES": attribute}
    parts = [_make_script(settings), *_list_parts(given), _make_script({"ECS_CLUSTER": cluster})]
    boundary = "==BOUNDARY=="
    while any(f"--{boundary}" in part for part in parts):
        boundary = f"={boundary}="
    head = f'Content-Type: multipart/mixed; boundary="{boundary}"\nMIME-Version: 1.0\n\n'
    text = head + "".join(f"--{boundary}\n{part}\n" for part in parts) + f"--{boundary}--\n"
    return base64.b64encode(text.encode("latin-1")).decode()


def _make_script(settings: dict[str, str]) -> str:
    lines = [f"echo {name}={value}>>{_CONFIG}" for name, value in settings.items()]
    script = "\n".join(("#!/bin/bash", *lines, ""))
    return f'MIME-Version: 1.0\nContent-Type: text/x-shellscript; charset="us-ascii"\n\n{script}'


def _list_parts(given: str | None) -> list[str]:
    """List the parts of MIME user data as they are, headers and all."""
    if not given:
        return []
    text = base64.b64decode(given).decode("latin-1")
    message: Message = message_from_string(text)
    marker = f"--{message.get_boundary()}"
    parts: list[list[str]] = []
    for line in text.split("\n"):
        if line.rstrip() == f"{marker}--":
            break
        if line.rstrip() == marker:
            parts.append([])
        elif parts:
            parts[-1].append(line)
    return ["\n".join(part) for part in parts]
