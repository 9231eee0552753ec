"""Views of hooks: the doors through which shops and payment services tell what happened. An admin's."""

import base64
import secrets
from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.changes import changed
from functions.api.paging import listing, page
from functions.api.routing import route
from sojourn.bootstrap import settings
from sojourn.errors import Problem
from sojourn.intake.hooks import Hook, get_hook, is_hook_name, put_hook
from sojourn.intake.hooks import hooks as known_hooks
from sojourn.intake.mapping import PROVIDERS
from sojourn.intake.signatures import STANDARD_SECRET

hooks = Blueprint(__name__)
LONGEST_SECRET = 1_000


@route(hooks, "/api/hooks")
def list_hooks(request: Request) -> dict[str, Any]:
    """Every hook, open or closed; secrets are not shown."""
    found = [([hook.name], _told(hook)) for hook in known_hooks()]
    return listing(request, lambda limit, after: page(found, limit, after))


@route(hooks, "/api/hooks", "POST")
def open_hook(request: Request) -> Response:
    """Open a hook, or give an open one a further secret: the one before stays good, a third pushes the first out."""
    sent = sent_object(request)
    refuse_unknown(sent, {"name", "provider", "secret"})
    name, provider, said = _name(sent), _provider(sent), _secret(sent)
    there = get_hook(name)
    if there and there.provider != provider:
        raise Problem(409, "hook_exists", f"{name} belongs to {there.provider}: choose another name")
    secret = said or STANDARD_SECRET + base64.b64encode(secrets.token_bytes(32)).decode()
    hook = Hook(name, provider, (*(there.secrets if there else ())[-1:], secret))
    put_hook(hook)
    changed(_told(there) if there else None, _told(hook))
    return Response(
        {**_told(hook), **({} if said else {"secret": secret})}, {"Content-Type": "application/json"}, 201
    )


@route(hooks, "/api/hooks/{hook}", "DELETE")
def close_hook(request: Request, hook: str) -> dict[str, Any]:
    """Close a hook and forget its secrets, at once."""
    there = get_hook(hook)
    if there is None:
        raise Problem(404, "hook_not_found", "no open hook is called so: `GET /api/hooks` lists them")
    closed = Hook(there.name, there.provider, (), is_active=False)
    put_hook(closed)
    changed(_told(there), _told(closed))
    return _told(closed)


def _told(hook: Hook) -> dict[str, Any]:
    return {
        "name": hook.name,
        "provider": hook.provider,
        "state": "open" if hook.is_active else "closed",
        "secrets": len(hook.secrets),
        "url": f"{settings().public_url.rstrip('/')}/hooks/{hook.name}",
    }


def _name(sent: dict[str, Any]) -> str:
    name = sent.get("name")
    if not isinstance(name, str) or not is_hook_name(name):
        problem = "a name has small letters, digits and hyphens, and begins with a letter"
        raise Problem(400, "invalid_field", problem, field="name")
    return name


def _provider(sent: dict[str, Any]) -> Any:
    if sent.get("provider") not in PROVIDERS:
        problem = f"`provider` is one of {', '.join(PROVIDERS)}"
        raise Problem(400, "invalid_field", problem, field="provider")
    return sent["provider"]


def _secret(sent: dict[str, Any]) -> str:
    said = sent.get("secret") or ""
    if not isinstance(said, str) or len(said) > LONGEST_SECRET:
        problem = "`secret` is the text that the sender signs with; left out, one is made"
        raise Problem(400, "invalid_field", problem, field="secret")
    return said
