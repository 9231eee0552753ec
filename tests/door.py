"""The collect function behind its API, on a cloud in memory, with a key of each sort."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from functions.collect import app, intake
from sojourn import config
from sojourn.events import wire
from sojourn.events.store import from_image
from sojourn.http.keys import key_row_id
from tests.cloud import moto_cloud
from tests.partiql import teach_moto

KEY = "wk_test"
BASIC = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
SHOP = "https://shop.example"
SECRET, OLD_SECRET = "new secret", "old secret"
KEYS: dict[tuple[str, str], dict[str, Any]] = {
    ("write", KEY): {"name": "shop", "active": True},
    ("write", "revoked"): {"name": "old", "active": False},
    ("write", "other"): {"name": "other", "active": True},
    ("write", "forged"): {"name": "sojourn", "active": True},
    ("write", "importer"): {"name": "import:1", "active": True},
    ("write", "page"): {"name": "web", "active": True, "kind": "browser"},
    ("write", "shop-page"): {"name": "web2", "active": True, "kind": "browser", "origins": [SHOP]},
    ("write", "old-page"): {"name": "web3", "active": False, "kind": "browser"},
    ("api", "admin"): {"name": "admin", "active": True},
}

Answer = tuple[int, dict[str, Any], dict[str, str]]


class Door:
    """What a client does at it, and what is behind it."""

    def post(self, path: str, body: Any, *, key: str | None = BASIC, **more: Any) -> Answer:
        own = {"Authorization": key} if key else {}
        return self.call("POST", path, body, {**own, **more.pop("headers", {})}, **more)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Answer:
        answer = self.raw(method, path, body, headers, **more)
        content = json.loads(answer["body"]) if answer["body"] else {}
        if answer["statusCode"] >= 400 and method != "HEAD":
            assert answer["headers"]["Content-Type"] == "application/problem+json"
            assert content["code"]
            assert content["message"]
        return answer["statusCode"], content, answer["headers"]

    def raw(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, list[str]] | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        event = {
            "path": path,
            "httpMethod": method,
            "headers": dict(headers or {}),
            "multiValueQueryStringParameters": query,
            "requestContext": dict(context or {}),
            "body": raw if raw is None else base64.b64encode(raw).decode(),
            "isBase64Encoded": raw is not None,
        }
        return app.handler(event, None)

    def rows(self, table: str = "Events") -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = wire.wire().client.scan(TableName=table)["Items"]
        return items

    def events(self) -> list[Any]:
        return [from_image(image) for image in self.rows()]


@contextmanager
def a_door() -> Iterator[Door]:
    """A door that knows the keys above, and two secrets of users' hashes."""
    teach_moto()
    with moto_cloud():
        for (kind, key), row in KEYS.items():
            config.put("KEY", key_row_id(kind, key), row)
        config.put("KEY", "identify", {"active": "i2", "keys": {"i1": OLD_SECRET, "i2": SECRET}})
        intake.intake.cache_clear()
        yield Door()
        intake.intake.cache_clear()
