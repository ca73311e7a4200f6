"""What is asked of one instance, wherever it came from: its state, its console, its end."""

from typing import Any

from cloud import errors, wait
from cloud.session import Cloud


def describe(cloud: Cloud, instance: str) -> dict[str, Any] | None:
    """One instance as DescribeInstances tells it; None while EC2 does not know its id (yet, or any more)."""
    answer = errors.or_none(cloud.ec2.describe_instances, InstanceIds=[instance])
    reservations = answer["Reservations"] if answer else []
    return dict(reservations[0]["Instances"][0]) if reservations else None


def terminate(cloud: Cloud, instance: str) -> None:
    """Terminate and wait until it is so.

    EC2 may not know the id for some seconds after RunInstances (eventual consistency), and a terminated instance is
    still listed for about an hour: an unknown id is therefore asked again, not taken as gone.
    """

    def asked() -> bool | None:
        try:
            cloud.ec2.terminate_instances(InstanceIds=[instance])
        except Exception as error:
            if errors.is_not_found(error):
                return None
            raise
        return True

    def ended() -> bool | None:
        described = describe(cloud, instance)
        return True if described is None or described["State"]["Name"] == "terminated" else None

    wait.until(asked, what=f"news of {instance}", timeout=60)
    wait.until(ended, what=f"the end of {instance}", timeout=600, every=0.4, longest=5)


def read_console(cloud: Cloud, instance: str) -> str:
    """The last 40 lines of the machine's serial console, or "" where there is none."""
    try:
        text = cloud.ec2.get_console_output(InstanceId=instance).get("Output") or ""  # botocore decodes base64
    except Exception:
        return ""
    return "\n".join(text.splitlines()[-40:])
