"""What a request must hold by Batch's own model: the members that are required, and the values that are valid.

boto3 asks for the required ones itself, and sends any value; Batch refuses both. Source: botocore's service model, the
API Reference as data (https://docs.aws.amazon.com/batch/latest/APIReference/API_Operations.html, "Required" and "Valid
Values" of each parameter).
"""

from typing import Any

from sandbox.batch.model.errors import executing

# EvaluateOnExit, AWS Batch API Reference: "The values aren't case sensitive."
_ANY_CASE = {"RetryAction"}


def check(shape: Any, value: Any, name: str = "") -> None:
    """Refuse what the shape does not take; `name` is where in the request it stands."""
    if shape.type_name == "structure":
        _check_members(shape, value, name)
    elif shape.type_name == "list":
        for member in value:
            check(shape.member, member, name)
    elif shape.type_name == "map":
        for member in value.values():
            check(shape.value, member, name)
    elif getattr(shape, "enum", None) and value not in shape.enum:
        if shape.name in _ANY_CASE and value.upper() in shape.enum:
            return
        raise executing(f"{name} '{value}' is not valid. Valid values: [{', '.join(shape.enum)}]")


def _check_members(shape: Any, value: dict[str, Any], name: str) -> None:
    for key in shape.required_members:
        if value.get(key) is None:
            raise executing(f"{name}{'.' if name else ''}{key} can not be null.")
    for key, member in shape.members.items():
        if value.get(key) is not None:
            check(member, value[key], f"{name}{'.' if name else ''}{key}")
