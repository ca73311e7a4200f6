"""What the role of a builder must be allowed, so that it can pull container images with a login (pure).

Sources: "Actions, resources, and condition keys for Amazon ECR", "… for AWS Secrets Manager" and "… for AWS Systems
Manager", Service Authorization Reference; "Private repository policy examples" (pulling), Amazon ECR User Guide.
"""

from collections.abc import Iterator, Sequence

from cloud.policy import Permission, Scope
from images.spec.image import ImageSpec
from provision.provisioners.registries import ECR, find_login, registry_of

_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


def list_rights(specs: Sequence[ImageSpec], scope: Scope) -> tuple[Permission, ...]:
    """List the statements for the role of the images' instance profile; none where every image is public."""
    repositories = {arn for spec in specs for arn in _repositories(spec, scope)}
    logins = [find_login(name, spec.registries) for spec in specs for name in spec.private_images]
    sources = {login.source for login in logins if login}
    secrets = {_secret(source, scope) for source in sources if source.startswith("secret:")}
    parameters = {_parameter(source, scope) for source in sources if source.startswith("parameter:")}
    asked = (
        ("BuilderRegistry", ("ecr:GetAuthorizationToken",), {"*"} if repositories else set()),
        ("BuilderImages", _PULL, repositories),
        ("BuilderSecrets", ("secretsmanager:GetSecretValue",), secrets),
        ("BuilderParameters", ("ssm:GetParameter",), parameters),
    )
    return tuple(Permission(sid, actions, tuple(sorted(arns))) for sid, actions, arns in asked if arns)


def _repositories(spec: ImageSpec, scope: Scope) -> Iterator[str]:
    for name in spec.container_images.root:
        if ecr := ECR.fullmatch(registry_of(name)):
            repository = name.partition("/")[2].partition("@")[0].partition(":")[0]
            yield f"arn:{scope.partition}:ecr:{ecr['region']}:{ecr['account']}:repository/{repository}"


def _secret(source: str, scope: Scope) -> str:
    """A secret's ARN ends in a hyphen and six characters that its name does not tell."""
    name = source.partition(":")[2]
    return name if name.startswith("arn:") else scope.arn("secretsmanager", f"secret:{name}-??????")


def _parameter(source: str, scope: Scope) -> str:
    name = source.partition(":")[2]
    return name if name.startswith("arn:") else scope.arn("ssm", f"parameter/{name.removeprefix('/')}")
