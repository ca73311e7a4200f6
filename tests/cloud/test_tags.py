"""Kiln's tags in the forms that AWS takes and gives."""

from cloud import tags


def test_as_aws_has_them() -> None:
    given = {"kiln:key": "a", "Name": "b"}
    listed = [{"Key": "kiln:key", "Value": "a"}, {"Key": "Name", "Value": "b"}]
    assert tags.as_list(given) == listed
    assert tags.as_dict(listed) == given
    assert tags.as_dict(None) == {}
    assert tags.make_specifications(given, "image", "snapshot") == [
        {"ResourceType": "image", "Tags": listed}, {"ResourceType": "snapshot", "Tags": listed},
    ]  # fmt: skip


def test_several_values_in_one_tag() -> None:
    assert tags.pack({"b": "2", "a": "1=1"}) == "a=1=1 b=2"
    assert tags.unpack("a=1=1 b=2") == {"a": "1=1", "b": "2"}
    assert tags.unpack("") == {}
    assert tags.unpack("words without a sign a=1") == {"a": "1"}
