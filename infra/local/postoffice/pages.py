"""The pages: all mailboxes and phones, one mail, one phone."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from infra.local.postoffice.http import Response
from infra.local.postoffice.mail import Mail
from infra.local.postoffice.office import PostOffice, Sms

# Pictures stay out: looking at a mail here must not count as an opening. The button does that.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'"
LATEST = 200


def front(office: PostOffice, to: str = "") -> Response:
    """Mailboxes, phones, and the latest mails of all or of one mailbox."""
    mails = office.find_mails(to)
    mailboxes = Counter(address for one in office.find_mails() for address in one.recipients)
    phones = Counter(sms.to for sms in office.find_texts())
    latest = mails[::-1][:LATEST]
    return _page("front.html", to=to, mails=latest, total=len(mails), mailboxes=mailboxes, phones=phones)


def mail(kept: Mail) -> Response:
    """One mail with the buttons of its recipient and its provider."""
    # Links open in a tab of their own: following one here is a real click.
    preview = '<base target="_blank"><meta name="viewport" content="width=device-width">' + kept.html
    return _page("mail.html", mail=kept, preview=preview)


def phone(number: str, texts: Sequence[Sms]) -> Response:
    """One phone: what came, what was answered, and a line to answer on."""
    return _page("phone.html", number=number, texts=texts)


def _page(name: str, **values: object) -> Response:
    html = _templates().get_template(name).render(**values)
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
    return Response(200, html.encode(), {**headers, "Cache-Control": "no-store"})


@functools.cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=True)
