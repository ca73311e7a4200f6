"""Roles' credentials of tasks: a session of the role to a task, which ECS makes, renews, and gives to its agent.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html (the session is named after
the task; ecs-tasks.amazonaws.com must be trusted), stopped-task-error-codes.html ("ECS was unable to assume the role").
"""

from datetime import UTC, datetime
from uuid import uuid4

from sandbox.ecs.model.records import Credentials, Fields, Task
from sandbox.iam import assuming, sts
from sandbox.world.world import ACCOUNT, current

VALID = 6 * 3600
RENEWED_BEFORE = 1800.0  # seconds before they expire
APPLICATION, EXECUTION = "TaskApplication", "TaskExecution"
_SERVICE = "ecs-tasks.amazonaws.com"
# Type → the member of a payload's task.
MEMBERS = {APPLICATION: "roleCredentials", EXECUTION: "executionRoleCredentials"}


def make_all(task: Task) -> str:
    """Make the credentials of a task's roles; why that could not be, in ECS's words, or ""."""
    roles = {APPLICATION: task.asked.role_arn, EXECUTION: task.asked.execution_role_arn}
    for kind, arn in roles.items():
        if arn and not assuming.trusts(arn, _SERVICE):
            return (
                f"ECS was unable to assume the role '{arn}' that was provided for this task. Please verify that the "
                "role being passed has the proper trust relationship and permissions and that your IAM user has "
                "permissions to pass this role."
            )
        if arn:
            task.credentials[kind] = Credentials(str(uuid4()), arn)
            renew(task, kind)
    return ""


def renew(task: Task, kind: str) -> None:
    """Make new keys; the id stays, as containers ask for them by it."""
    credentials = task.credentials[kind]
    name = credentials.role_arn.rpartition("/")[2]
    credentials.keys = sts.make_credentials(VALID, f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{task.id}")
    credentials.expires = current().clock.now() + VALID


def render(credentials: Credentials) -> Fields:
    """Show credentials as a message to the agent carries them."""
    return {
        "credentialsId": credentials.id,
        "roleArn": credentials.role_arn,
        "accessKeyId": credentials.keys["AccessKeyId"],
        "secretAccessKey": credentials.keys["SecretAccessKey"],
        "sessionToken": credentials.keys["SessionToken"],
        "expiration": write_expiration(credentials),
    }


def write_expiration(credentials: Credentials) -> str:
    return datetime.fromtimestamp(credentials.expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
