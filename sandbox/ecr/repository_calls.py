"""Laws of repositories: names, and what goes with a repository when it is deleted.

What only counts elsewhere, replication, scans and the registry's own policy, is not imitated.
Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
"""

from moto.core.responses import ActionResult
from moto.ecr.responses import ECRResponse

from sandbox.ecr import lifecycle_days
from sandbox.ecr.model.errors import refuse_parameter
from sandbox.ecr.model.images import delete_image
from sandbox.ecr.model.repositories import find_repository
from sandbox.world.world import current

NAME_LENGTH = range(2, 257)


class Repositories(ECRResponse):
    def create_repository(self) -> ActionResult:
        name = str(self._get_param("repositoryName"))
        if len(name) not in NAME_LENGTH:
            raise refuse_parameter("repositoryName", "Member must have length between 2 and 256")
        world = current()
        with world.lock:
            result = super().create_repository()
            find_repository(self.region, name).created_at = world.clock.utcnow()
            return result

    def delete_repository(self) -> ActionResult:
        world, name = current(), str(self._get_param("repositoryName"))
        with world.lock:
            repository = find_repository(self.region, name, self._get_param("registryId"))
            if self._get_param("force"):
                for image in list(repository.images):
                    delete_image(world, repository, image)
            return super().delete_repository()

    def put_lifecycle_policy(self) -> ActionResult:
        repository = find_repository(self.region, str(self._get_param("repositoryName")), self._get_param("registryId"))
        before = repository.lifecycle_policy
        result = super().put_lifecycle_policy()
        try:
            lifecycle_days.begin(current(), repository)
        except NotImplementedError:
            repository.lifecycle_policy = before
            raise
        return result

    def start_image_scan(self) -> ActionResult:
        raise NotImplementedError("nobody looks for vulnerabilities here")

    def describe_image_scan_findings(self) -> ActionResult:
        raise NotImplementedError("nobody looks for vulnerabilities here")

    def put_replication_configuration(self) -> ActionResult:
        raise NotImplementedError("images are not copied to other registries")

    def put_registry_policy(self) -> ActionResult:
        raise NotImplementedError("there is no other account that it could allow anything")

    def put_registry_scanning_configuration(self) -> ActionResult:
        raise NotImplementedError("nobody looks for vulnerabilities here")
