"""A folder in S3: what is missing or differs is sent, ten at a time; what is there unchanged is left alone."""

import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from nextflow.upload import etags, sending
from nextflow.upload.etags import Remote
from nextflow.upload.files import LocalFile, list_files
from nextflow.upload.sending import Parts, Place

THREADS = 10
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


@dataclass(frozen=True)
class Uploaded:
    """What was uploaded: the address (s3://BUCKET/KEY, without / at its end) of the folder or file, and how it went."""

    address: str
    progress: Progress


def upload_folder(
    s3: Any,
    path: Path,
    bucket: str,
    prefix: str,
    include: Sequence[str] = (),
    tell: Tell = lambda progress: None,
    chosen: Collection[str] | None = None,
) -> Uploaded:
    """Upload the files of a folder, or a file, below `prefix` (no / at either end); `include` are globs, `chosen` are
    names.

    `s3` must be able to serve ten threads (max_pool_connections). `tell` is called whenever something is done. Raises
    UserError for what cannot be read, before anything is sent.
    """
    files = list_files(path, include, prefix, chosen)
    keys = {file.name: f"{prefix}/{file.name}" if prefix else file.name for file in files}
    below = f"{prefix}/" if prefix else ""
    remotes = _list_remotes(s3, bucket, below if path.is_dir() else keys[files[0].name])
    work = _Work(Progress(len(files), sum(file.size for file in files)), tell)
    with ThreadPoolExecutor(THREADS) as pool:
        try:
            for file in sorted(files, key=lambda file: -file.size):
                key = keys[file.name]
                work.submit(pool, file, Place(s3, bucket, key), remotes.get(key))
            work.wait(pool)
        except BaseException:
            work.stopped.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    address = prefix if path.is_dir() else keys[files[0].name]
    return Uploaded(f"s3://{bucket}/{address}".rstrip("/"), work.progress)


def _list_remotes(s3: Any, bucket: str, prefix: str) -> dict[str, Remote]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    listed = (item for page in pages for item in page.get("Contents") or ())
    return {item["Key"]: Remote(item["Size"], item["ETag"].strip('"')) for item in listed}


class _Work:
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
        sizes = [size for _, size in etags.list_parts(file.size)]
        left = set(range(1, len(sizes) + 1))
        for number, size in enumerate(sizes, 1):
            future = pool.submit(self._send, file, place, state, number)
            self._then(future, partial(self._sent, file, place, state, left, number, size))

    def _send(self, file: LocalFile, place: Place, parts: Parts, number: int) -> int:
        with file.reading():
            return 0 if self.stopped.is_set() else sending.send_part(file, place, parts, number)

    def _sent(
        self, file: LocalFile, place: Place, parts: Parts, left: set[int], number: int, size: int,
        pool: ThreadPoolExecutor, sent: int,
    ) -> None:  # fmt: skip
        """Of a part; behind the last of its file the object is made. `left` are the parts that are under way."""
        self.progress.done += size
        self.progress.sent += sent
        left.discard(number)
        if not left:
            future = pool.submit(sending.finish, file, place, parts)
            self._then(future, lambda pool, nothing: self._done(0, 0, file_sent=True))

    def _done(self, size: int, sent: int, *, file_sent: bool) -> None:
        self.progress.done += size
        self.progress.sent += sent
        self.progress.done_files += 1
        self.progress.sent_files += file_sent
