"""One machine that many tests share: started, connected and provisioned with the product's own functions."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cloud.session import Cloud
from images.builder import instances, machine
from images.builder.keys import generate_keys
from images.builder.launch import Launched
from images.builder.order import Order
from images.plan import plan
from images.plan.plan import Plan
from images.record.report import Report
from images.spec import definitions
from kiln.journal import Journal
from kiln.screen import Screen
from kiln.undo import Undo
from provision.model.recipe import Check, Step
from provision.ssh.bundle import bundle
from provision.ssh.events import Ended, Event
from provision.ssh.remote import Address, Remote


@dataclass(frozen=True)
class OneMachine:
    cloud: Cloud
    plan: Plan
    order: Order
    launched: Launched
    remote: Remote
    report: Report

    def run(self, *tasks: Step | Check, on_event: Callable[[Event], None] = lambda event: None) -> tuple[Ended, ...]:
        """How each task that was started has ended; steps run before checks, and none after a step that failed."""
        steps = [task for task in tasks if isinstance(task, Step)]
        checks = [task for task in tasks if isinstance(task, Check)]
        return self.remote.perform(bundle((), steps, checks), on_event).results

    def bash(self, script: str, timeout: int = 120) -> str:
        """What a script printed that root ran; raises the UserError of its failure."""
        (ended,) = self.run(Step("a test's own step", script, timeout))
        if not ended.ok:
            raise ended.error()
        return "\n".join(ended.output)

    def step(self, name: str) -> Step:
        """The step of the recipe whose name begins so."""
        (found,) = [step for step in self.plan.boot.recipe.steps if step.name.startswith(name)]
        return found

    @property
    def address(self) -> Address:
        builder = self.order.builder
        return Address(self.launched.host, builder.user, proxy_command=builder.connect.proxy_command)

    @property
    def group(self) -> str:
        """The id of its security group."""
        told = instances.describe(self.cloud, self.launched.instance_id)
        assert told
        return str(told["SecurityGroups"][0]["GroupId"])

    def let_ssh_in(self, *, allowed: bool) -> None:
        """Take the only rule of its security group away, or put it back."""
        ec2 = self.cloud.ec2
        change = ec2.authorize_security_group_ingress if allowed else ec2.revoke_security_group_ingress
        rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": self.plan.boot.ssh_from}]}
        change(GroupId=self.group, IpPermissions=[rule])


@contextmanager
def one_machine(definition: Path, folder: Path) -> Iterator[OneMachine]:
    """A builder of that definition, as `images.build` starts it; nothing of it is left behind the block."""
    cloud = Cloud()
    planned = plan.prepare(cloud, definitions.load(str(definition)), folder)
    order = Order(planned.boot, "builder", planned.base.id, planned.mappings, generate_keys("kiln-e2e"))
    with closing(Journal(folder)) as journal:
        report = Report(Screen(), journal)
        with Undo(report.undone) as undo:
            launched = machine.start(cloud, undo, order, report)
            with machine.connect(cloud, launched, order, report) as remote:
                yield OneMachine(cloud, planned, order, launched, remote, report)
        assert [outcome.error for outcome in undo.outcomes if outcome.error] == []
