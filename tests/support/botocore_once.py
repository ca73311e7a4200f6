"""What botocore works out anew for every session, client and call, worked out once in a process of tests.

Tests make thousands of clients of the same few services. The models that are read, the classes and rules that are built
from them, and the texts that are cut up for events and for the user agent follow from their arguments alone; handlers,
credentials and settings stay each client's own.
"""

import functools
import gc
from typing import Any

import botocore.client
import botocore.hooks
import botocore.regions
import botocore.session
import botocore.useragent
import pytest
from botocore.loaders import Loader


def share(patch: pytest.MonkeyPatch) -> None:
    """Until `patch` is undone; AttributeError where botocore has renamed one of these."""
    loader, creator, aliaser = Loader(), botocore.client.ClientCreator, botocore.hooks.EventAliaser
    # botocore reads megabytes of service models for each session; here all sessions share them.
    patch.setattr(botocore.session, "create_loader", lambda path: loader)
    patch.setattr(creator, "_load_service_model", _by_service(creator._load_service_model))
    patch.setattr(creator, "_create_client_class", _by_service(creator._create_client_class))
    patch.setattr(botocore.regions, "EndpointProvider", _by_data(botocore.regions.EndpointProvider))
    ordinary, alias = aliaser(None), aliaser._alias_event_name
    patch.setattr(aliaser, "_alias_event_name", _of_event(functools.cache(lambda name: alias(ordinary, name))))
    patch.setattr(botocore.hooks, "accepts_kwargs", _by_function(botocore.hooks.accepts_kwargs))
    clean = botocore.useragent.sanitize_user_agent_string_component
    patch.setattr(botocore.useragent, "sanitize_user_agent_string_component", functools.cache(clean))


def _by_service(make: Any) -> Any:
    made: dict[str, Any] = {}

    def once(self: Any, service_name: str, *more: Any) -> Any:
        if service_name not in made:
            made[service_name] = make(self, service_name, *more)
            gc.freeze()  # it stays: the collector need not walk through megabytes of models again and again
        return made[service_name]

    return once


def _by_data(make: Any) -> Any:
    """By the rules' identity: the shared loader reads each service's once, and keeps them."""
    made: dict[int, Any] = {}

    def once(*, ruleset_data: Any, **more: Any) -> Any:
        if id(ruleset_data) not in made:
            made[id(ruleset_data)] = make(ruleset_data=ruleset_data, **more)
        return made[id(ruleset_data)]

    return once


def _of_event(find: Any) -> Any:
    return lambda self, event_name: find(event_name)


def _by_function(find: Any) -> Any:
    known = functools.cache(find)
    return lambda handler: known(getattr(handler, "__func__", handler))
