"""What the machines' role must be allowed: joining ECS, the jobs' output, storage that grows, sessions (pure).

Sources: "Amazon ECS container instance IAM role" and "awslogs log driver" (the machine's role writes unless there is an
execution role), Amazon ECS Developer Guide; the pages for Amazon ECS, EC2 and CloudWatch Logs, Service Authorization
Reference; AmazonSSMManagedInstanceCore, AWS Managed Policy Reference.
"""

from collections.abc import Iterator
from typing import Any

from cloud.policy import FOR_AWS
from cloud.rights.demand import Ask, Context, Demand
from environments.rights.use import Use
from provision.docker import autoscale_policy

_ECS = "service-role/AmazonEC2ContainerServiceforEC2Role"
_MACHINE, _VOLUME = "i-00000000000000000", "vol-00000000000000000"
_SESSIONS = (
    "ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
)  # fmt: skip


def list_machine_demands(role: str, use: Use) -> Iterator[Demand]:
    """List what the machines themselves do with their role (its ARN)."""
    yield _ecs(role, use)
    yield _logs(role, use)
    if use.grows:
        yield _storage(role, use)
    if use.grows and use.storage_key:
        yield _storage_key(role, use, use.storage_key)
    if use.sessions:
        policy = use.managed("AmazonSSMManagedInstanceCore")
        asks = (Ask(_SESSIONS),)
        yield Demand(role, "kiln-sessions", "machines cannot be reached through Session Manager", policy, allow(asks),
                     asks, known(use))  # fmt: skip


def _ecs(role: str, use: Use) -> Demand:
    machine = use.cluster.replace(":cluster/", ":container-instance/") + "/" + "0" * 32
    asks = (
        Ask(("ecs:DiscoverPollEndpoint",)),
        Ask(("ecs:RegisterContainerInstance", "ecs:SubmitTaskStateChange"), (use.cluster,)),
        Ask(("ecs:Poll",), (machine,)),
    )
    loss = "machines cannot join ECS, and no job starts"
    context = {**known(use), "ecs:cluster": (use.cluster,)}
    everywhere = (Ask(("ecs:DiscoverPollEndpoint", "ecs:Poll", "ecs:RegisterContainerInstance", "ecs:Submit*")),)
    return Demand(role, "kiln-ecs", loss, use.managed(_ECS), allow(everywhere), asks, context)


def _logs(role: str, use: Use) -> Demand:
    group = use.arn("logs", f"log-group:{use.log_group}")
    where = f"the log group {use.log_group}"
    writing = ("logs:CreateLogStream", "logs:PutLogEvents")
    asks = (Ask(writing, (f"{group}:log-stream:kiln/default/0",), where),)
    statements = allow((Ask(writing, (group, f"{group}:*")),))
    loss = "jobs that send their output to CloudWatch Logs do not start"
    return Demand(role, "kiln-logs", loss, use.managed(_ECS), statements, asks, known(use))


def _storage(role: str, use: Use) -> Demand:
    """Ask for every statement of the policy, about a machine and a volume of its own."""
    document = autoscale_policy.write_policy(partition=use.partition)
    asks = tuple(
        Ask(tuple(statement["Action"]), (_example(statement["Resource"], use),)) for statement in document["Statement"]
    )
    loss = "Docker's storage cannot grow, and jobs die when it is full"
    return Demand(
        role, "kiln-storage", loss, use.storage_policy, tuple(document["Statement"]), asks, _from_a_machine(use)
    )


def _example(pattern: str, use: Use) -> str:
    kinds = {"instance/*": f"instance/{_MACHINE}", "volume/*": f"volume/{_VOLUME}"}
    kind = pattern.rpartition(":")[2]
    return use.arn("ec2", kinds[kind]) if kind in kinds else pattern


def _from_a_machine(use: Use) -> Context:
    """The condition keys of a request that a machine makes about itself and a volume that it tagged."""
    tag = autoscale_policy.TAG
    own = {f"{key}/{tag}": (_MACHINE,) for key in ("aws:ResourceTag", "aws:RequestTag", "ec2:ResourceTag")}
    return {
        **known(use), **own,
        "ec2:SourceInstanceARN": (use.arn("ec2", f"instance/{_MACHINE}"),),
        "ec2:InstanceID": (_MACHINE,), "ec2:CreateAction": ("CreateVolume",), "ec2:Region": (use.region,),
        "ec2:AvailabilityZone": (f"{use.region}a",), "ec2:VolumeID": (_VOLUME,),
    }  # fmt: skip


def _storage_key(role: str, use: Use, key: str) -> Demand:
    whole = autoscale_policy.write_policy(kms_key=key, partition=use.partition)["Statement"]
    statements = tuple(statement for statement in whole if statement["Resource"] == key)
    actions = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext")
    context = {**known(use), **via(use, "ec2"), **{name: (str(value),) for name, value in FOR_AWS["Bool"].items()}}
    return Demand(
        role, "kiln-storage-key", "Docker's storage cannot grow, and jobs die when it is full", use.storage_policy,
        statements, (Ask(actions, (key,), f"the key {key}"),), context, by_key=True,
    )  # fmt: skip


def known(use: Use) -> dict[str, tuple[str, ...]]:
    """List the condition keys that every request from a machine or a task has."""
    return {
        "aws:RequestedRegion": (use.region,), "aws:SecureTransport": ("true",), "aws:ViaAWSService": ("false",),
        "aws:PrincipalAccount": (use.account,), "aws:ResourceAccount": (use.account,),
        "aws:PrincipalType": ("AssumedRole",),
    }  # fmt: skip


def via(use: Use, service: str) -> dict[str, tuple[str, ...]]:
    """List the condition keys of a request that a service makes of KMS in the role's name."""
    return {"kms:CallerAccount": (use.account,), "kms:ViaService": (f"{service}.{use.region}.amazonaws.com",)}


def allow(asks: tuple[Ask, ...]) -> tuple[dict[str, Any], ...]:
    """Write the statements that allow it."""
    return tuple(
        {"Effect": "Allow", "Action": list(ask.actions), "Resource": "*" if ask.resources == ("*",) else
         list(ask.resources)}
        for ask in asks
    )  # fmt: skip
