"""The HTTP side: one werkzeug server on loopback, in a thread of this process."""

import logging
from threading import Thread
from typing import Any

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from sandbox.batch.machines import hearing
from sandbox.batch.model import account
from sandbox.door.gate import Gate
from sandbox.door.own_calls import make_own_calls
from sandbox.ecs import running
from sandbox.ecs.instances import losing
from sandbox.seams.table import install
from sandbox.world.agenda import Ticker
from sandbox.world.world import World, current, use

LOOPBACK = "127.0.0.1"


class Serving:
    """The offline AWS of one world, answering at `endpoint` until `stop`."""

    def __init__(self, world: World, port: int = 0) -> None:
        install()
        use(world)
        world.linked_role_users[account.SERVICE] = account.list_users_of_linked_role
        world.own_calls = make_own_calls(world)
        world.machine_listeners.append(losing.hear_of_machine)
        world.machine_listeners.append(hearing.hear)
        world.job_memory = running.count_job_memory
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.application = Gate(world)
        self._server = make_server(LOOPBACK, port, self.application, threaded=True, request_handler=MotoRequestHandler)
        self.port: int = self._server.port
        self.endpoint = f"http://{LOOPBACK}:{self.port}"
        self._ticker = Ticker(world.agenda, lambda: current() is world)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), name="offline-aws", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._ticker.start()

    def stop(self) -> None:
        self._ticker.stop()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def empty_account() -> None:
    """Drop every resource of every service."""
    registry: Any = BackendDict
    backends = list(registry._instances)
    registry.reset()
    # moto forgets which backends there are when it resets them; its services keep using these.
    registry._instances.extend(backends)
    reset_model_data()
