"""The calls about instance types, whose long answers are moto's records: each is made and serialised once.

A family's description is tens of kilobytes of XML, which takes longer to make than most of what a plan asks.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from sandbox.world.world import current


class InstanceTypeCalls(EC2Response):
    def describe_instance_types(self) -> Any:
        return self._once(super().describe_instance_types)

    def describe_instance_type_offerings(self) -> Any:
        return self._once(super().describe_instance_type_offerings)

    def _once(self, describe: Any) -> Any:
        """Return body and headers as moto takes them; an error of `describe` is raised again."""
        key, answers = (self.region, repr(sorted(self.querystring.items()))), current().type_answers
        if key not in answers:
            result: ActionResult = describe()
            status, headers, body = self.serialized(result)
            if "<nextToken>" in str(body):  # a token is good for a while, and for one account
                return body, dict(headers)
            answers[key] = status, headers, body
        _, headers, body = answers[key]
        return body, dict(headers)
