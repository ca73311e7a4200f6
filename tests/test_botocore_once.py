"""The parts of botocore and moto that tests replace are there, and are called as they were."""

import pytest

from sandbox.seams.seam import Seam
from tests.support import botocore_once, moto_once


@pytest.mark.parametrize("seam", [*botocore_once.SEAMS, *moto_once.SEAMS], ids=str)
def test_a_replaced_part_is_there_and_called_alike(seam: Seam) -> None:
    seam.checked()
