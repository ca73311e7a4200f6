"""The task of sizing: from what runs used to machines and asks."""

from invoke.context import Context

from cli.task import JSON, REGION, task


@task(
    iterable=["trace"],
    help={
        "trace": "a trace file or an execution report of Nextflow; repeatable",
        "percentile": "share of the tasks, in percent, that must fit what is asked for at first",
        "env": "whose machines to choose from: a name under environments/, or the path of a YAML file",
        "types": "instance types or families with commas between them; default: the environment's, else c5,m5,r5",
        "max-vcpus": "vCPUs of all machines together; default: the environment's, else 100",
        "picture": "the SVG file that is drawn; '' for none",
        "write": "write it into the environment's definition and Nextflow's configuration; a diff comes first",
        "config": "the configuration's file; default: ENVIRONMENT.config",
        "yes": "write without asking",
        "region": REGION,
        "json": JSON,
    },
)
def size(
    c: Context,
    trace: list[str],
    percentile: str = "95",
    env: str = "",
    types: str = "",
    max_vcpus: int = 0,
    picture: str = "sizing.svg",
    write: bool = False,
    config: str = "",
    yes: bool = False,
    region: str = "",
    json: bool = False,
) -> int:
    """Size processes and machines by what runs used."""
    from nextflow.recommendation import command

    options = command.Options(percentile, env, types, max_vcpus, picture, region or None, write, config, yes)
    return command.run(trace, options, as_json=json)
