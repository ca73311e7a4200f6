"""Which quota of running vCPUs counts an instance type.

Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
"""

import re

from environments.doctor.facts.compute_environments import Described, instance_types_of, is_spot

# How the family begins → quota codes On-Demand, Spot. More particular ones first.
_CODES: tuple[tuple[str, str, str], ...] = (
    (r"dl", "L-6E869C2A", "L-85EED4F7"),
    (r"trn", "L-2C3B7624", "L-6B0D517C"),
    (r"inf", "L-1945791B", "L-B5D1601B"),
    (r"(u|u\d+)-", "L-43DA4232", ""),
    (r"hpc", "L-F7808C92", ""),
    (r"p5", "L-417A185B", "L-C4BD4855"),
    (r"p", "L-417A185B", "L-7212CCBC"),
    (r"(g|vt)", "L-DB2E81BA", "L-3819A6DF"),
    (r"x", "L-7295265B", "L-E3A00192"),
    (r"f", "L-74FC7D96", "L-88CF9481"),
    (r"[acdhimrtz]|optimal|default_", "L-1216C47A", "L-34B43A08"),
)


def code_of(instance_type: str, *, spot: bool) -> str:
    """Return the code of the EC2 quota that a type, a family or a word of instanceTypes counts towards; "": none."""
    for begins, on_demand, on_spot in _CODES:
        if re.match(begins, instance_type):
            return on_spot if spot else on_demand
    return ""


def codes_of(environment: Described) -> set[str]:
    """List the codes of the quotas that a compute environment's machines count towards."""
    return {code_of(name, spot=is_spot(environment)) for name in instance_types_of(environment)} - {""}
