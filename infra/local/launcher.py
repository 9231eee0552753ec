"""Starts MiniStack with what it lacks: `python -m infra.local.launcher`, in MiniStack's own environment.

Everything comes by environment variable (see processes.py), so that Lambda workers inherit it.
"""

from __future__ import annotations

import asyncio
import json
import os
import urllib.error
import urllib.request
from typing import Any

import ministack.app as server
from ministack.services import sns

from infra.local import admin, counts, permissions, quirks


def send_sms_to(post_office: str) -> None:
    """An SNS Publish to a phone number reaches the post office, whose refusals come back as SNS's own."""
    handle = server.SERVICE_HANDLERS["sns"]

    async def handle_sns(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Any:
        params = {**query, **server._routing_params(method, path, headers, body, query)}
        if _one(params, "Action") != "Publish" or not _one(params, "PhoneNumber"):
            return await handle(method, path, headers, body, query)
        status, said = await asyncio.to_thread(deliver_sms, post_office, params)
        if status >= 300:
            return sns._error(said["code"], said["message"], status)
        result = f"<PublishResult><MessageId>{said['MessageId']}</MessageId></PublishResult>"
        return sns._xml(200, "PublishResponse", result)

    server.SERVICE_HANDLERS["sns"] = handle_sns


def deliver_sms(post_office: str, params: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Hand one SMS over; the post office's status and answer."""
    sms = {"to": _one(params, "PhoneNumber"), "text": _one(params, "Message")}
    request = urllib.request.Request(f"{post_office}/sms", json.dumps(sms).encode(), method="POST")
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, dict(json.load(answer))
    except urllib.error.HTTPError as error:
        return error.code, dict(json.load(error))


def _one(params: dict[str, Any], name: str) -> str:
    value = params.get(name, "")
    return str(value[0] if isinstance(value, list) else value)


def main() -> None:
    quirks.install()
    counts.install()
    permissions.install()
    server.app = admin.answering(server.app)
    if post_office := os.environ.get("SOJOURN_POST_OFFICE_URL"):
        send_sms_to(post_office)
    server.main()


if __name__ == "__main__":
    main()
