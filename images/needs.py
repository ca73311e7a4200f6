"""What building, testing, listing and cleaning images needs to be allowed.

EC2 knows Kiln's machines by their tags: kiln:build on all that a build makes, kiln:storage on volumes that machines
added to themselves. Sources: "Actions, resources, and condition keys for Amazon EC2", Service Authorization Reference;
"Grant permission to tag Amazon EC2 resources during creation" (ec2:CreateAction), Amazon EC2 User Guide;
"Requirements for Amazon EBS encryption" (permissions for users), Amazon EBS User Guide.
"""

from collections.abc import Sequence

from cloud import tags
from cloud.policy import FOR_AWS, VOLUME_KEY, Permission, Scope, has_tag, pass_roles
from images.spec.image import ImageSpec

_LOOK = (
    "ec2:DescribeImages", "ec2:DescribeInstances", "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes",
    "ec2:DescribeKeyPairs", "ec2:DescribeSecurityGroups", "ec2:DescribeSnapshots",
    "ec2:DescribeSubnets", "ec2:DescribeVolumes", "pricing:GetProducts",
)  # fmt: skip
_PARAMETERS = "arn:{}:ssm:{}:*:parameter/aws/*"  # AWS's own are nobody's: their ARN names no account
_NEW = ("RunInstances", "CreateImage", "CreateSecurityGroup", "ImportKeyPair")


def needs(scope: Scope, specs: Sequence[ImageSpec] = ()) -> tuple[Permission, ...]:
    """In the order in which a build comes to need them; `specs` add their own keys and instance profiles."""
    return (
        Permission("ImagesLook", _LOOK),
        Permission("ImagesBase", ("ssm:GetParameter",), (_PARAMETERS.format(scope.partition, scope.region),)),
        Permission("ImagesKeys", ("kms:DescribeKey",), (scope.arn("kms", "key/*"),)),
        *_to_make(scope),
        *_on_own(scope),
        *_keys(specs, scope),
        *_roles(specs, scope),
    )


def _to_make(scope: Scope) -> tuple[Permission, ...]:
    """Making machines, images, key pairs and groups: what is new carries Kiln's tag in the request itself."""
    return (
        Permission(
            "ImagesMake",
            ("ec2:CreateImage", "ec2:CreateSecurityGroup", "ec2:ImportKeyPair", "ec2:RunInstances"),
            # Of image and instance one is new and one is not: only what is new can be tagged by the request.
            scope.ec2(
                "image", "instance", "key-pair", "network-interface", "security-group", "snapshot", "subnet", "volume"
            ),
            has_tag(tags.BUILD, on="Request"),
        ),
        Permission("ImagesVpc", ("ec2:CreateSecurityGroup",), scope.ec2("vpc")),
        Permission(
            "ImagesTagNew",
            ("ec2:CreateTags",),
            ("*",),
            {"StringEquals": {"ec2:CreateAction": sorted(_NEW)}},
        ),
        # A machine is launched from any image; before a group of its own exists, the launch is tried with the default.
        Permission(
            "ImagesLaunchFrom",
            ("ec2:RunInstances",),
            (
                *scope.ec2("image", "security-group", "snapshot", "subnet"),
                *scope.ec2("key-pair", name="kiln-*"),
            ),
        ),
    )


def _on_own(scope: Scope) -> tuple[Permission, ...]:
    """What is done to things that carry Kiln's tag already."""
    ours = has_tag(tags.BUILD)
    return (
        Permission(
            "ImagesOwn",
            (
                "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateImage", "ec2:DeleteKeyPair", "ec2:DeleteSecurityGroup",
                "ec2:DeleteSnapshot", "ec2:DeleteVolume", "ec2:DeregisterImage", "ec2:GetConsoleOutput",
                "ec2:ModifyImageAttribute", "ec2:ModifySnapshotAttribute", "ec2:StopInstances",
                "ec2:TerminateInstances",
            ),
            scope.ec2("image", "instance", "key-pair", "security-group", "snapshot", "volume"),
            ours,
        ),
        Permission(
            "ImagesTagOwn", ("ec2:CreateTags", "ec2:DeleteTags"), scope.ec2("image", "snapshot"),
            {**ours, "ForAllValues:StringEquals": {"aws:TagKeys": [tags.EXPIRES, tags.STATUS]}},
        ),
        Permission("ImagesStorage", ("ec2:DeleteVolume",), scope.ec2("volume"), has_tag(tags.STORAGE)),
    )  # fmt: skip


def _keys(specs: Sequence[ImageSpec], scope: Scope) -> tuple[Permission, ...]:
    """EC2 encrypts volumes with a customer's key in the name of whoever launches the machine."""
    volumes = [volume for spec in specs for volume in (spec.volumes.root, spec.volumes.data) if volume]
    named = {volume.kms_key for volume in volumes if volume.kms_key}
    # IAM knows a key by its ARN alone: behind an id or an alias may be any of the account's.
    keys = tuple(sorted({key if ":key/" in key else scope.arn("kms", "key/*") for key in named}))
    if not keys:
        return ()
    through = {"StringLike": {"kms:ViaService": f"ec2.{scope.region}.amazonaws.com"}}
    return (
        Permission("ImagesEncrypt", VOLUME_KEY, keys, through),
        Permission("ImagesLendKeys", ("kms:CreateGrant",), keys, FOR_AWS),
    )


def _roles(specs: Sequence[ImageSpec], scope: Scope) -> tuple[Permission, ...]:
    """What builders bear: a role of the instance profile's own name, as the console and Kiln make them."""
    profiles = {spec.builder.instance_profile for spec in specs if spec.builder.instance_profile}
    roles = tuple(sorted({scope.iam(f"role/{profile.rpartition('/')[2]}") for profile in profiles}))
    named = {spec.builder.instance_profile or "" for spec in specs if spec.private_images} - {""}
    pulling = tuple(sorted(scope.iam(f"instance-profile/{profile.rpartition('/')[2]}") for profile in named))
    asked = tuple(sorted(scope.iam(f"role/{profile.rpartition('/')[2]}") for profile in named))
    looked = (
        Permission("ImagesProfile", ("iam:GetInstanceProfile",), pulling),
        Permission("ImagesRoleRights", ("iam:SimulatePrincipalPolicy",), asked),
    )
    made = (pass_roles("ImagesPassRole", roles, "ec2.amazonaws.com"),) if roles else ()
    return (*made, *(looked if pulling else ()))
