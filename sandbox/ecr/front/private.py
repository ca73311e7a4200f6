"""ECR's own registries, ACCOUNT.dkr.ecr.REGION.amazonaws.com: a login, the right to every step, then the registry.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html, image-push-iam.html and
image-pull-iam.html (the actions of a push and a pull), common-errors-docker.html. A tag that cannot be moved and a
repository that is not there are told in the words that Docker shows of AWS (moby/buildkit#3776).
"""

import json
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from sandbox.ecr.front.exchange import Exchange, RegistryRefusal, Reply, Route, refuse_as_unsupported
from sandbox.ecr.front.relay import VERSION, pass_on
from sandbox.ecr.model.errors import EcrError
from sandbox.ecr.model.images import find_image, put_image, read_manifest
from sandbox.ecr.model.logins import find_login, has_ended
from sandbox.ecr.model.repositories import find_repository, name_storage
from sandbox.ecr.model.rights import explain
from sandbox.registry.registry import find_registry
from sandbox.registry.store import Manifest
from sandbox.world.world import World

_ACTIONS = {
    ("GET", "manifests"): ("BatchGetImage",),
    ("HEAD", "manifests"): ("BatchGetImage",),
    ("PUT", "manifests"): ("PutImage",),
    ("GET", "blobs"): ("GetDownloadUrlForLayer",),
    ("HEAD", "blobs"): ("BatchCheckLayerAvailability",),
    ("POST", "uploads"): ("InitiateLayerUpload",),
    ("GET", "uploads"): ("UploadLayerPart",),
    ("PATCH", "uploads"): ("UploadLayerPart",),
    ("PUT", "uploads"): ("UploadLayerPart", "CompleteLayerUpload"),
    ("GET", "tags"): ("ListImages",),
}
_CODES = {
    "RepositoryNotFoundException": (HTTPStatus.NOT_FOUND, "NAME_UNKNOWN"),
    "ImageTagAlreadyExistsException": (HTTPStatus.BAD_REQUEST, "TAG_INVALID"),
    "LayersNotFoundException": (HTTPStatus.NOT_FOUND, "BLOB_UNKNOWN"),
}


def answer(world: World, exchange: Exchange, region: str) -> Reply:
    """Answer for the registry of a region; raises RegistryRefusal, and StoreError where the registry refuses."""
    access_key = _check_login(world, exchange)
    if exchange.path in ("/v2", "/v2/"):
        return Reply(HTTPStatus.OK, VERSION)
    route = exchange.find_route()
    actions = _ACTIONS.get((exchange.method, route.kind)) if route else None
    if route is None or actions is None:
        raise refuse_as_unsupported()
    try:
        with world.lock:
            for action in actions:
                if why := explain(world, access_key, action, region, route.name):
                    raise RegistryRefusal(HTTPStatus.FORBIDDEN, "DENIED", why)
            repository = find_repository(region, route.name)
        return _carry_out(world, exchange, route, repository)
    except EcrError as error:
        status, code = _CODES.get(error.code, (HTTPStatus.BAD_REQUEST, "MANIFEST_INVALID"))
        raise RegistryRefusal(status, code, error.message) from error


def _check_login(world: World, exchange: Exchange) -> str:
    """Return the access key behind a login."""
    header = exchange.headers.get("Authorization", "")
    if not header:
        realm = f'Basic realm="https://{exchange.host}/",service="ecr.amazonaws.com"'
        raise _Challenge(realm)
    login = find_login(world, header)
    if login is None and has_ended(world, header):
        why = "Your authorization token has expired. Reauthenticate and try again."
        raise RegistryRefusal(HTTPStatus.FORBIDDEN, "DENIED", why)
    if login is None:
        raise RegistryRefusal(HTTPStatus.BAD_REQUEST, "DENIED", "Your authorization token is invalid.")
    return login.access_key


class _Challenge(RegistryRefusal):
    def __init__(self, realm: str) -> None:
        super().__init__(HTTPStatus.UNAUTHORIZED, "UNAUTHORIZED", "Not Authorized")
        self.realm = realm

    @property
    def reply(self) -> Reply:
        return Reply(self.status, {"WWW-Authenticate": self.realm, "Content-Type": "text/plain"}, b"Not Authorized\n")


def _carry_out(world: World, exchange: Exchange, route: Route, repository: Any) -> Reply:
    if route.kind == "tags":
        tags = sorted(tag for image in repository.images for tag in image.tags)
        body = json.dumps({"name": route.name, "tags": tags}).encode()
        return Reply(HTTPStatus.OK, {"Content-Type": "application/json"}, body)
    if route.kind != "manifests":
        return _pass_on(world, exchange, route, name_storage(repository))
    tag, digest = (None, route.reference) if ":" in route.reference else (route.reference, None)
    if exchange.method == "PUT":
        manifest = Manifest(exchange.headers.get("Content-Type", ""), b"".join(exchange.body))
        if digest and digest != manifest.digest:
            raise RegistryRefusal(HTTPStatus.BAD_REQUEST, "DIGEST_INVALID", f"the manifest is {manifest.digest}")
        image = put_image(world, repository, manifest, tag)
        place = f"https://{exchange.host}/v2/{route.name}/manifests/{image.digest}"
        return Reply(HTTPStatus.CREATED, {"Location": place, "Docker-Content-Digest": image.digest})
    with world.lock:
        found = find_image(repository, tag, digest)
    if found is None:
        raise RegistryRefusal(HTTPStatus.NOT_FOUND, "MANIFEST_UNKNOWN", "Requested image not found")
    manifest = read_manifest(world, repository, found)
    headers = {"Content-Type": manifest.media_type, "Docker-Content-Digest": manifest.digest}
    return Reply(HTTPStatus.OK, headers, manifest.body)


def _pass_on(world: World, exchange: Exchange, route: Route, storage: str) -> Reply:
    """Let the registry answer, under the name that the repository has there; layers are mounted from nowhere else."""
    path = f"{storage}/blobs/{'uploads/' if route.kind == 'uploads' else ''}{route.reference}"
    if exchange.query and exchange.method != "POST":
        path += f"?{exchange.query}"
    reply = pass_on(find_registry(world).store, exchange, path)
    headers = dict(reply.headers)
    if "Location" in headers:
        headers["Location"] = headers["Location"].replace(f"/v2/{storage}/", f"/v2/{route.name}/", 1)
    return replace(reply, headers=headers)
