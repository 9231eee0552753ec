"""What the views of imports do. It loads when somebody first asks for one: a container starts without it."""

import functools
import hashlib
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, ParamSpec, TypeVar

from chalice.app import Request, Response

from functions.api.bodies import refuse_unknown, sent_object
from functions.api.paging import listing, page
from functions.api.world import imports as desk
from sojourn import telemetry
from sojourn.errors import Problem
from sojourn.imports import store
from sojourn.imports.begin import ENDED_WELL, FOLDER, Asked, begin, resume
from sojourn.imports.evidence import UNMAILABLE
from sojourn.imports.examine import examine, guessed, known_types, shown
from sojourn.imports.files import LARGEST, URL_SECONDS, too_large
from sojourn.imports.finish import errors_key
from sojourn.imports.mapping import read_mapping
from sojourn.imports.model import Import, Kind, Status
from sojourn.imports.refusals import ImportRefusedError

P = ParamSpec("P")
T = TypeVar("T")
KNOWN = {"kind", "key", "mapping", "consent", "event", "dry_run", "encoding", "separator"}
TEXTS = ("event", "encoding", "separator")
PAGE = re.compile(r"https?://[^\s?#\"<>]{1,480}")
SHA256 = re.compile(r"[0-9a-f]{64}")
LONGEST_KEY = 900
LARGEST_HERE = 4_500_000  # bytes: Lambda takes 6 MB, and the gateway writes files as base64
REMEDIES = {
    "unmailable": UNMAILABLE,
    "unsubscribed": "they unsubscribed, and stay so: only they can change that",
    "unproved": "their rows claim consent and do not tell when and how: tell it, and import these rows again",
    "role_addresses": "a function reads them, not a person, who never asked: role_addresses: skip leaves them out",
    "disposable_addresses": "they live for minutes, and bounce: disposable_addresses: skip leaves them out",
    "failed": "mend the rows that the errors name, and import a file of them alone",
}


def refusing(view: Callable[P, T]) -> Callable[P, T]:
    """The view; what cannot be imported is an answer, with its own status and code."""

    @functools.wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return view(*args, **kwargs)
        except ImportRefusedError as error:
            raise Problem(error.status, error.code, error.message, **error.extra) from error

    return answer


@refusing
def begin_upload(request: Request) -> Response:
    """Where to PUT a file for an hour. With its `sha256`, a file that lies there already need not come again."""
    sent = sent_object(request)
    refuse_unknown(sent, {"name", "size", "sha256", "back"})
    if "back" in sent:
        return _json(_form(sent["back"]), 201)
    size, sha256 = sent.get("size"), sent.get("sha256")
    if isinstance(size, int) and size > LARGEST:
        raise too_large()
    if sha256 is not None and not (isinstance(sha256, str) and SHA256.fullmatch(sha256)):
        raise Problem(400, "invalid_field", "`sha256` is 64 hexadecimal digits", field="sha256")
    key = _place(sent.get("name"), sha256 or uuid.uuid4().hex)
    facts = desk().files.facts(key) if sha256 else None
    told = {"key": key, "exists": facts is not None and facts.size == size, "expires_in": URL_SECONDS}
    return _json({**told, "url": desk().files.upload_url(key)}, 201)


def _form(back: Any) -> dict[str, Any]:
    """A form that a page may show: the browser sends the file past us, and comes back with its key."""
    if not isinstance(back, str) or not PAGE.fullmatch(back):
        said = "`back` is the address of a page, without a query: http or https, 500 characters at most"
        raise Problem(400, "invalid_field", said, field="back")
    folder = f"{FOLDER}uploads/{uuid.uuid4().hex}/"
    form = desk().files.upload_form(folder, back)
    return {
        "key": folder,
        "exists": False,
        "expires_in": URL_SECONDS,
        "url": form["url"],
        "form": form["fields"],
    }


@refusing
def upload_file(request: Request, name: str) -> Response:
    """A small file as it is. Its key is made of its content: sent twice, it lies there once."""
    body = request.raw_body
    raw = body.encode() if isinstance(body, str) else body or b""
    if not raw:
        raise Problem(400, "body_empty", "send the file itself as the body")
    if len(raw) > LARGEST_HERE:
        said = "this way takes 4.5 MB: PUT a larger file to the address that POST /api/uploads gives"
        raise Problem(413, "file_too_large", said, limit=LARGEST_HERE)
    key = _place(name, hashlib.sha256(raw).hexdigest())
    there = desk().files.facts(key)
    if there is None:
        desk().files.write(key, [raw])
    return _json({"key": key, "size": len(raw), "exists": there is not None}, 201)


def _place(name: Any, folder: str) -> str:
    """The key of a file that is called so: nothing in a name leads anywhere else."""
    plain = re.sub(r"[^\w.-]+", "-", str(name or "file"))[-100:].lstrip(".") or "file"
    return f"{FOLDER}uploads/{folder}/{plain}"


@refusing
def preview_import(request: Request) -> dict[str, Any]:
    """How the file is read, what its columns would become, and what its first rows would write."""
    sent = _sent(request)
    kind, options = _kind(sent), _options(sent)
    found = examine(desk().files, _key(sent), options)
    told = sent.get("mapping")
    guess = guessed(found, kind, event=sent.get("event") or "", types=known_types()) if told is None else None
    mapping = guess or read_mapping(kind, told)
    return shown(found, mapping, now=desk().clock.calendar())


@refusing
def begin_import(request: Request) -> Response:
    """Import a file; the same file, asked for in the same way, is one import, which goes on where it stood."""
    sent = _sent(request)
    asked = Asked(
        kind=_kind(sent),
        key=_key(sent),
        mapping=sent.get("mapping"),
        statement=sent.get("consent"),
        event=sent.get("event") or "",
        is_dry=_flag(sent, "dry_run"),
        options=_options(sent),
        idempotency_key=request.headers.get("idempotency-key", "").strip().strip('"'),
    )
    job = begin(asked, desk=desk())
    telemetry.note("import asked for", import_id=job.id, kind=job.kind, attempt=job.attempt)
    return _json(told_of(job), 200 if job.status in ENDED_WELL else 202)


def list_imports(request: Request) -> dict[str, Any]:
    """Every import and dry run, by id."""
    found = [([job.id], _short(job)) for job in store.list_imports()]
    return listing(request, lambda limit, after: page(found, limit, after))


def show_import(request: Request, id: str) -> dict[str, Any]:  # noqa: A002  the path's own word
    """How an import stands."""
    job = _wanted(id)
    answer = told_of(job)
    if job.status is Status.RUNNING and not desk().machine.is_running(job):
        job = _wanted(id)  # it may have ended between the two
        answer = told_of(job) | ({"status": "interrupted"} if job.status is Status.RUNNING else {})
    return answer


def resume_import(request: Request, id: str) -> Response:  # noqa: A002
    """Do what is left of an import that was interrupted or is incomplete."""
    job = resume(_wanted(id), desk=desk())
    return _json(told_of(job), 200 if job.status in ENDED_WELL else 202)


def show_errors(request: Request, id: str) -> dict[str, Any]:  # noqa: A002
    """Where the table of all faults can be fetched, for an hour."""
    job = _wanted(id)
    if desk().files.facts(errors_key(job)) is None:
        raise Problem(
            404, "no_errors", "the import has no table of errors: none were found, or it runs still"
        )
    return {"url": desk().files.download_url(errors_key(job)), "expires_in": URL_SECONDS}


def told_of(job: Import) -> dict[str, Any]:
    """An import as callers read it, with its figures so far and what to do about them."""
    progress = store.progress_of(job.id)
    figures = asdict(progress.tally)
    return {
        **_short(job),
        "figures": figures,
        "pieces": {"done": len(progress.done), "all": job.chunks if job.content else None},
        "reason": job.reason or None,
        "same_as": job.same_as or None,
        "has_errors": bool(progress.with_errors),
        "remedies": {name: remedy for name, remedy in REMEDIES.items() if figures[name]},
        "mapping": dict(job.mapping),
        "consent": dict(job.statement) if job.statement else None,
    }


def _short(job: Import) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "status": job.status,
        "dry_run": job.is_dry,
        "key": job.key,
        "encoding": job.dialect.encoding,
        "separator": job.dialect.separator,
        "source": job.source,
        "rows": job.rows if job.content else None,
        "asked_at": job.at,
    }


def _wanted(id: str) -> Import:  # noqa: A002
    job = store.find_import(id) if 0 < len(id) <= 64 else None
    if job is None:
        raise Problem(404, "import_not_found", "there is no such import")
    return job


def _sent(request: Request) -> dict[str, Any]:
    sent = sent_object(request)
    refuse_unknown(sent, KNOWN)
    for name in TEXTS:
        if not isinstance(sent.get(name) or "", str):
            raise Problem(400, "invalid_field", f"`{name}` is a text", field=name)
    if not isinstance(sent.get("mapping") or {}, dict):
        raise Problem(400, "invalid_field", "`mapping` is an object", field="mapping")
    return sent


def _kind(sent: Mapping[str, Any]) -> Kind:
    if sent.get("kind") not in tuple(Kind):
        raise Problem(400, "invalid_field", "`kind` is contacts or events", field="kind")
    return Kind(sent["kind"])


def _key(sent: Mapping[str, Any]) -> str:
    key = sent.get("key")
    if (
        not isinstance(key, str)
        or not key.startswith(FOLDER)
        or len(key.encode("utf-8", "replace")) > LONGEST_KEY
    ):
        raise Problem(400, "invalid_field", f"`key` is a file of the bucket, {FOLDER}…", field="key")
    return key


def _flag(sent: Mapping[str, Any], name: str) -> bool:
    if not isinstance(sent.get(name, False), bool):
        raise Problem(400, "invalid_field", f"`{name}` is true or false", field=name)
    return bool(sent.get(name, False))


def _options(sent: Mapping[str, Any]) -> dict[str, str]:
    if len(sent.get("separator") or ",") != 1:
        raise Problem(400, "invalid_field", "`separator` is one character", field="separator")
    return {name: sent[name] for name in ("encoding", "separator") if sent.get(name)}


def _json(answer: dict[str, Any], status: int) -> Response:
    return Response(answer, {"Content-Type": "application/json"}, status)
