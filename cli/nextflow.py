"""The tasks of Nextflow's side: its configuration."""

from invoke.context import Context

from cli.task import JSON, REGION, task


@task(
    help={
        "env": "a name under environments/, or the path of a YAML file",
        "region": REGION,
        "json": JSON,
    },
)
def nextflow_config(c: Context, env: str = "genomics", region: str = "", json: bool = False) -> int:
    """Print Nextflow's configuration for an environment."""
    from nextflow.config import command

    return command.nextflow_config(env, region or None, as_json=json)
