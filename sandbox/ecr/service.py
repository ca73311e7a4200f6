"""ECR behind the sandbox's endpoint: moto's repositories, with images that lie in a real registry."""

import base64
from datetime import UTC, datetime

from moto.core.responses import ActionResult

from sandbox.ecr.image_calls import Images
from sandbox.ecr.layer_calls import Layers
from sandbox.ecr.model.logins import USER, make_password
from sandbox.ecr.repository_calls import Repositories
from sandbox.world.world import ACCOUNT, current


class Ecr(Repositories, Images, Layers):
    def get_authorization_token(self) -> ActionResult:
        password, until = make_password(current(), self.get_access_key())
        data = {
            "authorizationToken": base64.b64encode(f"{USER}:{password}".encode()).decode(),
            "expiresAt": datetime.fromtimestamp(until, UTC),
        }
        registries = self._get_param("registryIds") or [ACCOUNT]
        hosts = [f"https://{registry}.dkr.ecr.{self.region}.amazonaws.com" for registry in registries]
        return ActionResult({"authorizationData": [data | {"proxyEndpoint": host} for host in hosts]})
