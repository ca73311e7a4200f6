"""The tasks of Nextflow's side: what is typed reaches the command behind it."""

from tests.support.typed import Record, Typed


def test_nextflow_config(typed: Typed, recorded: Record) -> None:
    written = recorded("nextflow.config.command.nextflow_config")
    typed("nextflow-config")
    typed("nextflow-config", "--env", "e", "--region", "r", "--json")
    checked = recorded("nextflow.config.check.command.check", 2)
    assert typed("nextflow-config", "--check", "f", "--env", "e") == 2
    assert checked.calls == [(("f", "e", None), {"as_json": False})]
    typed("nextflow-config", "--check", "")
    assert checked.calls[1:] == [(("", "genomics", None), {"as_json": False})]  # an empty name is no file, and told
    assert written.calls == [(("genomics", None), {"as_json": False}), (("e", "r"), {"as_json": True})]


def test_nextflow_image(typed: Typed, recorded: Record) -> None:
    built = recorded("nextflow.container.command.nextflow_image")
    typed("nextflow-image")
    typed("nextflow-image", "--push", "--on", "machine", "--base", "b", "--nextflow", "n", "--aws-cli", "base",
          "--package-sources", "p", "--region", "r", "--json")  # fmt: skip
    plain = {"push": False, "on": "auto", "base": "", "nextflow": "", "aws_cli": "", "sources": "", "as_json": False}
    assert built.calls == [((None,), plain), (("r",), {
        "push": True, "on": "machine", "base": "b", "nextflow": "n", "aws_cli": "base", "sources": "p", "as_json": True,
    })]  # fmt: skip
