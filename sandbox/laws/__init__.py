"""AWS's own rules that moto leaves out, each in a module that names its source."""

from sandbox import one_session

__all__ = ["one_session"]
