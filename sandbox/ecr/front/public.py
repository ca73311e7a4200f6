"""The public registries, as guests see them: what the sandbox holds under their names, and how to load the rest."""

from http import HTTPStatus

from sandbox.ecr.front.exchange import Exchange, RegistryRefusal, Reply, refuse_as_unsupported
from sandbox.ecr.front.relay import VERSION, pass_on
from sandbox.machines.registry_names import ANY, HUB
from sandbox.registry import java_image, references, small_image
from sandbox.registry.held import STORED, HeldImage, is_java, is_small, read_tag, write_as_tag
from sandbox.registry.references import Reference
from sandbox.registry.registry import find_registry
from sandbox.world.world import World

_READS = ("GET", "HEAD")


def answer(world: World, exchange: Exchange) -> Reply:
    """Answer for a public registry, without a login; raises RegistryRefusal."""
    if exchange.path in ("/v2", "/v2/"):
        return Reply(HTTPStatus.OK, VERSION)
    route = exchange.find_route()
    if route is None or exchange.method not in _READS or route.kind not in ("manifests", "blobs"):
        if exchange.method in _READS:
            raise refuse_as_unsupported()
        why = "requested access to the resource is denied: the sandbox stands in for this registry, to pull from alone"
        raise RegistryRefusal(HTTPStatus.FORBIDDEN, "DENIED", why)
    if route.kind == "blobs":
        return pass_on(find_registry(world).store, exchange, f"{STORED}/blobs/{route.reference}")
    reference = _name(exchange.host, route.name, route.reference)
    image = _find(world, reference)
    if ":" in route.reference and image.digest != route.reference:  # Docker would refuse the answer
        why = f"the sandbox holds a stand-in under this digest, which can be pulled as {write_as_tag(reference)}"
        raise RegistryRefusal(HTTPStatus.NOT_FOUND, "MANIFEST_UNKNOWN", why)
    manifest = find_registry(world).store.read_manifest(STORED, image.digest)
    headers = {"Content-Type": manifest.media_type, "Docker-Content-Digest": manifest.digest}
    return Reply(HTTPStatus.OK, headers, manifest.body)


def _name(host: str, path: str, text: str) -> Reference:
    tag, digest = ("", text) if ":" in text else (text, "")
    if host == ANY:
        host, _, path = path.partition("/")
    return read_tag(Reference(references.HUB if host in HUB else host, path, tag, digest))


def _find(world: World, reference: Reference) -> HeldImage:
    registry = find_registry(world)
    image = registry.held.find(reference)
    if image is None and is_small(reference):
        image = small_image.hold(registry)
    if image is None and is_java(reference):
        image = java_image.hold(registry)
    if image is None:
        why = (
            f"the sandbox is offline and does not hold {reference}. Load it from a file of docker save, or an OCI "
            f"archive: invoke sandbox.load-image FILE --as {reference}"
        )
        raise RegistryRefusal(HTTPStatus.NOT_FOUND, "MANIFEST_UNKNOWN", why)
    return image
