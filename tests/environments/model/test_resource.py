"""What stands for an id that AWS has not given yet."""

from environments.kinds.ec2 import security_groups
from environments.model import resource
from environments.model.resource import Ref


def test_ids_take_the_place_of_what_is_made_meanwhile() -> None:
    ref = Ref(security_groups.KIND, "g", "(new) g")
    ids = {("security group", "g"): "sg-1"}
    assert resource.resolved({"a": (ref, "x"), "b": {"c": [ref]}}, ids) == {"a": ("sg-1", "x"), "b": {"c": ["sg-1"]}}
