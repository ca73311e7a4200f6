"""Which quota counts an instance type."""

import pytest

from environments.doctor.facts.quota_codes import code_of, codes_of


@pytest.mark.parametrize(
    ("name", "on_demand", "spot"),
    [
        ("c5.2xlarge", "L-1216C47A", "L-34B43A08"), ("optimal", "L-1216C47A", "L-34B43A08"),
        ("hpc7a.96xlarge", "L-F7808C92", ""), ("inf2", "L-1945791B", "L-B5D1601B"),
        ("trn1", "L-2C3B7624", "L-6B0D517C"),
        ("i3en", "L-1216C47A", "L-34B43A08"), ("dl1", "L-6E869C2A", "L-85EED4F7"), ("g5", "L-DB2E81BA", "L-3819A6DF"),
        ("p4d", "L-417A185B", "L-7212CCBC"), ("p5", "L-417A185B", "L-C4BD4855"), ("x2idn", "L-7295265B", "L-E3A00192"),
        ("u-6tb1", "L-43DA4232", ""), ("default_arm64", "L-1216C47A", "L-34B43A08"),
    ],
)  # fmt: skip
def test_the_quota_that_counts_a_type(name: str, on_demand: str, spot: str) -> None:
    assert code_of(name, spot=False) == on_demand
    assert code_of(name, spot=True) == spot


def test_an_unknown_family_has_no_quota() -> None:
    assert code_of("quantum.large", spot=False) == ""
    assert codes_of({"computeResources": {"instanceTypes": ["quantum.large", "g5"]}}) == {"L-DB2E81BA"}
