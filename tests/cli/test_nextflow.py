"""The tasks of Nextflow's side: what is typed reaches the command behind it."""

from tests.support.typed import Record, Typed


def test_nextflow_config(typed: Typed, recorded: Record) -> None:
    written = recorded("nextflow.config.command.nextflow_config")
    typed("nextflow-config")
    typed("nextflow-config", "--env", "e", "--region", "r", "--json")
    checked = recorded("nextflow.config.check.command.check", 2)
    assert typed("nextflow-config", "--check", "f", "--env", "e") == 2
    assert checked.calls == [(("f", "e", None), {"as_json": False})]
    assert written.calls == [(("genomics", None), {"as_json": False}), (("e", "r"), {"as_json": True})]
