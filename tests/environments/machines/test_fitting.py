"""Row 4 and 5: what can never start is refused by the plan, what starts in some queues alone is warned of."""

from pathlib import Path

import pytest

from environments.rollout.options import Options
from kiln.errors import UserError
from sandbox.inprocess import Sandbox
from tests.support.environments import STOCK, Define, Register, Registered

JOBS = "job_definitions:\n  align: {{image: busybox, {}}}\n"
TWO_QUEUES = """
name: small
image: nextflow-al2023
ami: ecs-optimized
launch_template: nextflow-al2023
compute_environments:
  tiny: {instance_types: [c5.2xlarge]}
  huge: {instance_types: [m5.4xlarge]}
queues:
  low: {compute_environments: [tiny]}
  high: {compute_environments: [huge]}
job_definitions:
  align: {image: busybox, vcpus: 8, memory: 16 GiB}
"""


@pytest.mark.parametrize(
    ("asks", "what", "hint"),
    [
        ("vcpus: 8, memory: 16 GiB", "it asks for 16384 MiB; c5.2xlarge registers 15434 MiB",
         "ask for 15400 MiB or less, or allow c5.4xlarge"),
        ("vcpus: 16, memory: 1 GiB", "it asks for 16 vCPUs; c5.2xlarge has 8",
         "ask for 8 or fewer, or allow c5.4xlarge"),
        ("gpus: 1, memory: 1 GiB", "it asks for 1 GPU and 1 vCPU; c5.2xlarge has 0 and 8", "ask for less"),
        ("vcpus: 128, memory: 1 GiB", "it asks for 128 vCPUs; one may have 100", "raise max_vcpus to 128"),
    ],
)  # fmt: skip
def test_row_4_a_job_definition_that_fits_no_queue_is_refused(
    sandbox: Sandbox, register: Register, define: Define, asks: str, what: str, hint: str
) -> None:
    with pytest.raises(UserError) as refused:
        register(define(JOBS.format(asks)), STOCK)
    assert refused.value.what == f"the job definition align fits no queue (one): {what}"
    assert hint in refused.value.hint
    assert not sandbox.client("batch").describe_compute_environments()["computeEnvironments"]


@pytest.mark.parametrize("asks", ["vcpus: 8, memory: 15434 MiB", "vcpus: 1, memory: 4 MiB"])
def test_row_4_what_fits_is_not_spoken_of(sandbox: Sandbox, registered: Registered, define: Define, asks: str) -> None:
    assert registered(define(JOBS.format(asks)), STOCK, plan=True)["notes"] == []


def test_row_4_a_job_definition_that_fits_one_queue_of_two_is_warned_of(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    path = define()
    Path(path).write_text(TWO_QUEUES)
    [note] = registered(path, STOCK, plan=True)["notes"]
    assert note.startswith("the job definition align fits not low: it asks for 16384 MiB; c5.2xlarge registers 15434")
    assert note.endswith("ask for 15400 MiB or less, or allow c5.4xlarge")


@pytest.mark.parametrize(
    ("types", "most", "smallest"),
    [("c5.4xlarge", 8, "c5.4xlarge"), ("c5", 1, "c5.large"), ("optimal", 1, "large"), ("c5.4xlarge, m5.2xlarge", 4,
     "m5.2xlarge")],
)  # fmt: skip
def test_row_5_max_vcpus_below_one_machine_is_refused(
    sandbox: Sandbox, register: Register, define: Define, types: str, most: int, smallest: str
) -> None:
    path = define()
    text = Path(path).read_text().replace("[c5.2xlarge], max_vcpus: 100", f"[{types}], max_vcpus: {most}")
    Path(path).write_text(text)
    with pytest.raises(UserError, match=f"max_vcpus of one is {most}, less than one machine has") as refused:
        register(path, STOCK, options=Options())
    assert smallest in refused.value.why


def test_row_5_words_for_families_beside_a_large_type_have_small_sizes(
    sandbox: Sandbox, registered: Registered, define: Define
) -> None:
    path = define()
    text = Path(path).read_text().replace("[c5.2xlarge], max_vcpus: 100", "[c5.4xlarge, optimal], max_vcpus: 8")
    Path(path).write_text(text)
    assert registered(path, STOCK, plan=True)["code"]
