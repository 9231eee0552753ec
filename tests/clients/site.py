"""Pages of our own, on an origin of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HEAD = "<!doctype html><meta charset=utf-8><title>A shop</title><link rel=icon href=data:,>"


class Site(ThreadingHTTPServer):
    """Serves the pages that it was given."""

    daemon_threads = True

    def __init__(self, pages: Mapping[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages = pages

    @property
    def url(self) -> str:
        """The origin of the pages."""
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def pages(html: Mapping[str, str]) -> Iterator[Site]:
    """A site of these pages, by path."""
    site = Site(html)
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        """A page, or nothing."""
        page = self.server.pages.get(self.path.partition("?")[0])
        body = (HEAD + page).encode() if page else b""
        self.send_response_only(200 if page else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Say nothing."""
