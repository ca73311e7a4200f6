"""Whom a key policy allows anything."""

from typing import Any

from environments.doctor.looks.kms import principals


def test_whom_a_key_policy_allows() -> None:
    def statement(principal: Any, effect: str = "Allow") -> dict[str, Any]:
        return {"Effect": effect, "Principal": principal, "Action": "kms:*", "Resource": "*"}

    assert principals({"Statement": statement({"AWS": "a"})}) == {"a"}
    several = [statement({"AWS": ["a", "b"]}), statement("*"), statement({"AWS": "c"}, "Deny")]
    assert principals({"Statement": several}) == {"a", "b", "*"}
    assert principals({"Statement": [statement({"Service": "s3.amazonaws.com"})]}) == set()
