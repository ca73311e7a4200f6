"""The plugins whose fixtures tests of several rooms share; a room's conftest.py holds what that room alone uses."""

pytest_plugins = (
    "tests.support.fixtures.offline",
    "tests.support.fixtures.amis",
    "tests.support.minutes",
    "tests.support.played",
)
