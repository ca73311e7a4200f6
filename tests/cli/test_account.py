"""The tasks that need no account."""

import json
from pathlib import Path

import pytest

from jobs.needs import needs as jobs_need
from kiln.errors import Exit
from nextflow.needs import needs as nextflow_need
from tests.support.typed import Record, Typed


def test_validate_reads_every_kind_of_definition(
    typed: Typed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("name: x\nbase: {ssm: ecs/al2023}\ndocker_storage: {driver: overlay2}\n")
    bad.write_text("name: e\nimage: x\nlaunch_template: x\ncompute_environments: {}\nqueues: {}\n")
    assert typed("validate", "--path", str(good)) == Exit.DONE
    assert "1 definition, 1 good" in capsys.readouterr().out
    assert typed("validate", "--path", str(good), "--path", str(bad)) == Exit.USER_ERROR
    shown = capsys.readouterr()
    assert "2 definitions, 1 good, 1 with problems" in shown.out
    assert "environments/reference.yaml" in shown.err


def test_iam_policy(typed: Typed, recorded: Record) -> None:
    policy = recorded("environments.commands.operator_policy.print_policies")
    typed("iam-policy")
    typed(
        "iam-policy", "--env", "a", "--env", "b", "--image", "i", "--boundary", "arn", "--region", "r",
        "--account", "1", "--trust", "o/r", "--github-environment", "prod",
    )  # fmt: skip
    assert policy.calls == [
        (([], [], "", "", "", "", ["plan", "apply"]), {"others": [jobs_need, nextflow_need]}),
        ((["a", "b"], ["i"], "arn", "r", "1", "o/r", ["prod"]), {"others": [jobs_need, nextflow_need]}),
    ]


def test_the_policy_needs_no_account(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert typed("iam-policy", "--region", "eu-west-1", "--account", "123456789012") == Exit.DONE
    assert '"Version": "2012-10-17"' in capsys.readouterr().out
    assert typed("iam-policy", "--trust", "o/r", "--account", "123456789012") == Exit.DONE
    trust = json.loads(capsys.readouterr().out)
    assert "repo:o/r:environment:plan" in json.dumps(trust)
