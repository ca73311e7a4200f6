"""Docker's LogConfig of a container, as ECS makes it of a logConfiguration.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html (the stream is
prefix-name/container-name/ecs-task-id; awslogs-region), https://docs.docker.com/engine/logging/drivers/awslogs/
(awslogs-endpoint). Neither the agent nor Docker knows the prefix. The endpoint is the sandbox's: it stands in the
payload and in nothing that is shown.
"""

from sandbox.ecs.model.records import Fields, Task

AWSLOGS = "awslogs"


def name_stream(container: Fields, task_id: str) -> str:
    """Name the log stream of a container; "" where Docker names it itself, or writes elsewhere."""
    log = container.get("logConfiguration") or {}
    prefix = (log.get("options") or {}).get("awslogs-stream-prefix")
    return f"{prefix}/{container['name']}/{task_id}" if log.get("logDriver") == AWSLOGS and prefix else ""


def make_log_config(task: Task, region: str, endpoint: str) -> Fields:
    """Make LogConfig; {} for Docker's own default."""
    log = task.asked.container.get("logConfiguration") or {}
    if not log.get("logDriver"):
        return {}
    options = dict(log.get("options") or {})
    if log["logDriver"] == AWSLOGS:
        stream = name_stream(task.asked.container, task.id)
        options.pop("awslogs-stream-prefix", None)
        options.setdefault("awslogs-region", region)
        options |= {"awslogs-stream": stream} if stream else {}
        options |= {"awslogs-endpoint": endpoint} if endpoint else {}
    return {"Type": log["logDriver"], "Config": options}
