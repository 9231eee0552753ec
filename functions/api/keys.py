"""Views of keys: who made which, and new ones, shown this once. An admin's."""

from typing import Any

from chalice.app import Blueprint, Request, Response

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.changes import changed
from functions.api.paging import listing, page
from functions.api.routing import route
from functions.api.world import world
from sojourn import telemetry
from sojourn.errors import Problem, StaleWriteError
from sojourn.http import making
from sojourn.http.making import API, KINDS, ROLES, TURNED, KeyRefusedError, Made

keys = Blueprint(__name__)
FIELDS = {"kind", "name", "role", "browser", "origins"}
MOST_ORIGINS = 20


@route(keys, "/api/keys")
def list_keys(request: Request) -> dict[str, Any]:
    """Every key there ever was, by kind and name; never the key itself."""
    found = [([each["kind"], each["name"], each["id"]], each) for each in making.everyone()]
    return listing(request, lambda limit, after: page(found, limit, after))


@route(keys, "/api/keys", "POST")
def make_key(request: Request) -> Response:
    """A new key. Sent twice it is two keys of one name: close the one that nobody holds."""
    sent = sent_object(request)
    refuse_unknown(sent, FIELDS)
    try:
        made = making.make(
            kind=_one_of(sent, "kind", KINDS),
            name=_text(sent, "name"),
            now=world().clock.wall(),
            role=_one_of(sent, "role", ROLES) if sent.get("role") else "",
            is_browser=_flag(sent, "browser"),
            origins=_origins(sent),
        )
    except KeyRefusedError as refused:
        raise Problem(400, "invalid_field", _without_switches(str(refused)), field=refused.field) from None
    return _told(made)


@route(keys, "/api/keys/{key}/rotate", "POST")
def rotate_key(request: Request, key: str) -> Response:
    """Another key of the same name and role; the older stays good until it is closed."""
    made = making.again(key, now=world().clock.wall())
    if made is None:
        raise _unknown()
    return _told(made)


@route(keys, "/api/keys/{key}", "DELETE")
def revoke_key(request: Request, key: str) -> dict[str, Any]:
    """Close a key; it works for a minute more at most. Closed twice it is closed."""
    was = making.close(key)
    if was is None:
        raise _unknown()
    name = str(was.get("name"))
    changed({"name": name, "active": was.get("active") is True}, {"name": name, "active": False})
    telemetry.note("key revoked", key=key)
    return {"id": key, "name": name, "state": "revoked"}


@route(keys, "/api/secrets/{secret}/rotate", "POST")
def rotate_secret(request: Request, secret: str) -> dict[str, Any]:
    """Sign with a new secret; what older ones signed is still read, unless `only` the new one is to be good."""
    sent = sent_object(request) if request.raw_body else {}
    refuse_unknown(sent, {"only"})
    if secret not in TURNED:
        raise Problem(404, "secret_not_found", f"there are {', '.join(TURNED)}")
    try:
        number, made = making.turn(secret, only=_flag(sent, "only"))
    except StaleWriteError:
        raise Problem(409, "revision_conflict", "somebody turned it meanwhile: look, and ask again") from None
    changed(None, {"secret": secret, "number": number, "only": _flag(sent, "only")})
    # The key that signs links never leaves: nobody but our own functions signs with it.
    return {"name": secret, "number": number, **({"secret": made} if secret != making.LINK else {})}


def _told(made: Made) -> Response:
    row = made.row
    told = {name: row[name] for name in ("name", "role", "kind", "origins") if name in row}
    changed(None, {"id": made.id, **told})
    telemetry.note("key made", key=made.id)
    body = {
        "id": made.id,
        "kind": made.id.partition("-")[0],
        "name": row["name"],
        "role": row.get("role") or row.get("kind"),
        "key": made.secret,
    }
    return Response(body, {"Content-Type": "application/json"}, 201)


def _text(sent: dict[str, Any], name: str) -> str:
    said = sent.get(name)
    if not isinstance(said, str) or not said.strip():
        raise Problem(400, "invalid_field", f"`{name}` is a text", field=name)
    return said.strip()


def _one_of(sent: dict[str, Any], name: str, words: tuple[str, ...]) -> str:
    if sent.get(name) not in words:
        raise Problem(400, "invalid_field", f"`{name}` is one of {', '.join(words)}", field=name)
    return str(sent[name])


def _flag(sent: dict[str, Any], name: str) -> bool:
    if not isinstance(sent.get(name, False), bool):
        raise Problem(400, "invalid_field", f"`{name}` is true or false", field=name)
    return sent.get(name) is True


def _origins(sent: dict[str, Any]) -> list[str]:
    said = sent.get("origins") or []
    is_list = isinstance(said, list) and all(isinstance(each, str) for each in said)
    if not is_list or len(said) > MOST_ORIGINS:
        problem = f"`origins` is a list of at most {MOST_ORIGINS} sites, like https://shop.example"
        raise Problem(400, "invalid_field", problem, field="origins")
    return list(said)


def _without_switches(problem: str) -> str:
    """The command line's switches are fields here."""
    return (
        problem.replace("--origin", "`origins`")
        .replace("--browser", "`browser`")
        .replace("`keys new write`", f"the kind `{KINDS[0]}`, not `{API}`,")
    )


def _unknown() -> Problem:
    return Problem(404, "key_not_found", "no open key is called so: `GET /api/keys` lists them")
