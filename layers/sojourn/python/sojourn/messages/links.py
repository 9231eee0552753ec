"""Links out of a message and placeholders in, once, when it is saved: rendering stays one pass of Jinja2.

`{{ _link0 }}` stands for the tracked address of the first target, `{{ _plain0 }}` for the target itself, `{{ _pixel }}`
for the open pixel. The targets are kept with the template, so what a token leads to never travels in an address.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from sojourn.messages.faults import TemplateFaultError
from sojourn.messages.markup import Attribute, Document, Tag, read
from sojourn.messages.mask import SHOW, Masked
from sojourn.messages.urls import Kind, TargetError, in_ascii, kind_of

URL_IN_TEXT = re.compile(r"https?:(?:[^\s<>\"'\ue000-\ue002]|\ue000\d+\ue001)*", re.IGNORECASE)
AFTER_URL = ".,;:!?)]*_"
PREHEADER = (
    '<div style="display:none;max-height:0;overflow:hidden;mso-hide:all" aria-hidden="true">{}{}</div>'
)
PADDING = "&#847;&zwnj;&nbsp;" * 40  # keeps the first words of the body out of the inbox's preview
REMEDY = "write https:// and the host; put merge fields into a path segment or a query value"

Edit = tuple[int, int, str]


@dataclass(slots=True)
class Links:
    """The targets of a message, numbered as they are met."""

    targets: list[str] = field(default_factory=list)
    untracked: set[str] = field(default_factory=set)
    problems: list[tuple[int, str]] = field(default_factory=list)

    def add(self, target: str, *, tracked: bool) -> str:
        """The placeholder for one more target."""
        self.targets.append(in_ascii(target))
        return f"{{{{ _{'link' if tracked else 'plain'}{len(self.targets) - 1} }}}}"

    def known(self, target: str) -> str:
        """The placeholder of a tracked target that was met before, or of a new one."""
        if target in self.targets:
            return f"{{{{ _link{self.targets.index(target)} }}}}"
        return self.add(target, tracked=True)


def rewrite_html(masked: Masked, preheader: Masked, links: Links) -> tuple[str, Document]:
    """The source with placeholders, and what was read; problems are left in the document and in `links`."""
    document = read(masked)
    edits: list[Edit] = []
    for tag in document.tags:
        edits.extend(_edits(tag, masked, links))
    body = next((tag.end for tag in document.tags if tag.name == "body"), 0)
    edits.append((body, body, _hidden(preheader)))
    end = document.body_end if document.body_end is not None else len(masked.text)
    edits.append((end, end, "{{ _pixel }}"))
    return masked.restored(_applied(masked.text, edits)), document


def _hidden(preheader: Masked) -> str:
    """The line that inboxes show after the subject; its merge fields are escaped when they are rendered."""
    text = _as_html(preheader)
    return PREHEADER.format(text, PADDING) if text else ""


def _as_html(masked: Masked) -> str:
    """A text as HTML, with its tags back in place."""
    return masked.restored(escape(masked.text.strip(), quote=False))


def _edits(tag: Tag, masked: Masked, links: Links) -> Iterator[Edit]:
    for attribute in tag.attributes:
        if attribute.name in {"href", "src"}:
            try:
                replacement = _replacement(tag, attribute, masked, links)
            except TargetError as error:
                links.problems.append((tag.start, f"{attribute.name} {error}"))
                continue
            if replacement:
                yield attribute.start, attribute.end, replacement


def _replacement(tag: Tag, attribute: Attribute, masked: Masked, links: Links) -> str:
    """What takes the place of a value; nothing where it stays as written."""
    target = masked.restored(attribute.value)
    kind = kind_of(target)
    if attribute.name == "src" and kind is not Kind.WEB:
        raise TargetError("of an image must begin with https://")
    if kind is not Kind.WEB:
        return ""
    if attribute.name == "href" and tag.get("data-no-track") is None:
        return links.add(target, tracked=True)
    links.untracked.add(target)
    return links.add(target, tracked=False) if SHOW in attribute.value else ""


def rewrite_text(masked: Masked, links: Links, *, tracked: bool) -> str:
    """The text part with placeholders for the addresses in it (an SMS keeps them: they would cost a part)."""
    edits: list[Edit] = []
    for match in URL_IN_TEXT.finditer(masked.text):
        raw = match[0].rstrip(AFTER_URL)
        target = masked.restored(raw)
        try:
            kind_of(target)
        except TargetError as error:
            raise TemplateFaultError(masked.line_at(match.start()), f"the address {error}", REMEDY) from None
        if tracked and target not in links.untracked:
            edits.append((match.start(), match.start() + len(raw), links.known(in_ascii(target))))
        elif SHOW in raw:
            edits.append((match.start(), match.start() + len(raw), links.add(target, tracked=False)))
    return masked.restored(_applied(masked.text, edits))


def _applied(text: str, edits: list[Edit]) -> str:
    pieces, position = list[str](), 0
    for start, end, replacement in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [text[position:start], replacement]
        position = end
    return "".join([*pieces, text[position:]])
