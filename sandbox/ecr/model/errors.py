"""ECR's errors, in its words.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html and the other operations' pages.
"""

from moto.core.exceptions import ServiceException


class EcrError(ServiceException):
    """An error of ECR's model, told by its code."""


def refused(code: str, message: str) -> EcrError:
    """Return the error of a code, such as ImageNotFoundException."""
    return EcrError(code, message)


def refuse_parameter(name: str, constraint: str) -> EcrError:
    return refused(
        "InvalidParameterException", f"Invalid parameter at '{name}' failed to satisfy constraint: '{constraint}'"
    )
