"""The tasks that need no account: what definitions say, and what whoever runs Kiln must be allowed."""

from invoke.context import Context

from cli.task import task


@task(iterable=["path"], help={"path": "a YAML file or a folder; repeatable; default: all that Kiln ships"})
def validate(c: Context, path: list[str]) -> int:
    """Check YAML definitions, all problems at once."""
    from dataclasses import replace
    from functools import partial

    from environments.spec import definitions as environments
    from images.spec import definitions as images
    from kiln.validation import validate
    from launch_templates import definitions as launch_templates

    check = partial(launch_templates.check, find_image_family=images.find_family)
    templates = replace(launch_templates.KIND, check=check)
    return validate(path, (images.KIND, templates, environments.KIND))


@task(
    iterable=["env", "image", "github_environment"],
    help={
        "env": "a name under environments/, or the path of a YAML file; repeatable; default: genomics",
        "image": "the same under images/, for its KMS keys and instance profile; default: the environments' images",
        "boundary": "ARN of a policy that must bound every role that Kiln makes; default: the definitions'",
        "region": "limit it to a region",
        "account": "limit it to an account (twelve digits)",
        "for": "print instead: nextflow, what the one that runs Nextflow needs; administrator, the roles themselves",
        "builder": "print instead what the role of the images' builder needs, to pull container images with a login",
        "trust": "OWNER/REPOSITORY on GitHub: print the trust policy of its role instead",
        "github-environment": "a GitHub environment that the trust names; repeatable; default: plan and apply",
    },
)
def iam_policy(
    c: Context,
    env: list[str],
    image: list[str],
    github_environment: list[str],
    boundary: str = "",
    region: str = "",
    account: str = "",
    builder: bool = False,
    for_: str = "",
    trust: str = "",
) -> int:
    """Print the IAM policy that running Kiln needs."""
    from environments.commands import operator_policy
    from jobs.needs import needs as jobs_need
    from nextflow.needs import needs as nextflow_need

    if for_:
        return operator_policy.print_policy_for(for_, env, region, account)
    if builder:
        return operator_policy.print_builder_policy(env, image, region, account)
    environments = github_environment or ["plan", "apply"]
    return operator_policy.print_policies(
        env, image, boundary, region, account, trust, environments, others=[jobs_need, nextflow_need]
    )
