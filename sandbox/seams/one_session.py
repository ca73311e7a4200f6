"""Imports the part of moto that asks botocore for regions with one session in the place of three.

Each new session parses EC2's whole service model again, which is most of the time that the sandbox takes to start.
"""

import functools
import importlib
from typing import Any

import boto3

from sandbox.seams.seam import Seam


def _shared(cls: Any) -> Any:
    session = cls()

    @functools.wraps(cls)
    def give(*_: Any, **__: Any) -> Any:
        return session

    return give


SEAM = Seam(boto3, "Session", _shared, "for the moment of an import: moto makes three sessions to list AWS's regions")

with SEAM.in_place():
    importlib.import_module("moto.ec2.models.availability_zones_and_regions")
