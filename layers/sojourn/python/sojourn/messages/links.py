"""Links out of a message and placeholders in, once, when it is saved: rendering stays one pass of Jinja2.

`{{ _link0 }}` stands for the tracked address of the first target, `{{ _plain0 }}` for the target itself, `{{ _pixel }}`
for the open pixel. The targets are kept with the template, so what a token leads to never travels in an address.
A target with a field of the loop that it stands in is another one each time round: it stays there, encoded where it is
shown, and cannot be counted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from sojourn.messages.allowlist import ENCODED
from sojourn.messages.faults import TemplateFaultError
from sojourn.messages.markup import Attribute, Document, Tag, read
from sojourn.messages.mask import SHOW, TOKEN, Masked
from sojourn.messages.urls import FIELD, Kind, TargetError, in_ascii, kind_of

URL_IN_TEXT = re.compile(r"https?:(?:[^\s<>\"'\ue000-\ue002]|\ue000\d+\ue001)*", re.IGNORECASE)
AFTER_URL = ".,;:!?)]*_"
PREHEADER = (
    '<div style="display:none;max-height:0;overflow:hidden;mso-hide:all" aria-hidden="true">{}{}</div>'
)
PADDING = "&#847;&zwnj;&nbsp;" * 40  # keeps the first words of the body out of the inbox's preview
REMEDY = "write https:// and the host; put merge fields into a path segment or a query value"

FOR = re.compile(r"\{%[-+]?\s*(?:for\s+(?P<name>\w+)|(?P<end>endfor)\b)")
ROOT = re.compile(r"(?<![.\w])[a-zA-Z]\w*")
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")

Edit = tuple[int, int, str]
Loop = tuple[int, int, str]  # from, to, the name of each thing


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
    document, loops = read(masked), list(_loops(masked))
    edits: list[Edit] = []
    for tag in document.tags:
        edits.extend(_edits(tag, masked, links, _names(loops, tag.start)))
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


def _loops(masked: Masked) -> Iterator[Loop]:
    """Every loop of a template."""
    begun: list[tuple[int, str]] = []
    for token in TOKEN.finditer(masked.text):
        found = FOR.match(masked.tags[int(token[1])])
        if found and found["name"]:
            begun.append((token.start(), found["name"]))
        elif found and begun:
            start, name = begun.pop()
            yield start, token.end(), name


def _names(loops: list[Loop], place: int) -> set[str]:
    """What only a loop round this place knows."""
    names = {name for start, end, name in loops if start < place < end}
    return names | {"loop"} if names else names


def _is_of(target: str, names: set[str]) -> bool:
    return any(names.intersection(ROOT.findall(QUOTED.sub("", shown))) for shown in FIELD.findall(target))


def _in_place(target: str) -> str:
    """The target with each of its fields encoded where it is shown."""
    if "{{" in FIELD.sub("", target) or "}}" in FIELD.sub("", target):
        raise TargetError("has braces inside a merge field")
    return FIELD.sub(_encoded, in_ascii(target))


def _encoded(shown: re.Match[str]) -> str:
    field = shown[1].strip(" -+\n")
    return f"{{{{ ({field}) | {ENCODED} }}}}"


def _edits(tag: Tag, masked: Masked, links: Links, names: set[str]) -> Iterator[Edit]:
    for attribute in tag.attributes:
        if attribute.name in {"href", "src"}:
            try:
                replacement = _replacement(tag, attribute, masked.restored(attribute.value), links, names)
            except TargetError as error:
                links.problems.append((tag.start, f"{attribute.name} {error}"))
                continue
            if replacement:
                yield attribute.start, attribute.end, replacement


def _replacement(tag: Tag, attribute: Attribute, target: str, links: Links, names: set[str]) -> str:
    """What takes the place of a value; nothing where it stays as written."""
    kind = kind_of(target)
    if attribute.name == "src" and kind is not Kind.WEB:
        raise TargetError("of an image must begin with https://")
    if kind is not Kind.WEB:
        return ""
    is_counted, is_of_loop = (
        attribute.name == "href" and tag.get("data-no-track") is None,
        _is_of(target, names),
    )
    if is_counted and is_of_loop:
        raise TargetError("has a field of the loop round it, which cannot be counted: add data-no-track")
    if is_counted:
        return links.add(target, tracked=True)
    links.untracked.add(target)
    if is_of_loop:
        return _in_place(target)
    return links.add(target, tracked=False) if SHOW in attribute.value else ""


def rewrite_text(masked: Masked, links: Links, *, tracked: bool) -> str:
    """The text part with placeholders for the addresses in it (an SMS keeps them: they would cost a part)."""
    edits: list[Edit] = []
    loops = list(_loops(masked))
    for match in URL_IN_TEXT.finditer(masked.text):
        raw = match[0].rstrip(AFTER_URL)
        target = masked.restored(raw)
        try:
            kind_of(target)
            is_of_loop = _is_of(target, _names(loops, match.start()))
            in_place = _in_place(target) if is_of_loop else ""
        except TargetError as error:
            raise TemplateFaultError(masked.line_at(match.start()), f"the address {error}", REMEDY) from None
        if is_of_loop:
            edits.append((match.start(), match.start() + len(raw), in_place))
        elif tracked and target not in links.untracked:
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
