"""The tasks of Nextflow's side: its configuration."""

from invoke.context import Context

from cli.task import JSON, REGION, task


@task(
    help={
        "env": "a name under environments/, or the path of a YAML file",
        "check": "output of `nextflow config -flat`, or a trace: say which of its processes would wait for ever",
        "region": REGION,
        "json": JSON,
    },
)
def nextflow_config(
    c: Context, env: str = "genomics", check: str = "", region: str = "", json: bool = False
) -> int:  # fmt: skip
    """Print Nextflow's configuration for an environment."""
    if check:
        from nextflow.config.check import command as checking

        return checking.check(check, env, region or None, as_json=json)
    from nextflow.config import command

    return command.nextflow_config(env, region or None, as_json=json)
