"""To what a managed policy is attached.

Source: ListEntitiesForPolicy, IAM API Reference.
"""

from cloud import tags
from cloud.session import Cloud
from environments.model import ownership
from environments.model.resource import Existing


def list_attachments(cloud: Cloud, policy: Existing) -> tuple[list[str], list[str]]:
    """List to what a policy is attached: Kiln's roles, and everything else, by name."""
    iam = cloud.client("iam")
    own, others = [], []
    for page in iam.get_paginator("list_entities_for_policy").paginate(PolicyArn=policy.id):
        others += [f"the user {user['UserName']}" for user in page.get("PolicyUsers", ())]
        others += [f"the group {group['GroupName']}" for group in page.get("PolicyGroups", ())]
        for name in (role["RoleName"] for role in page.get("PolicyRoles", ())):
            labels = tags.as_dict(iam.get_role(RoleName=name)["Role"].get("Tags"))
            if ownership.users(labels):
                own.append(name)
            else:
                others.append(f"the role {name}")
    return own, others
