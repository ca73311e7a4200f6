"""What a call of ECS must be allowed.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
"""

from collections.abc import Iterator

from sandbox.iam.evaluation.policy import Question
from sandbox.world.request import Request
from sandbox.world.world import ACCOUNT


def ask(request: Request) -> Iterator[Question]:
    cluster = str(request.get("cluster") or "default").rpartition("/")[2]
    arn = f"arn:aws:ecs:{request.region}:{ACCOUNT}:"
    if request.operation == "DescribeContainerInstances":
        for instance in request.get("containerInstances") or []:
            yield Question(
                f"ecs:{request.operation}", f"{arn}container-instance/{cluster}/{instance.rpartition('/')[2]}"
            )
    elif request.operation == "DescribeTasks":
        for task in request.get("tasks") or []:
            yield Question(f"ecs:{request.operation}", f"{arn}task/{cluster}/{task.rpartition('/')[2]}")
    elif request.operation in ("ListContainerInstances", "ListTasks"):
        yield Question(f"ecs:{request.operation}", f"{arn}cluster/{cluster}")
    elif request.operation == "DescribeClusters":
        for name in request.get("clusters") or ["default"]:
            yield Question(f"ecs:{request.operation}", f"{arn}cluster/{name.rpartition('/')[2]}")
    else:
        yield Question(f"ecs:{request.operation}")
