"""What botocore works out anew for every session, client and call, worked out once in a process of tests.

Tests make thousands of clients of the same few services. The models that are read, the classes and rules that are built
from them, and the texts that are cut up for events and for the user agent follow from their arguments alone; handlers,
credentials and settings stay each client's own.

Most of these parts are private to botocore. They stand in one list, and each is checked by name and by the way it is
called before it is replaced, as the seams of the sandbox are.
"""

import functools
import gc
from collections.abc import Callable
from typing import Any

import botocore.hooks
import botocore.regions
import botocore.session
import botocore.useragent
import pytest
from botocore.client import ClientCreator
from botocore.hooks import EventAliaser
from botocore.loaders import Loader

from sandbox.seams.seam import Seam


def share(patch: pytest.MonkeyPatch) -> None:
    """Replace all of them until `patch` is undone; SeamError where botocore's parts are not as they were."""
    for seam in SEAMS:
        patch.setattr(seam.owner, seam.name, seam.checked())


def _one_loader(_: Callable[..., Loader]) -> Callable[..., Loader]:
    loader = Loader()

    def create_loader(search_path_string: str | None = None) -> Loader:
        return loader

    return create_loader


def _models(load: Callable[..., Any]) -> Callable[..., Any]:
    """By service: tests ask for no older version of an API."""
    models: dict[str, Any] = {}

    def load_service_model(self: Any, service_name: str, api_version: str | None = None) -> Any:
        if service_name not in models:
            models[service_name] = load(self, service_name, api_version)
            gc.freeze()  # it stays: the collector need not walk through megabytes of models again and again
        return models[service_name]

    return load_service_model


def _client_classes(create: Callable[..., Any]) -> Callable[..., Any]:
    classes: dict[str, Any] = {}

    def create_client_class(self: Any, service_name: str, service_model: Any) -> Any:
        if service_name not in classes:
            classes[service_name] = create(self, service_name, service_model)
            gc.freeze()
        return classes[service_name]

    return create_client_class


def _by_data(make: Callable[..., Any]) -> Callable[..., Any]:
    """By the rules' identity: the shared loader reads each service's once, and keeps them."""
    providers: dict[tuple[int, frozenset[str]], Any] = {}

    def provide(ruleset_data: Any, partition_data: Any, excluded_params: Any = None) -> Any:
        key = (id(ruleset_data), frozenset(excluded_params or ()))
        if key not in providers:
            providers[key] = make(ruleset_data, partition_data, excluded_params)
        return providers[key]

    return provide


def _by_event(alias: Callable[[Any, str], str]) -> Callable[[Any, str], str]:
    """Without the aliaser's own table of aliases, which every session builds alike."""
    ordinary = EventAliaser(None)
    known = functools.cache(lambda event_name: alias(ordinary, event_name))

    def alias_event_name(self: Any, event_name: str) -> str:
        return known(event_name)

    return alias_event_name


def _by_function(find: Callable[[Any], bool]) -> Callable[[Any], bool]:
    known = functools.cache(find)

    def accepts_kwargs(func: Any) -> bool:
        return known(getattr(func, "__func__", func))

    return accepts_kwargs


_ANEW = "botocore works it out anew each time"
SEAMS: tuple[Seam, ...] = (
    Seam(botocore.session, "create_loader", _one_loader, "each session reads megabytes of service models"),
    Seam(ClientCreator, "_load_service_model", _models, _ANEW),
    Seam(ClientCreator, "_create_client_class", _client_classes, _ANEW),
    Seam(botocore.regions, "EndpointProvider", _by_data, _ANEW),
    Seam(EventAliaser, "_alias_event_name", _by_event, _ANEW),
    Seam(botocore.hooks, "accepts_kwargs", _by_function, _ANEW),
    Seam(botocore.useragent, "sanitize_user_agent_string_component", functools.cache, _ANEW),
)
