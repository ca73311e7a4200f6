"""When lifecycle policies take effect: at the latest a day after an image meets a rule, and so once in every day.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html ("images become expired within 24
hours after they meet the expiration criteria").
"""

import logging
from typing import Any

from sandbox.ecr.model.images import delete_image
from sandbox.ecr.model.lifecycle import list_expired
from sandbox.ecr.model.repositories import find_backend
from sandbox.world.world import World

EVERY = 12 * 3600.0  # seconds
log = logging.getLogger("sandbox")


def begin(world: World, repository: Any) -> None:
    """Look at a repository that got a policy in time, and again and again as long as it has it."""
    list_expired(
        repository.lifecycle_policy, [], world.clock.now()
    )  # a kind of rule that is unknown is refused at once
    policy = repository.lifecycle_policy

    def look() -> None:
        there = find_backend(repository.region_name).repositories.get(repository.name) is repository
        if not there or repository.lifecycle_policy is not policy:
            return
        for image in list_expired(policy, list(repository.images), world.clock.now()):
            log.info("%s of %s has expired", image.digest, repository.name)
            delete_image(world, repository, image)
        world.later(EVERY, look)

    world.later(EVERY, look)
