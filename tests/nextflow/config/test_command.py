"""`invoke nextflow-config` as a person sees it."""

from pathlib import Path

import pytest

from environments.spec import definitions
from nextflow.config import command
from sandbox.inprocess import Sandbox

SHIPPED = Path(definitions.__file__).parent.parent / "salmon.yaml"


@pytest.mark.parametrize("closed", [True, False])
def test_an_environment_that_starts_nothing_is_told_of(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str], closed: bool
) -> None:
    (file := tmp_path / "env.yaml").write_text(
        SHIPPED.read_text().replace("    min_vcpus: 0\n", "    state: disabled\n" if closed else "")
    )
    assert command.nextflow_config(str(file), None, as_json=False) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("// Nextflow's configuration for salmon")
    assert ("! no queue of salmon starts machines" in shown.err) == closed
