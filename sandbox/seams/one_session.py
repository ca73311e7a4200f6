"""Imports the part of moto that asks botocore for regions with one session in the place of three.

Each new session parses EC2's whole service model again, which is most of the time that the sandbox takes to start.
"""

import importlib

import boto3


def import_regions() -> None:
    """Import moto's module of regions and zones once, sharing a session."""
    session_class, session = boto3.Session, boto3.Session()
    setattr(boto3, "Session", lambda: session)  # noqa: B010 - a class is replaced for a moment
    try:
        importlib.import_module("moto.ec2.models.availability_zones_and_regions")
    finally:
        setattr(boto3, "Session", session_class)  # noqa: B010


import_regions()
