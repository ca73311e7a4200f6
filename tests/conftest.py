"""The plugins whose fixtures tests of several rooms share; a room's conftest.py holds what that room alone uses."""

import os

from hypothesis import settings

# The same sequences at each run: whether a change is refused must not hang on chance. KILN_SEQUENCES=new tries others.
settings.register_profile("same", derandomize=True)
settings.register_profile("new", print_blob=True)
settings.load_profile(os.environ.get("KILN_SEQUENCES", "same"))

pytest_plugins = (
    "tests.support.fixtures.offline",
    "tests.support.fixtures.amis",
    "tests.support.minutes",
    "tests.support.played",
)
