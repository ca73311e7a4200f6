"""The tasks of runs: starting a pipeline in an environment, listing runs, showing what became of them."""

import sys

from invoke.context import Context

from cli.task import JSON, REGION, task
from kiln.errors import UserError

_ENV = "a name under environments/, or the path of a YAML file"


@task(
    positional=["pipeline"],
    help={
        "pipeline": "a folder, s3://BUCKET/FOLDER, OWNER/REPOSITORY or an address of git; behind -- its own arguments",
        "env": _ENV,
        "name": "the run's name; default: the pipeline's with the time",
        "revision": "branch, tag or commit of a repository",
        "params": "YAML or JSON file of the pipeline's parameters; it travels in S3",
        "profile": "profiles of the pipeline, with commas between them; awsbatch is added",
        "output": "s3://… for the results: the pipeline's parameter for that is looked for, outdir where none tells",
        "work": "s3://… for the tasks' files; default: a folder of its own in the environment's bucket",
        "resume": "name of a run that goes on: same session, cache and work folder",
        "follow": "show states and log to its end, list its results, end with Nextflow's exit code",
        "yes": "do not ask before the first run of a pipeline",
        "region": REGION,
        "json": JSON,
    },
)
def run(
    c: Context, pipeline: str, env: str = "genomics", name: str = "", revision: str = "", params: str = "",
    profile: str = "", output: str = "", work: str = "", resume: str = "", follow: bool = False, yes: bool = False,
    region: str = "", json: bool = False,
) -> int:  # fmt: skip
    """Run a pipeline in an environment."""
    from nextflow.runs import arguments
    from nextflow.runs.commands import run as command
    from nextflow.runs.start.asked import Asked

    words = arguments.read_behind_dashes()
    asked = Asked(pipeline, env, name, resume, revision, params, profile, output, work, words)
    return command.run(asked, region or None, follows=follow, yes=yes, as_json=json)


@task(
    help={
        "env": _ENV,
        "orphans": "list instead the jobs whose head is over or gone, by the run's id in their tags; exit code 2",
        "terminate": "with --orphans: end them",
        "region": REGION,
        "json": JSON,
    },
)
def list_runs(
    c: Context, env: str = "genomics", orphans: bool = False, terminate: bool = False, region: str = "",
    json: bool = False,
) -> int:  # fmt: skip
    """List the runs of an environment, or its orphans."""
    from nextflow.runs.commands import list_runs as command

    return command.list_runs(env, region or None, orphans_alone=orphans, terminate=terminate, as_json=json)


@task(positional=["name"], help={"name": "the run's name", "env": _ENV, "region": REGION, "json": JSON})
def show_run(c: Context, name: str, env: str = "genomics", region: str = "", json: bool = False) -> int:
    """Show a run: its head, its tasks, its cost."""
    from nextflow.runs.commands import show_run as command

    return command.show_run(name, env, region or None, as_json=json)


@task(
    iterable=["include"],
    help={
        "path": "a folder or a file of this computer",
        "to": "the folder in the environment's bucket; default: where its parameter is, else the folder's own name; "
        "a file stands beside such folders",
        "include": "a glob: files that match none are left out; repeatable, in quotes, such as '*.fq.gz'",
        "env": _ENV,
        "region": REGION,
        "json": JSON,
    },
)
def upload(
    c: Context, path: str, include: list[str], to: str = "", env: str = "genomics", region: str = "",
    json: bool = False,
) -> int:  # fmt: skip
    """Upload files to an environment's bucket."""
    from nextflow.upload import command

    if not include and "--include" in sys.argv:  # invoke takes the next option for none
        raise UserError("--include has no glob", "without one, all files would be uploaded", "Try --include '*.fq.gz'.")
    return command.upload(path, to, include, env, region or None, as_json=json)
