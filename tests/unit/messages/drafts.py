"""Definitions of templates, with defaults that can be saved."""

from typing import Any

FOOT = '<p><a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ postal_address }}</p>'
TEXT_FOOT = "\n{{ unsubscribe_url }} {{ postal_address }}"


def a_mail(html: str = "<p>Hello</p>", text: str = "Hello", **parts: Any) -> dict[str, Any]:
    """A marketing mail around these contents."""
    return {
        "template": "letter",
        "channel": "email",
        "subject": "Hello",
        "html": f'<!doctype html>\n<html lang="en"><body>\n{html}\n{FOOT}</body></html>',
        "text": text + TEXT_FOOT,
        **parts,
    }


def an_sms(text: str) -> dict[str, Any]:
    """An SMS of this text."""
    return {"template": "ping", "channel": "sms", "text": text}
