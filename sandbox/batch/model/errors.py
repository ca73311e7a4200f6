"""Batch's one error of the caller. https://docs.aws.amazon.com/batch/latest/APIReference/CommonErrors.html

AWS documents few of its messages. Those that people have met ("Object already exists", "Cannot delete, found existing
JobQueue relationship", "resource is being modified", the service-linked role, scaling down …) are worded as AWS's; the
rest say the same in words of the sandbox. Nothing should tell refusals apart by the latter.
"""

from moto.core.exceptions import ServiceException

from sandbox.world.refusals import Refusal


class ClientException(ServiceException):
    """HTTP 400: "a client action, such as … using an identifier that's not valid"."""

    code = "ClientException"


class Unmodelled(Exception):
    """An error that is in no model of Batch's: it comes from what stands before or beside Batch."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class TooManyRequests(Unmodelled):
    """HTTP 429: more requests a second than the account may make."""

    def __init__(self) -> None:
        super().__init__(Refusal("TooManyRequestsException", "Too Many Requests", 429))


class BadRequest(Unmodelled):
    """HTTP 400: what AWS's tags do not take (Netflix/metaflow#1345, nf-core/hic#224)."""

    def __init__(self, message: str) -> None:
        super().__init__(Refusal("BadRequestException", message))


def refused(message: str) -> ClientException:
    """Make a ClientException to be raised. Batch tells its refusals apart by their message alone."""
    return ClientException(message)


def executing(message: str) -> ClientException:
    """Make the same, worded as Batch words what is wrong in a request's fields."""
    return ClientException(f"Error executing request, Exception : {message}")
