"""Batch behind the sandbox's endpoint: an operation of botocore's model to the function that does it.

What is not in the table below is refused by the gate as not imitated (HTTP 501), never taken for granted.
Source: https://docs.aws.amazon.com/batch/latest/APIReference/API_Operations.html
"""

from collections.abc import Callable
from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_service_model

from sandbox.batch import shapes, tags
from sandbox.batch.compute_environments import calls as compute_environments
from sandbox.batch.compute_environments import views as environment_views
from sandbox.batch.job_definitions import calls as job_definitions
from sandbox.batch.job_queues import calls as job_queues
from sandbox.batch.jobs import lists, stopping, submission
from sandbox.batch.model import records, waking
from sandbox.batch.model.errors import Unmodelled
from sandbox.batch.model.records import Fields, Records
from sandbox.batch.placing import scheduler
from sandbox.world.refusals import make_body, make_headers
from sandbox.world.world import current

Operation = Callable[[Records, Fields], Fields]

OPERATIONS: dict[str, Operation] = {
    "CreateComputeEnvironment": compute_environments.create,
    "DescribeComputeEnvironments": environment_views.describe,
    "UpdateComputeEnvironment": compute_environments.update,
    "DeleteComputeEnvironment": compute_environments.delete,
    "CreateJobQueue": job_queues.create,
    "DescribeJobQueues": job_queues.describe,
    "UpdateJobQueue": job_queues.update,
    "DeleteJobQueue": job_queues.delete,
    "GetJobQueueSnapshot": lists.take_snapshot,
    "RegisterJobDefinition": job_definitions.register,
    "DescribeJobDefinitions": job_definitions.describe,
    "DeregisterJobDefinition": job_definitions.deregister,
    "SubmitJob": submission.submit,
    "DescribeJobs": lists.describe,
    "ListJobs": lists.list_jobs,
    "CancelJob": stopping.cancel,
    "TerminateJob": stopping.terminate,
    "TagResource": tags.tag,
    "UntagResource": tags.untag,
    "ListTagsForResource": tags.list_tags,
}
PATHS = (r"{0}/v1/(?P<operation>[^/]+)/?$", r"{0}/v1/tags/(?P<arn>.+)$")


waking.listen(scheduler.wake)


class Batch(BaseResponse):
    """Parses with botocore's model, does the operation while the sandbox stands still, serialises the answer."""

    def __init__(self) -> None:
        super().__init__(service_name="batch")
        self.automated_parameter_parsing = True

    def call_action(self) -> TYPE_RESPONSE:
        name = self._get_action()
        operation = OPERATIONS.get(name)
        if operation is None:
            raise NotImplementedError(name or f"{self.method} {self.path}")
        world = current()
        with world.lock:
            world.settle()
            try:
                table = records.of(self.region)
                return self._answer(ActionResult(operation(table, self._request(name))))
            except ServiceException as error:
                return self._answer(ActionResult(error))
            except Unmodelled as error:
                content_type, body = make_body(error.refusal, "rest-json")
                return error.refusal.status, dict(make_headers(error.refusal, content_type)), body

    def _request(self, name: str) -> Fields:
        """Read the parsed request without what was not given; refused when Batch's model does not take it."""
        given: Fields = {key: value for key, value in self.params.items() if value is not None}
        shapes.check(get_service_model("batch").operation_model(name).input_shape, given)
        return given

    def _answer(self, result: ActionResult) -> TYPE_RESPONSE:
        status, headers, body = self.serialized(result)
        answer: Any = (int(status), {key: str(value) for key, value in headers.items()}, body)
        return answer  # type: ignore[no-any-return]
