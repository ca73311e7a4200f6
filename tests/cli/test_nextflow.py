"""The tasks of Nextflow's side: what is typed reaches the command behind it."""

from tests.support.typed import Record, Typed


def test_nextflow_config(typed: Typed, recorded: Record) -> None:
    written = recorded("nextflow.config.command.nextflow_config")
    typed("nextflow-config")
    typed("nextflow-config", "--env", "e", "--region", "r", "--json")
    assert written.calls == [(("genomics", None), {"as_json": False}), (("e", "r"), {"as_json": True})]
