"""What the commands of Nextflow's side need to be allowed beyond what environments, the doctor and jobs need.

Sources: the page for Amazon EC2, Service Authorization Reference.
"""

from collections.abc import Sequence

from cloud.policy import Permission, Scope
from environments.spec.environment import EnvironmentSpec


def needs(specs: Sequence[EnvironmentSpec], scope: Scope) -> tuple[Permission, ...]:
    """List the permissions for these environments."""
    return (Permission("NextflowPrices", ("ec2:DescribeSpotPriceHistory",)),)
