"""What ten threads do for a folder: look at files, and send what differs, large files in parts side by side."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any

from nextflow.upload import etags, sending
from nextflow.upload.etags import Remote
from nextflow.upload.files import LocalFile
from nextflow.upload.sending import Parts, Place

Tell = Callable[["Progress"], None]


@dataclass
class Progress:
    """How far it is: files and bytes of all, those that are done, what was sent of them, and what was unchanged."""

    files: int
    size: int
    done_files: int = 0
    done: int = 0
    sent_files: int = 0
    sent: int = 0

    @property
    def unchanged(self) -> int:
        return self.done_files - self.sent_files


@dataclass
class _InParts:
    """A file whose upload in parts has begun; `left` are the numbers of the parts that are under way."""

    file: LocalFile
    place: Place
    parts: Parts
    left: set[int]


class Work:
    """What the threads have to do. Everything but sending happens in the caller's thread."""

    def __init__(self, progress: Progress, tell: Tell) -> None:
        self.progress, self._tell, self.stopped = progress, tell, threading.Event()
        self._next: dict[Future[Any], Callable[[ThreadPoolExecutor, Any], None]] = {}
        self._ended: SimpleQueue[Future[Any]] = SimpleQueue()

    def _then(self, future: Future[Any], follow: Callable[[ThreadPoolExecutor, Any], None]) -> None:
        """Do what follows on a thread's result, in the caller's thread."""
        self._next[future] = follow
        future.add_done_callback(self._ended.put)

    def submit(self, pool: ThreadPoolExecutor, file: LocalFile, place: Place, remote: Remote | None) -> None:
        """Let a thread look at a file, and send it where it is small."""
        future = pool.submit(self._look, file, place, remote)
        self._then(future, lambda pool, state: self._looked(pool, file, place, state))

    def wait(self, pool: ThreadPoolExecutor) -> None:
        """Wait until everything is done; the first error ends it."""
        while self._next:
            future = self._ended.get()
            self._next.pop(future)(pool, future.result())
            self._tell(self.progress)

    def _look(self, file: LocalFile, place: Place, remote: Remote | None) -> Parts | bool:
        """True: unchanged; False: it was sent; or the upload in parts that has begun."""
        with file.reading():
            if remote and sending.is_unchanged(file, place, remote):
                return True
            if file.size > etags.PART:
                return sending.begin(file, place)
            sending.send_whole(file, place)
            return False

    def _looked(self, pool: ThreadPoolExecutor, file: LocalFile, place: Place, state: Parts | bool) -> None:
        if isinstance(state, bool):
            self._done(file.size, 0 if state else file.size, file_sent=not state)
            return
        sizes = dict(enumerate((size for _, size in etags.list_parts(file.size)), 1))
        upload = _InParts(file, place, state, set(sizes))
        for number, size in sizes.items():
            self._then(pool.submit(self._send, upload, number), partial(self._sent, upload, number, size))

    def _send(self, upload: _InParts, number: int) -> int:
        with upload.file.reading():
            if self.stopped.is_set():
                return 0
            return sending.send_part(upload.file, upload.place, upload.parts, number)

    def _sent(self, upload: _InParts, number: int, size: int, pool: ThreadPoolExecutor, sent: int) -> None:
        """Of a part; behind the last of its file the object is made."""
        self.progress.done += size
        self.progress.sent += sent
        upload.left.discard(number)
        if not upload.left:
            future = pool.submit(sending.finish, upload.file, upload.place, upload.parts)
            self._then(future, lambda pool, nothing: self._done(0, 0, file_sent=True))

    def _done(self, size: int, sent: int, *, file_sent: bool) -> None:
        self.progress.done += size
        self.progress.sent += sent
        self.progress.done_files += 1
        self.progress.sent_files += file_sent
