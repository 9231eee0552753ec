"""A call by HTTPS: one attempt, to an address that was looked up once and may be called.

    Webhooks(clock=clock, own="https://mail.example.org").call("https://shop.example.com/vouchers", request)

The look-up, the connection and the answer share the request's time. `loopback`: a call may go to this machine, which is
so on the local cloud alone.
"""

import functools
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sojourn.calling.addresses import Target
from sojourn.calling.model import CallFailedError, Failure, Reply, Request
from sojourn.calling.signing import headers_of, read_secrets
from sojourn.calling.wire import Limit, post, resolve
from sojourn.clock import Clock

BUSY = {408, 425, 429, 503}
PLAIN = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # what is not packed needs no guard against what it unpacks to
    "User-Agent": "sojourn",
    "Connection": "close",
}


@functools.cache
def usual_trust() -> ssl.SSLContext:
    """The authorities that the system trusts; read once for a container."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """Whoever asks by HTTPS. `own` is where we are reached ourselves."""

    clock: Clock
    own: str = ""
    loopback: bool = False
    secrets: Callable[[], Iterable[str]] = field(default=read_secrets)
    resolve: Callable[[str, int, Limit], tuple[str, ...]] = field(default=resolve)
    trust: Callable[[], ssl.SSLContext] = field(default=usual_trust)

    def call(self, url: str, request: Request) -> Reply:
        """The answer of a 2xx; CallFailedError for everything else."""
        target = Target.of(url, loopback=self.loopback)
        if self.own and target.leads_to(self.own):
            raise CallFailedError(Failure.OWN_ADDRESS)
        headers = {**PLAIN, "Idempotency-Key": request.id, **self._signed(request)}
        limit = Limit(request.seconds)
        addresses = target.allowed(self.resolve(target.host, target.port, limit))
        status, raw = post(
            target, addresses, headers=headers, body=request.body, limit=limit, trust=self.trust()
        )
        return _understood(status, raw)

    def _signed(self, request: Request) -> dict[str, str]:
        return headers_of(request.id, request.body, secrets=self.secrets(), at=self.clock.wall())


def _understood(status: int, raw: bytes) -> Reply:
    if 200 <= status < 300:
        return Reply.of(raw)
    if status in BUSY:
        raise CallFailedError(Failure.BUSY)
    raise CallFailedError(FAILURES.get(status // 100, Failure.BROKEN))


FAILURES = {3: Failure.REDIRECTED, 4: Failure.REFUSED}
