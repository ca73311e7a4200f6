"""What a definition uses as existing, and is not there: all of it at once, with what it must hold (pure)."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from environments.model.inputs import Inputs
from environments.model.resource import Desired, Existing, Key
from environments.rights.administrator import summarize
from environments.rights.use import use_of
from kiln import typed
from kiln.errors import UserError

# What Kiln uses as it is, whoever makes the roles: where it is named, and what Kiln does without that.
_NOT_IAM = {
    "bucket": "Correct the bucket's name under buckets, or write existing: false: then Kiln makes it.",
    "security group": "Correct network.security_groups, or leave it out: then Kiln makes one without ingress.",
}


def refuse_missing(inputs: Inputs, desired: Sequence[Desired], existing: Mapping[Key, Existing], env: str) -> None:
    """Raise UserError for all that must exist and does not; `env` is how a person names the definition."""
    missing = [resource for resource in desired if resource.foreign and resource.key not in existing]
    if not missing:
        return
    spec = inputs.spec
    use = use_of(spec, inputs.template.spec, inputs.region, inputs.account, inputs.partition)
    texts = summarize(spec, use)
    holds = [f"the {own.kind} {own.name} {texts[own.key]}" for own in missing if own.key in texts]
    raise UserError(
        "there is no " + ", no ".join(f"{own.kind} {own.name}" for own in missing),
        "; ".join([f"{spec.name} uses what exists already", *holds]),
        _hint(env, inputs, {own.kind for own in missing}),
    )


def _hint(env: str, inputs: Inputs, kinds: AbstractSet[str]) -> str:
    ways = [text for kind, text in _NOT_IAM.items() if kind in kinds]
    if kinds <= _NOT_IAM.keys():
        return " ".join(ways)
    place = f"--account {inputs.account} --region {inputs.region}"
    command = typed.command(f"iam-policy --for administrator --env {env} {place}")
    roles = f"Make them, or let Kiln make them (iam: create). For the administrator, as JSON: {command}"
    return "\n".join([*ways, roles])
