"""Listing and showing jobs under exactly the printed policy."""

import io
from contextlib import redirect_stdout

from cloud.policy import Scope
from environments.commands import environment, operator_policy
from environments.rollout.options import Options
from environments.spec import definitions
from jobs.commands import list_jobs, show_job
from jobs.needs import needs
from kiln.errors import Exit
from sandbox.inprocess import Sandbox
from tests.support.denied import Become


def test_jobs_are_listed_and_shown_under_the_policy(sandbox: Sandbox, become: Become) -> None:
    environment.register(
        "genomics", "ecs-optimized", None, Options(), plan=False, yes=True, verbose=False, as_json=False
    )
    batch = sandbox.client("batch")
    container = {"image": "busybox", "resourceRequirements": [{"type": "VCPU", "value": "1"},
                                                              {"type": "MEMORY", "value": "512"}]}  # fmt: skip
    batch.register_job_definition(jobDefinitionName="a", type="container", containerProperties=container)
    job = batch.submit_job(jobName="fastqc", jobQueue="default", jobDefinition="a")["jobId"]
    sandbox.clock.advance(600)
    become(operator_policy.list_permissions([definitions.load("genomics")], Scope(), others=[needs]))
    with redirect_stdout(io.StringIO()) as shown:
        assert list_jobs.list_jobs("genomics", "", "", "", None, as_json=False) == Exit.DONE
        assert show_job.show_job(job, None, follow=False, as_json=False) == Exit.DONE
    assert "not checked" not in shown.getvalue()
    assert job in shown.getvalue()
