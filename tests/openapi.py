"""Holds answers against an OpenAPI document: path, method, status, media type and schema."""

import functools
import json
from collections.abc import Mapping
from typing import Any

import jsonschema  # type: ignore[import-untyped]

UNDESCRIBED = {404, 405}  # of paths and methods that are not there


def assert_described(
    document: dict[str, Any], method: str, path: str, status: int, headers: Mapping[str, str], body: Any
) -> None:
    """The document says that this operation answers so."""
    operation = _operation(document, path).get(method.lower())
    if operation is None:
        assert status in UNDESCRIBED, f"{method} {path} is not described"
        return
    assert str(status) in operation["responses"], f"{method} {path} answers {status}, which is not described"
    response = _resolved(document, operation["responses"][str(status)])
    media = headers["Content-Type"]
    assert media in response["content"], f"{method} {path} answers {media}"
    _validator(json.dumps(document), json.dumps(response["content"][media]["schema"])).validate(body)


def _operation(document: dict[str, Any], path: str) -> dict[str, Any]:
    """The path item whose template fits; literal parts before parameters."""
    parts = path.split("/")
    for template, item in sorted(document["paths"].items(), key=lambda each: each[0].count("{")):
        wanted = template.split("/")
        if len(wanted) == len(parts) and all(
            want.startswith("{") or want == part for want, part in zip(wanted, parts, strict=True)
        ):
            return dict(item)
    return {}


def _resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


@functools.cache
def _validator(document: str, schema: str) -> Any:
    whole = {**json.loads(schema), "components": json.loads(document)["components"]}
    jsonschema.Draft202012Validator.check_schema(whole)
    return jsonschema.Draft202012Validator(whole)
