"""Ids of jobs as people type them."""

import pytest

from environments.model import job_ids
from kiln.errors import UserError

ID = "4bb17e4d-0000-4000-8000-0123456789ab"
ARN = f"arn:aws:batch:us-east-1:123456789012:job/{ID}"


@pytest.mark.parametrize("end", ["", ":0", ":9999", "#0"])
def test_an_id_and_an_arn_are_the_same(end: str) -> None:
    for typed in (ID + end, f" {ID.upper()}{end}\n", ARN + end):
        assert job_ids.read(typed, "us-east-1") == ID + end
    assert job_ids.is_id(ID + end)


@pytest.mark.parametrize("text", ["", "fastqc", f"{ID}:", f"{ID}:-1", f"{{{ID}}}", ARN.replace("job/", "job-queue/")])
def test_what_is_no_id_stays_as_it_is(text: str) -> None:
    assert job_ids.read(text, "us-east-1") == text
    assert not job_ids.is_id(text)


def test_an_arn_of_another_region() -> None:
    with pytest.raises(UserError, match=f"the job {ID} is not in eu-west-1"):
        job_ids.read(ARN, "eu-west-1")
