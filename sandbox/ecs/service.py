"""ECS behind the sandbox's endpoint: an operation of botocore's model to the function that does it.

What is not in the table below is refused by the gate as not imitated (HTTP 501), never taken for granted.
Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Operations.html
"""

import json
from collections.abc import Callable
from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_service_model

from sandbox.ecs import clusters, endpoints, tags
from sandbox.ecs.instances import calls as instances
from sandbox.ecs.instances import registering
from sandbox.ecs.model import shapes, tables
from sandbox.ecs.model.caller import Caller
from sandbox.ecs.model.records import Fields
from sandbox.ecs.model.tables import Records
from sandbox.ecs.tasks import calls as tasks
from sandbox.ecs.tasks import changes
from sandbox.iam.callers import find_caller
from sandbox.world.request import find_request
from sandbox.world.world import current

Operation = Callable[[Records, Fields, Caller], Fields]

OPERATIONS: dict[str, Operation] = {
    "CreateCluster": clusters.create,
    "DescribeClusters": clusters.describe,
    "ListClusters": clusters.list_clusters,
    "DeleteCluster": clusters.delete,
    "RegisterContainerInstance": registering.register,
    "DeregisterContainerInstance": instances.deregister,
    "DescribeContainerInstances": instances.describe,
    "ListContainerInstances": instances.list_instances,
    "UpdateContainerInstancesState": instances.update_state,
    "DescribeTasks": tasks.describe,
    "ListTasks": tasks.list_tasks,
    "StopTask": tasks.stop,
    "DescribeTaskDefinition": tasks.describe_definition,
    "DiscoverPollEndpoint": endpoints.discover,
    "SubmitTaskStateChange": changes.change_task,
    "SubmitContainerStateChange": changes.change_container,
    "SubmitAttachmentStateChanges": changes.change_attachments,
    "ListTagsForResource": tags.list_tags,
}


class Ecs(BaseResponse):
    """Parses with botocore's model, does the operation while the sandbox stands still, serialises the answer."""

    def __init__(self) -> None:
        super().__init__(service_name="ecs")
        self.automated_parameter_parsing = True

    def call_action(self) -> TYPE_RESPONSE:
        name = self._get_action()
        operation = OPERATIONS.get(name)
        if operation is None:
            raise NotImplementedError(name)
        world = current()
        with world.lock:
            world.settle()
            try:
                request = self._request(name)
                return self._answer(ActionResult(operation(tables.of(self.region), request, self._find_caller())))
            except ServiceException as error:
                return self._answer(ActionResult(error))

    def _request(self, name: str) -> Fields:
        """Read the parsed request without what was not given; refused when ECS's model does not take it.

        What agents tell is taken as it comes: they drop a change that is refused.
        """
        given: Fields = {key: value for key, value in self.params.items() if value is not None}
        if not name.startswith("Submit"):
            shapes.check(get_service_model("ecs").operation_model(name).input_shape, given)
        return given

    def _find_caller(self) -> Caller:
        request = find_request(self.normalized_request.environ)
        found = find_caller(current(), request.access_key) if request else None
        environ = self.normalized_request.environ
        return Caller(
            machine=found.instance if found else "",
            arn=found.arn if found else "",
            endpoint=f"{environ.get('wsgi.url_scheme', 'http')}://{environ.get('HTTP_HOST', '')}",
            client_token=_read_client_token(self.body),
        )

    def _answer(self, result: ActionResult) -> TYPE_RESPONSE:
        status, headers, body = self.serialized(result)
        answer: Any = (int(status), {key: str(value) for key, value in headers.items()}, body)
        return answer  # type: ignore[no-any-return]


def _read_client_token(body: Any) -> str:
    """Read the agent's clientToken, which the model of ECS's API does not have."""
    try:
        return str(json.loads(body or "{}").get("clientToken") or "")
    except (ValueError, AttributeError):
        return ""
