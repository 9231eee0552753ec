"""From what an author wrote to a template that can be sent, or the list of what must be mended first.

faults = check(definition)              # [] when it can be saved
template = save(definition, version=3)  # raises TemplateRefusedError with the same faults
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from sojourn.messages.allowlist import checked
from sojourn.messages.faults import Fault, TemplateFaultError, TemplateRefusedError
from sojourn.messages.links import REMEDY, Links, rewrite_html, rewrite_text
from sojourn.messages.markup import MOST_PROBLEMS
from sojourn.messages.mask import Masked, mask
from sojourn.messages.sandbox import FactsEnvironment, html_environment, text_environment
from sojourn.messages.template import EMAIL, SMS, Template
from sojourn.messages.urls import FIELD, OF_SERVICE, UNSUBSCRIBE, expressions

NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
HTML, MJML = "html", "mjml"  # what the mail is written in: one of them
CHANNELS = (EMAIL, SMS)
MAY_LACK = "preheader"
KEYS = {"template", "channel", "purpose", "description"}
PURPOSES = {"marketing", "transactional", "service"}
GMAIL_CLIPS_AT = 102_400
TRACKED_URL = 120  # bytes that a tracked address takes where its placeholder stood
POSTAL = "postal_address"


@dataclass(slots=True)
class Draft:
    """A definition on its way to a template."""

    definition: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)
    links: Links = field(default_factory=Links)
    trees: dict[str, nodes.Template] = field(default_factory=dict)
    masks: dict[str, Masked] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """What the mail is written in, which is where its faults are told."""
        return MJML if MJML in self.definition else HTML

    @property
    def parts(self) -> tuple[str, ...]:
        """The texts that it has."""
        return ("subject", MAY_LACK, self.body, "text") if self.channel == EMAIL else ("text",)

    def fault(self, where: str, problem: str, remedy: str, line: int = 1) -> None:
        """Note a fault."""
        self.faults.append(Fault(where, line, problem, remedy))

    @property
    def channel(self) -> str:
        """The channel it is for."""
        return str(self.definition.get("channel"))


def check(definition: Mapping[str, Any]) -> list[Fault]:
    """What must be mended before this definition can be saved."""
    return _drafted(definition).faults


def save(definition: Mapping[str, Any], *, version: int) -> Template:
    """The template of a definition without faults."""
    draft = _drafted(definition)
    if draft.faults:
        raise TemplateRefusedError(str(definition.get("template")), draft.faults)
    return Template(
        name=definition["template"],
        version=version,
        channel=draft.channel,
        subject=draft.done.get("subject", ""),
        html=draft.done.get(HTML, ""),
        text=draft.done["text"],
        links=tuple(draft.links.targets),
    )


def _drafted(definition: Mapping[str, Any]) -> Draft:
    draft = Draft(definition)
    for stage in (_shape, _syntax, _compiled, _markup, _texts, _targets, _lawful, _size, _runs):
        stage(draft)
        if draft.faults and stage is not _markup:
            break
    del draft.faults[MOST_PROBLEMS:]
    return draft


def _shape(draft: Draft) -> None:
    """Known keys, a name, a channel, and texts where texts belong."""
    definition, channel = draft.definition, draft.channel
    if channel not in CHANNELS:
        return draft.fault("channel", f"{channel} is no channel", "write email or sms")
    if not NAME.fullmatch(str(definition.get("template"))):
        draft.fault(
            "template", "the name is missing or unusual", "use lower-case letters, digits and hyphens"
        )
    if str(definition.get("purpose", "marketing")) not in PURPOSES:
        draft.fault("purpose", "no such purpose", "write marketing, transactional or service")
    for key in sorted(set(definition) - KEYS - set(draft.parts), key=str):
        where = "beside mjml" if key == HTML and MJML in draft.parts else f"in a template for {channel}"
        draft.fault(str(key), f"{key} has no place {where}", "remove it")
    for part in draft.parts:
        _text_part(draft, part, needed=part != MAY_LACK)
    return None


def _text_part(draft: Draft, part: str, *, needed: bool) -> None:
    value = draft.definition.get(part, "")
    if not isinstance(value, str) or (needed and not value.strip()):
        draft.fault(part, "must be a text", f"write the {part}")
    elif part == "subject" and "\n" in value.strip():
        draft.fault(part, "more than one line", "write it on one line")


def _syntax(draft: Draft) -> None:
    """The allow-list, on every part."""
    for part in draft.parts:
        source = draft.definition.get(part, "")
        environment = _environment(part)
        try:
            draft.trees[part] = checked(source, environment)
            draft.masks[part] = mask(source, environment)
        except TemplateFaultError as error:
            draft.faults.append(error.of(part))


def _environment(part: str) -> FactsEnvironment:
    return html_environment() if part in {HTML, MJML, "preheader"} else text_environment()


def _compiled(draft: Draft) -> None:
    """MJML becomes the HTML that all else is asked of."""
    if MJML not in draft.masks:
        return
    from sojourn.messages.mjml import compiled

    try:
        masked = compiled(draft.masks[MJML])
        draft.trees[MJML] = checked(masked.restored(masked.text), html_environment())
        draft.masks[MJML] = masked
    except TemplateFaultError as error:
        draft.faults.append(error.of(MJML))


def _markup(draft: Draft) -> None:
    """The HTML is read, its links and the pixel get placeholders."""
    if draft.channel != EMAIL:
        return
    masked = draft.masks[draft.body]
    draft.done[HTML], document = rewrite_html(masked, draft.masks["preheader"], draft.links)
    for offset, problem in document.problems:
        draft.fault(draft.body, problem, "write plain e-mail HTML", masked.line_at(offset))
    for offset, problem in draft.links.problems:
        draft.fault(draft.body, problem, REMEDY, masked.line_at(offset))


def _texts(draft: Draft) -> None:
    draft.done["subject"] = draft.definition.get("subject", "").strip()
    try:
        draft.done["text"] = rewrite_text(draft.masks["text"], draft.links, tracked=draft.channel == EMAIL)
    except TemplateFaultError as error:
        draft.faults.append(error.of("text"))


def _targets(draft: Draft) -> None:
    """Each merge field of a target stands alone, for it is rendered and encoded alone."""
    for target in draft.links.targets:
        for expression in expressions(target):
            try:
                checked(f"{{{{{expression}}}}}", text_environment())
            except TemplateFaultError as error:
                draft.faults.append(error.of(draft.body))
        if "{{" in FIELD.sub("", target) or "}}" in FIELD.sub("", target):
            draft.fault(draft.body, "braces inside a merge field of a link", REMEDY)


def _lawful(draft: Draft) -> None:
    """Marketing mail shows a way out and where the sender lives, in both parts, whatever the branches say."""
    purpose = draft.definition.get("purpose", "marketing")
    shown = [name for name in OF_SERVICE if any(_shows(tree, name) for tree in draft.trees.values())]
    if shown and purpose != "service":
        draft.fault("purpose", f"{shown[0]} in a template that is not for service", "write purpose: service")
    if draft.channel != EMAIL or purpose != "marketing":
        return
    for part in (draft.body, "text"):
        always = _always_shown(draft.trees[part])
        for name in (UNSUBSCRIBE, POSTAL):
            if name not in always:
                draft.fault(
                    part, f"marketing mail without {name}", f"show {{{{ {name} }}}} outside any if or for"
                )
    if not re.search(r"<a\s[^>]*href=[\"']\s*\{\{-?\s*unsubscribe_url\s*-?\}\}", draft.done[HTML]):
        draft.fault(
            draft.body, "the unsubscribe address is not a link", 'write <a href="{{ unsubscribe_url }}">'
        )


def _shows(tree: nodes.Template, name: str) -> bool:
    return any(node.name == name for node in tree.find_all(nodes.Name))


def _always_shown(tree: nodes.Template) -> set[str]:
    shown = (node for output in tree.body if isinstance(output, nodes.Output) for node in output.nodes)
    return {node.name for node in shown if isinstance(node, nodes.Name)}


def _size(draft: Draft) -> None:
    """Gmail cuts a mail off, and its unsubscribe link with it."""
    size = len(draft.done.get(HTML, "").encode()) + TRACKED_URL * len(draft.links.targets)
    if size > GMAIL_CLIPS_AT:
        draft.fault(draft.body, f"about {size} bytes; Gmail clips a mail at {GMAIL_CLIPS_AT}", "shorten it")


def _runs(draft: Draft) -> None:
    """What will be sent keeps to the list as well, with what was put into it."""
    for part in (HTML, "text"):
        try:
            checked(draft.done.get(part, ""), _environment(part), ours=True)
        except TemplateFaultError as error:
            draft.fault(draft.body if part == HTML else part, error.problem, error.remedy)
