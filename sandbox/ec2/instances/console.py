"""Law: the console output is the machine's own, base64, and empty at first.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
"""

import base64

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from sandbox.world.world import current


class Console(EC2Response):
    def get_console_output(self) -> ActionResult:
        world = current()
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        since = world.instances[instance.id].running_since
        text = ""
        if world.hypervisor and since is not None and world.clock.now() >= since + world.delays.console:
            text = world.hypervisor.console(instance.id)
        output = base64.b64encode(text.encode()).decode() or None
        return ActionResult({"InstanceId": instance.id, "Timestamp": world.clock.utcnow(), "Output": output})
