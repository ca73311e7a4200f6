"""Batch's one error of the caller. https://docs.aws.amazon.com/batch/latest/APIReference/CommonErrors.html"""

from moto.core.exceptions import ServiceException


class ClientException(ServiceException):
    """HTTP 400: "a client action, such as … using an identifier that's not valid"."""

    code = "ClientException"


def refused(message: str) -> ClientException:
    """A ClientException to be raised. Batch tells its refusals apart by their message alone."""
    return ClientException(message)


def executing(message: str) -> ClientException:
    """The same, worded as Batch words what it finds wrong in a request's fields."""
    return ClientException(f"Error executing request, Exception : {message}")
