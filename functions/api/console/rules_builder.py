"""The rule builder as a part of a page: what its template asks for, and the text after what a form of it says.

shown(text, …)          the context of rules/builder.html; `send` is the path that its deeds are posted to
text_after(said, …)     the text with the form's fields and its deed in it; `UndoneError` says why not
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from markupsafe import Markup

from functions.api.console import rules_words as words
from functions.api.console.asking import ask
from functions.api.console.forms import Form
from functions.api.console.palette import names
from functions.api.console.rendering import url
from functions.api.console.rules_conditions import Said
from functions.api.console.rules_controls import Control, controls
from functions.api.console.rules_deeds import changed
from functions.api.console.rules_tree import Shown, findings_of, path_of, shown_rule, with_findings
from functions.api.console.session import Session
from functions.api.console.texts import Path, UneditableError
from sojourn.rules.facts import STAGES

RULE: Path = ("rule",)
ATTRIBUTES = 200  # suggested by name; others are typed
EVENTS = (
    "Order Completed", "Order Refunded", "Checkout Started", "Cart Updated", "Product Added", "Product Removed",
    "Product Viewed", "Signed Up", "Message Opened", "Message Clicked",
)  # fmt: skip
Types = Mapping[str, str]


def types_of(session: Session) -> dict[str, str]:
    """The attributes that somebody has said, with their types."""
    told = ask(session, "GET", "/api/attributes", {"limit": ATTRIBUTES}).body
    return {each["name"]: each["type"] for each in told["items"]}


def shown(
    session: Session, text: str, types: Types, *, send: str, focus: str = "", refusal: str = ""
) -> dict[str, Any]:
    """What the builder shows of a segment's text."""
    root: Shown | None = None
    errors, warnings = findings_of(text, types)
    rest = errors
    try:
        root = shown_rule(text, RULE, types)
        rest = with_findings(root, errors, warnings)
    except UneditableError:
        pass  # said among the findings, with its line
    asked = partial(controls, types=types)
    known = {"attributes": sorted(types), "events": EVENTS, "stages": STAGES}
    lists = {
        name: known[name] if name in known else names.of(name, session)
        for name in sorted(_suggested(root, asked) - {""})
    }
    return {
        "root": root, "rest": rest, "rule_controls": asked, "rule_words": words, "lists": lists, "send": send,
        "rule_hx": _hx(send), "focus": focus, "refusal": refusal, "source": text,
    }  # fmt: skip


def text_after(said: Form, types: Types) -> str:
    """The working text; where the form brings no `shown`, it was typed as text alone."""
    source = lines(said.raw("source"))
    before = lines(said.raw("shown"))
    return changed(said, source, before, RULE, types) if before else source


def _hx(send: str) -> Markup:
    """What a button sends by itself: where its form goes otherwise is not here."""
    here = url(send)
    return Markup(' formaction="{0}" hx-post="{0}" hx-sync="closest form:replace"').format(here)


def focus_after(said: Form, text: str, types: Types) -> str:
    """The place that the hand goes on at: what was added, or the rule."""
    deed, _colon, place = said.get("do").partition(":")
    if deed != "add":
        return place if deed in ("all", "any", "none") else "rule" if deed == "remove" else ""
    path = path_of(place)
    try:
        within = _group_at(shown_rule(text, RULE, types), path)
    except UneditableError:
        return ""  # said among the findings, with its line
    return within.parts[-1].place if within and within.parts else ""


def lines(text: str) -> str:
    """Browsers end lines in their own way."""
    return text.replace("\r\n", "\n")


def _group_at(root: Shown, path: Path) -> Shown | None:
    if root.path == path:
        return root
    return next((found for part in root.parts if (found := _group_at(part, path))), None)


def _suggested(node: Shown | None, asked: Callable[[str, Said], list[Control]]) -> set[str]:
    """The lists that fields of this rule take their suggestions from: names are read where one asks for them."""
    if node is None:
        return set()
    of_parts = {name for part in node.parts for name in _suggested(part, asked)}
    own = () if node.is_group or node.is_text else asked(node.kind, node.said)
    return of_parts | {each.names for each in own}
