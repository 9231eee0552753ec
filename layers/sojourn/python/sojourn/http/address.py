"""Where the caller found us: what we name to browsers must be the place that they have just reached.

https://mail.example.org            a domain of its own, as API Gateway says it
https://…execute-api…/live          the API's own address, with its stage; PublicUrl instead, where there is one
http://127.0.0.1:4000               the local cloud, which says no domain
"""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from chalice.app import Request

GATEWAYS_OWN = ".execute-api."
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


@dataclass(frozen=True, slots=True)
class Address:
    """A scheme, and a host with its path, without a slash at the end."""

    scheme: str
    host: str

    @classmethod
    def of(cls, request: Request, *, public_url: str) -> Self:
        """From the gateway's own words; a header that the caller made up is asked only where there are none."""
        domain = request.context.get("domainName")
        if not domain:
            host = request.headers.get("host", "localhost")
            return cls("http" if host.rpartition(":")[0] in LOOPBACK or host in LOOPBACK else "https", host)
        public = urlsplit(public_url)
        if GATEWAYS_OWN in domain and public.netloc:  # what stands before the API hides its own name
            return cls(public.scheme, (public.netloc + public.path).rstrip("/"))
        path = request.context.get("path", "").removesuffix(request.to_original_event()["path"])
        return cls("https", domain + path)
