"""Plays the recipient: real HTTP requests for the pixel, the links and the way out of a real mail."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from infra.local.postoffice.mail import Mail

A_PERSON = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)


class NothingThereError(Exception):
    """The mail has no such link, pixel or header."""


def open_mail(mail: Mail, *, user_agent: str = A_PERSON) -> dict[str, object]:
    """Load the pixel, as a mail program that shows pictures does."""
    if not mail.pixel:
        raise NothingThereError("the mail has no pixel")
    return request("GET", mail.pixel, user_agent=user_agent)


def click(mail: Mail, link: int = 0, *, user_agent: str = A_PERSON) -> dict[str, object]:
    """Follow one link, up to the first answer."""
    if not 0 <= link < len(mail.links):
        raise NothingThereError(f"the mail has {len(mail.links)} links, none is number {link}")
    return request("GET", mail.links[link], user_agent=user_agent)


def unsubscribe(mail: Mail, *, user_agent: str = A_PERSON) -> dict[str, object]:
    """Press the mail program's own button: one POST, by RFC 8058."""
    if not mail.unsubscribe_url:
        raise NothingThereError("the mail has no List-Unsubscribe")
    if mail.headers.get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click":
        raise NothingThereError("the mail does not offer one-click: List-Unsubscribe-Post is missing")
    return request("POST", mail.unsubscribe_url, user_agent=user_agent, body="List-Unsubscribe=One-Click")


def request(method: str, url: str, *, user_agent: str, body: str | None = None) -> dict[str, object]:
    """One request without cookies, its redirect not followed."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=60)
    headers = {"User-Agent": user_agent, "Accept": "*/*"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
        answer = connection.getresponse()
        answer.read()
        return {"url": url, "status": answer.status, "location": answer.getheader("Location")}
    finally:
        connection.close()
