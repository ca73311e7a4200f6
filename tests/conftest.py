"""What tests share in their process: botocore's models, and one offline AWS, because moto keeps one account."""

import gc
from collections.abc import Iterator

import pytest

from sandbox.inprocess import Sandbox
from tests.support import botocore_once, no_wire


@pytest.fixture(scope="session", autouse=True)
def _botocore_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        botocore_once.share(patch)
        gc.freeze()  # all modules and tests: the collector need not walk through them again and again
        yield


@pytest.fixture(scope="session")
def one_sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox, pytest.MonkeyPatch.context() as patch:
        no_wire.short_cut(sandbox, patch)
        yield sandbox
