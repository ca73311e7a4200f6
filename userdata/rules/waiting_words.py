"""What is said of a script that waits for the ECS agent, starts it, or never ends."""

from dataclasses import dataclass

from provision.model.recipe import Family
from userdata.rules.finding import Script
from userdata.rules.remedies import BAKED, BEHIND, CLUSTER, START


@dataclass(frozen=True)
class Deed:
    """`reason` is agent, boot, cluster, end, unit, start, early, unordered or absent.

    `family` is None where the base is not known.
    """

    reason: str
    refused: bool
    family: Family | None


def describe(deed: Deed) -> str:
    """Say what the script does."""
    if deed.reason == "absent":
        return f"runs a command that {deed.family} does not have"
    if deed.reason == "early":
        return "starts the ECS agent too early"
    if deed.reason == "unordered":
        return "lets the ECS agent start before user data has run"
    for_what = {"boot": "the end of the boot", "cluster": "the cluster's name"}.get(deed.reason, "the ECS agent")
    done = f"waits for {for_what}" if deed.reason != "end" else "never ends"
    return done if deed.refused else f"{done} for nothing"


def explain(script: Script, deed: Deed) -> str:
    """Say why that is wrong."""
    if deed.reason == "absent":
        has, lacks = ("upstart", "systemd") if deed.family == "al1" else ("systemd", "upstart")
        return f"it has {has} and no {lacks}: the line fails, with set -e the script too, and starts nothing"
    if deed.reason == "unordered":
        return (
            "AWS Batch's own part, which writes ECS_CLUSTER, may come too late then: the machine would join the "
            "cluster default, or none"
        )
    if script.builder:
        return (
            "the same rules hold for an image as for user data: its scripts run before any agent has a cluster, and an "
            "agent's state must not come into an image"
        )
    if deed.reason == "early":
        return (
            "upstart starts it at once, and AWS Batch's own part, which names the cluster, comes behind this one: the "
            "machine would join the cluster default, or none"
        )
    if deed.reason == "cluster":
        return (
            "AWS Batch's own part, which writes ECS_CLUSTER into /etc/ecs/ecs.config, comes behind all others: it "
            "would never be run"
        )
    if deed.reason == "end":
        return "user data runs in cloud-final.service, and ecs.service starts after it: the machine would take no job"
    if deed.reason == "boot":
        return (
            "user data is a part of the boot: cloud-init, multi-user.target and the ECS agent wait for the end of it, "
            "so that they would wait for one another"
        )
    return "user data runs in cloud-final.service, and ecs.service starts after it: they would wait for one another"


def advise(script: Script, deed: Deed) -> str:
    """Say what to write instead."""
    if deed.reason in ("absent", "early", "unordered"):
        return "Leave it out: the agent starts by itself."
    if script.builder:
        return BAKED
    if deed.reason == "start":
        return START
    if deed.reason == "cluster":
        return CLUSTER
    if deed.reason == "unit":
        return "Start the unit with --no-block (systemctl or systemd-run), or only enable it: the boot starts it then."
    return BEHIND if deed.reason != "end" else "Put it into a unit of its own, or send it to the background with &."
