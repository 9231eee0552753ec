"""What MJML may say here: the elements, where each of them stands, and what attributes may hold. Pure."""

import re
from collections.abc import Iterator

from sojourn.messages.markup import UNSAFE_STYLE
from sojourn.messages.mask import BLOCK, SHOW

IN_COLUMNS = {"mj-column", "mj-hero"}
IN_HEAD = {"mj-head"}
PARENTS: dict[str, set[str]] = {
    "mjml": {""},
    "mj-head": {"mjml"},
    "mj-body": {"mjml"},
    "mj-title": IN_HEAD,
    "mj-preview": IN_HEAD,
    "mj-style": IN_HEAD,
    "mj-breakpoint": IN_HEAD,
    "mj-attributes": IN_HEAD,
    "mj-all": set(),
    "mj-class": set(),
    "mj-wrapper": {"mj-body"},
    "mj-section": {"mj-body", "mj-wrapper"},
    "mj-hero": {"mj-body", "mj-wrapper"},
    "mj-group": {"mj-section"},
    "mj-column": {"mj-section", "mj-group"},
    "mj-text": IN_COLUMNS,
    "mj-button": IN_COLUMNS,
    "mj-image": IN_COLUMNS,
    "mj-table": IN_COLUMNS,
    "mj-divider": IN_COLUMNS,
    "mj-spacer": IN_COLUMNS,
    "mj-social": IN_COLUMNS,
    "mj-social-element": {"mj-social"},
    "mj-navbar": IN_COLUMNS,
    "mj-navbar-link": {"mj-navbar"},
    "mj-raw": {"mj-head", "mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-hero"},
}
DEFAULTS = "mj-attributes"  # any element stands in it, and is empty there
ONCE = {"mjml", "mj-head", "mj-body"}
HOLD_HTML = {
    "mj-title", "mj-preview", "mj-style", "mj-text", "mj-button", "mj-table", "mj-raw", "mj-social-element",
    "mj-navbar-link",
}  # fmt: skip
TAKE_BLOCKS = {"mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-hero"}
NOT_TAKEN = {
    "mj-include": "nothing is read from elsewhere: put its text here, or use a layout",
    "mj-font": "a font from elsewhere tells its host who reads: name fonts that mailboxes have",
    "mj-accordion": "most mailboxes cannot fold: write its parts below each other",
    "mj-carousel": "most mailboxes cannot turn it: write its pictures below each other",
}
LEAD_AWAY = {"mj-button", "mj-image", "mj-social-element", "mj-navbar-link"}
NO_TRACK = "data-no-track"  # ours: this link is not counted
KEPT_ATTRIBUTES = {"href", "src", "alt", "title", "background-url"}  # an author's own words and addresses
PICTURE = re.compile(r"https://[^\s'\"()<>\\]+")
MAX_VALUE = 500

Complaint = tuple[str, str]  # problem, remedy


def misplaced(name: str, parent: str) -> Complaint | None:
    """What is wrong with an element in this place."""
    if name in NOT_TAKEN:
        return f"<{name}> is not taken", NOT_TAKEN[name]
    if name not in PARENTS:
        return f"<{name}> is no element that is known here", "see docs/templates.md for those that are"
    if parent in PARENTS[name] or (parent == DEFAULTS and name.startswith("mj-")):
        return None
    if name == "mjml":
        return f"<mjml> in <{parent}>", "begin with <mjml>, and write it once"
    belongs = " or ".join(sorted(PARENTS[name])) or DEFAULTS
    return f"<{name}> in <{parent}>" if parent else f"<{name}> before <mjml>", f"it belongs in {belongs}"


def judged(element: str, name: str, value: str) -> Iterator[Complaint]:
    """What is wrong with an attribute; `value` is masked."""
    if name == NO_TRACK and element in LEAD_AWAY:
        return
    if name.startswith(("on", "data-")):
        yield f"the attribute {name} on <{element}>", "remove it: MJML has none of that sort"
    if BLOCK in value:
        yield f"a template tag in {name}", "put it round whole elements, or into a text"
    if name == "background-url" and not PICTURE.fullmatch(value):
        yield (
            "a background that does not begin with https://",
            "write the whole address, without spaces or quotes",
        )
    if name not in KEPT_ATTRIBUTES - {"background-url"}:
        yield from _judged_as_style(name, value)


def _judged_as_style(name: str, value: str) -> Iterator[Complaint]:
    if SHOW in value:
        yield f"a merge field in {name}", "merge fields stand in texts, and in href, src, alt and title"
    if len(value) > MAX_VALUE:
        yield f"{name} has more than {MAX_VALUE} characters", "shorten it"
    if not value.isprintable() or set(value) & set('"\\<>') or UNSAFE_STYLE.search(value):
        yield f"{name} has a character or an address that a style cannot have", "write a plain value"
