"""Servers on the loopback that are called: some answer as they should, others as nobody should."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Speak = Callable[[socket.socket], None]


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


ISSUER = _named("Sojourn's tests")


@dataclass(slots=True)
class Asked:
    """One request as it came over the wire."""

    line: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Server:
    """Speaks the same words to each who asks, and keeps what it was asked."""

    port: int
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    def url(self, host: str = "127.0.0.1", scheme: str = "http") -> str:
        """Where it is called."""
        return f"{scheme}://{host}:{self.port}/hook?a=b"


def answer(body: bytes | str, status: str = "200 OK", *headers: str) -> bytes:
    """An HTTP answer."""
    raw = body.encode() if isinstance(body, str) else body
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(raw)}", *headers, "", ""])
    return head.encode() + raw


@contextmanager
def a_server(
    speak: Speak | bytes, *, context: ssl.SSLContext | None = None, listens: bool = True
) -> Iterator[Server]:
    """A server that says these bytes, or speaks as it likes; when it has heard what it is asked, or at once."""
    words = speak if callable(speak) else (lambda sock: sock.sendall(speak))
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = Server(door.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(door, server, words, context, listens), daemon=True)
        thread.start()
        yield server
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=10)


def _serve(
    door: socket.socket, server: Server, words: Speak, context: ssl.SSLContext | None, listens: bool
) -> None:
    while True:
        try:
            sock, _ = door.accept()
        except OSError:
            return
        server.connections += 1
        with suppress(OSError), sock:
            sock.settimeout(10)
            spoken = context.wrap_socket(sock, server_side=True) if context else sock
            if listens:
                server.asked.append(_read(spoken))
            words(spoken)
            if context:
                spoken.close()


def _read(sock: socket.socket) -> Asked:
    with sock.makefile("rb") as file:
        line = file.readline().decode().strip()
        headers = dict(_header(raw) for raw in iter(file.readline, b"\r\n") if raw)
        return Asked(line, headers, file.read(int(headers.get("content-length", 0))))


def _header(raw: bytes) -> tuple[str, str]:
    name, _, value = raw.decode().partition(":")
    return name.strip().lower(), value.strip()


@dataclass(slots=True)
class Authority:
    """Signs the certificates of the tests, and is trusted by those who ask it for `trust`."""

    folder: Path
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    root: Any = None

    def __post_init__(self) -> None:
        basic = x509.BasicConstraints(ca=True, path_length=0)
        self.root = (
            self._builder(ISSUER, self.key, days=1)
            .add_extension(basic, critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def trust(self) -> ssl.SSLContext:
        """What a caller uses that trusts nobody else."""
        return ssl.create_default_context(cadata=_pem(self.root).decode())

    def serves(self, name: str, *, days: int = 1) -> ssl.SSLContext:
        """What a server uses that says it is `name`; a day ago, it may have been good for the last time."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternative = x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
        names = x509.SubjectAlternativeName([alternative])
        own = (
            self._builder(_named(name), key, days=days)
            .add_extension(names, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        file = self.folder / f"{name}{days}.pem"
        file.write_bytes(_private(key) + _pem(own))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _builder(self, subject: x509.Name, key: Any, *, days: int) -> Any:
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(ISSUER).public_key(key.public_key())
        )
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=9))
        return made.not_valid_after(now + timedelta(days=days))


def _pem(certificate: Any) -> bytes:
    return bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _private(key: Any) -> bytes:
    return bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
