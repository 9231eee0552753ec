"""One HTTP exchange with one address that was looked up and allowed before: no second look-up, no redirect, no proxy of
the environment, and an end to it whatever the other side does.

A time-out of a socket begins anew with every byte. So a watch closes the connection when the time is up, in the middle
of whatever is going on. Python's own HTTP: the address is ours to choose, the name is for the certificate alone.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from os import dup

from sojourn.calling.addresses import Target
from sojourn.calling.model import MOST_BYTES, CallFailedError, Failure


@dataclass(slots=True)
class Limit:
    """All the time that there is."""

    seconds: float
    _ends: float = field(init=False)

    def __post_init__(self) -> None:
        self._ends = time.monotonic() + self.seconds

    @property
    def left(self) -> float:
        """Seconds; CallFailedError when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise CallFailedError(Failure.TIMED_OUT)
        return left

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._ends


def resolve(host: str, port: int, limit: Limit) -> tuple[str, ...]:
    """The addresses of a host, asked for once. The system's look-up knows no time-out, so it is waited for apart."""
    found: list[str] = []

    def ask() -> None:
        try:
            known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(str(each[4][0]) for each in known)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(limit.left)
    if thread.is_alive():
        raise CallFailedError(Failure.TIMED_OUT)
    return tuple(found)


def post(
    target: Target,
    addresses: tuple[str, ...],
    *,
    headers: Mapping[str, str],
    body: bytes,
    limit: Limit,
    trust: ssl.SSLContext,
) -> tuple[int, bytes]:
    """Status and body of the answer; CallFailedError when there is none, or it is too large."""
    with _connected(addresses, target.port, limit) as plain, _watched(plain, limit):
        try:
            with _encrypted(plain, target, trust) as sock:
                return _exchange(_connection(target, sock, trust), target.path, headers, body)
        except ssl.SSLCertVerificationError as error:
            raise CallFailedError(Failure.CERTIFICATE) from error
        except (OSError, HTTPException, ValueError) as error:
            timed_out = limit.is_over or isinstance(error, TimeoutError)
            raise CallFailedError(Failure.TIMED_OUT if timed_out else Failure.BROKEN) from error
        finally:
            _ = limit.left  # a connection that the watch closed may look like the end of an answer


def _connected(addresses: tuple[str, ...], port: int, limit: Limit) -> socket.socket:
    """To the first address that takes the connection."""
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=limit.left)
        except OSError:
            continue
    _ = limit.left
    raise CallFailedError(Failure.UNREACHABLE)


@contextmanager
def _watched(sock: socket.socket, limit: Limit) -> Iterator[None]:
    """Encrypting takes the socket over, so the watch has a handle of its own to the same connection."""
    handle = socket.socket(fileno=dup(sock.fileno()))
    watch = threading.Timer(limit.left, _close, (handle,))
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        watch.join()
        handle.close()


def _close(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was quicker


def _encrypted(plain: socket.socket, target: Target, trust: ssl.SSLContext) -> socket.socket:
    """The certificate must be good for the host's name, whatever its address."""
    return trust.wrap_socket(plain, server_hostname=target.host) if target.is_encrypted else plain


def _connection(target: Target, sock: socket.socket, trust: ssl.SSLContext) -> HTTPConnection:
    """Python's own, on a socket that is connected already: it looks nothing up and connects to nothing itself."""
    if target.is_encrypted:
        connection: HTTPConnection = HTTPSConnection(target.host, target.port, context=trust)
    else:
        connection = HTTPConnection(target.host, target.port)
    connection.sock, connection.auto_open = sock, 0
    return connection


def _exchange(
    connection: HTTPConnection, path: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, bytes]:
    with closing(connection):
        connection.request("POST", path, body=body, headers=dict(headers))
        with connection.getresponse() as answer:
            return answer.status, _read(answer)


def _read(answer: HTTPResponse) -> bytes:
    if (answer.length or 0) > MOST_BYTES:
        raise CallFailedError(Failure.REPLY_TOO_LARGE)
    raw = answer.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise CallFailedError(Failure.REPLY_TOO_LARGE)
    if answer.length:  # it said that there would be more
        raise CallFailedError(Failure.BROKEN)
    return raw
