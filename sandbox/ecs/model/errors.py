"""Errors of ECS. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html and each operation's own.

What an agent does with an error of its own calls (1.105): ClientException and InvalidParameterException end it at its
registration; a state change it sends again after ClientException, and drops after InvalidParameterException.
"""

from moto.core.exceptions import ServiceException


class ClientException(ServiceException):
    code = "ClientException"


class InvalidParameterException(ServiceException):
    code = "InvalidParameterException"


class ClusterNotFoundException(ServiceException):
    code = "ClusterNotFoundException"


class ClusterContainsContainerInstancesException(ServiceException):
    code = "ClusterContainsContainerInstancesException"


class ClusterContainsTasksException(ServiceException):
    code = "ClusterContainsTasksException"


class ServiceNotFoundException(ServiceException):
    code = "ServiceNotFoundException"


class AccessDeniedException(ServiceException):
    code = "AccessDeniedException"
