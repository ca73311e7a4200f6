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


class TooManyRequests(Exception):  # no error of Batch's model: it comes from what stands before Batch
    """HTTP 429: more requests a second than the account may make."""

    refusal = Refusal("TooManyRequestsException", "Too Many Requests", 429)


def refused(message: str) -> ClientException:
    """Make a ClientException to be raised. Batch tells its refusals apart by their message alone."""
    return ClientException(message)


def executing(message: str) -> ClientException:
    """Make the same, worded as Batch words what is wrong in a request's fields."""
    return ClientException(f"Error executing request, Exception : {message}")
