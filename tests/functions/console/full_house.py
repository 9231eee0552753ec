"""A workspace with something of every kind in it, and hostile text in every field that others fill; and what each of
the console's addresses is called there."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import quote

import boto3

from functions.api.console.app import rooms
from functions.api.console.asking import ask, at
from functions.api.console.routing import PATHS
from functions.api.console.session import Session
from functions.api.console.texts import put
from functions.api.world import imports as import_desk
from functions.api.world import segments as segment_desk
from functions.api.world import world
from sojourn.contacts.model import Profile
from sojourn.contacts.store import get_profile, put_profile
from sojourn.http.keys import Key
from sojourn.imports.model import Chunk
from sojourn.imports.plan import plan
from sojourn.imports.store import get_import
from sojourn.imports.work import work
from sojourn.messages.model import Message, MessageState
from sojourn.messages.store import MessageRow
from sojourn.segments import publish, store
from tests.cloud import REGION
from tests.functions.console.contacts_there import live_through
from tests.functions.console.journeys_there import FIRST, a_running_journey
from tests.functions.test_api_imports import STATEMENT, Machine
from tests.functions.test_api_segments import Machine as Judges
from tests.insight_rows import ADA, a_message

SUM = "494949"  # what a template engine would make of it
TEXT = "\"><script>alert(1)</script>{{7*70707}}' onmouseover=x \u202ez"
BARE = TEXT.replace("\u202e", "")  # a journey takes no text that turns its line round
LONG = TEXT + "w" * 10_000
ADDRESS = "javascript:alert(1)//" + TEXT
HELD = "Held for a person"
ADMIN = Session(id="x", key=Key("ad", role="admin"))
SEGMENT = """\
segment: payers
description: {said}
rule:
  - {{attribute: {said}, is: {said}}}
"""
MAIL = {
    "channel": "email",
    "purpose": "transactional",
    "description": TEXT,
    "subject": "Hello <script>alert(1)</script> {{ firstName | default('\"><script>alert(1)</script>') }}",
    "html": "<p>Hello, <b title='&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;'>you</b>.</p>",
    "text": "Hello <script>alert(1)</script>",
}


def full_house() -> dict[str, str]:
    """Rows of every kind, once a file; what stands for the parts of the console's addresses."""
    if not get_profile(ADA).revision:
        _people()
        _journeys()
        _segments()
        _settings()
        _imports()
    return {
        "contact": ADA,
        "journeys/name": "welcome",
        "segments/name": "payers",
        "templates/name": "hello",
        "message": held().id,
        "run": f"{ADA}.welcome.1",
        "version": "1",
        "id": next((each["id"] for each in _imported()), "x"),
        "presets/name": "welcome",
    }


def address(path: str, named: dict[str, str]) -> str:
    """An address of this route in that workspace: `/console/contacts/{contact}` → `/console/contacts/aaaa…`."""

    def fill(found: re.Match[str]) -> str:
        before = path[: found.start()].rstrip("/").rpartition("/")[2]
        return quote(named.get(f"{before}/{found[1]}") or named.get(found[1], "x"), safe="")

    return re.sub(r"\{(\w+)\}", fill, path)


def pages(method: str = "GET") -> list[str]:
    """Every page of the console, or every form."""
    return sorted(
        path for path, ways in rooms.whole().routes.items() if method in ways and (method, path) in PATHS
    )


class Looking(HTMLParser):
    """What a browser would make of a page: everything in it that acts."""

    def __init__(self) -> None:
        super().__init__()
        self.acts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "script" and not (said.get("src") or "").startswith(
            ("/console/static/", "/live/console/static/")
        ):
            self.acts.append(f"<script {said}>")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc", "hx-on"):
                self.acts.append(f"<{tag} {name}={(value or '')[:80]}>")
            if name in ("href", "src", "action", "formaction", "data", "xlink:href") and _runs(value or ""):
                self.acts.append(f"<{tag} {name}={(value or '')[:80]}>")


def acting(page: str) -> list[str]:
    """What acts in this page that is not ours."""
    looking = Looking()
    looking.feed(page)
    return looking.acts + ([SUM] if SUM in page else [])


def _runs(address: str) -> bool:
    plain = re.sub(r"[\x00-\x20]", "", address).lower()
    return bool(re.match(r"[a-z+.-]+:", plain)) and not plain.startswith(
        ("http:", "https:", "mailto:", "tel:", "data:image/", "data:,")
    )


def _people() -> None:
    live_through(TEXT, name=LONG)
    there = get_profile(ADA)
    facts = {
        "company": LONG,
        "site": ADDRESS,
        "referrer": ADDRESS,
        "userAgent": TEXT,
        "tags": [TEXT],
        "lists": [TEXT],
    }
    put_profile(
        Profile(
            ADA,
            traits={**there.traits, **facts},
            identities=there.identities,
            created_at=there.created_at,
            revision=there.revision,
        )
    )
    bounced = {"state": MessageState.FAILED, "reason": TEXT, "template": TEXT}
    MessageRow.of(a_message(f"Bounced {TEXT}", **bounced)).save()
    MessageRow.of(held()).save()


def held() -> Message:
    """One that waits for a person to let it go."""
    return a_message(HELD, state=MessageState.PLANNED, reason="draft", sent_at="")


def _journeys() -> None:
    a_running_journey()
    ask(ADMIN, "PUT", at("/api/journeys/{name}", name="hostile"), body={"source": _hostile()})
    ask(ADMIN, "PUT", at("/api/templates/{name}", name="hello"), body=MAIL)
    ask(ADMIN, "POST", at("/api/journeys/{name}/pause", name="welcome"))


def _hostile() -> str:
    text = put(FIRST, ("journey",), "hostile")
    for path in (("description",), ("owner",), ("kpi",), ("entry", "event"), ("goal", "event")):
        text = put(text, path, BARE)
    text = put(text, ("filter",), {"attribute": TEXT, "is": TEXT})
    return put(text, ("steps", 0, "send"), BARE)


def _segments() -> None:
    store.forget()
    segment_desk.cache_clear()
    object.__setattr__(segment_desk(), "machine", Judges())  # frozen for everybody else
    said = "'" + TEXT.replace("'", "''") + "'"
    publish.save("payers", SEGMENT.format(said=said), revision=0)
    publish.publish("payers", desk=segment_desk())


def _settings() -> None:
    ask(ADMIN, "PUT", "/api/workspace", body={"topics": {"news": TEXT}, "brand": {"name": "Fieldnotes"}})


def _imports() -> None:
    boto3.client("s3", region_name=REGION).create_bucket(Bucket="somewhere")
    import_desk.cache_clear()
    object.__setattr__(import_desk(), "machine", Machine())
    import_desk().files.write("imports/people.csv", [f'id,opted in\nu1,"{TEXT}"\n'.encode()])
    consent = {**STATEMENT, "wording": TEXT, "declared_by": TEXT}
    columns = {"id": "userId", "opted in": "consent.email"}
    asked = {
        "kind": "contacts",
        "key": "imports/people.csv",
        "mapping": {"columns": columns},
        "consent": consent,
    }
    job = ask(ADMIN, "POST", "/api/imports", body=asked).body["id"]
    files = import_desk().files
    said = plan(get_import(job), files=files)
    with files.open(said["key"]) as raw:
        for piece in json.load(raw):
            work(get_import(job), Chunk.from_json(piece["piece"]), files=files, clock=world().clock)


def _imported() -> list[dict[str, str]]:
    return list(ask(ADMIN, "GET", "/api/imports").body["items"])
