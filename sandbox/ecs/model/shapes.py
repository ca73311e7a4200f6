"""What a request must hold by ECS's own model: the members that are required, and the values that are valid.

boto3 asks for the required ones itself, and sends any value; ECS refuses both. Source: botocore's service model, the
API Reference as data (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Operations.html, "Required" and
"Valid Values" of each parameter).
"""

from typing import Any

from sandbox.ecs.model.errors import InvalidParameterException


def check(shape: Any, value: Any, name: str = "") -> None:
    """Refuse what the shape does not take; `name` is where in the request it stands."""
    if shape.type_name == "structure":
        for member in shape.required_members:
            if value.get(member) is None:
                raise InvalidParameterException(f"{member} cannot be null.")
        for member, given in value.items():
            if given is not None and member in shape.members:
                check(shape.members[member], given, member)
    elif shape.type_name == "list":
        for member in value:
            check(shape.member, member, name)
    elif getattr(shape, "enum", None) and value not in shape.enum:
        raise InvalidParameterException(f"{name} should be one of [{', '.join(shape.enum)}], not {value}.")
