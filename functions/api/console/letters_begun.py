"""What a template in the making is: its fields, what it begins with, and what its body is written in. Pure."""

from collections.abc import Mapping
from typing import Any

EMAIL = "email"
HTML, MJML = "html", "mjml"  # a mail is written in one of them
FIELDS = ("channel", "purpose", "description", "subject", "preheader", HTML, MJML, "text")
WRITTEN = ("description", "subject", "preheader", "text")
NEW: Mapping[str, str] = {"channel": EMAIL, "purpose": "marketing", **dict.fromkeys(WRITTEN, "")}
# What a marketing mail owes its reader stands there from the first: the way to leave, and who writes.
BEGUN = {
    "subject": "Hello {{ firstName | default('you') }}",
    "text": "Hello {{ firstName | default('you') }},\n\n…\n\n{{ unsubscribe_url }}\n{{ postal_address }}\n",
}
BEGUN_IN = {
    HTML: """\
<p>Hello {{ firstName | default('you') }},</p>
<p>…</p>
<p><a href="{{ unsubscribe_url }}">Unsubscribe</a><br>{{ postal_address }}</p>
""",
    MJML: """\
<mjml lang="en">
  <mj-head>
    <mj-attributes>
      <mj-all font-family="Helvetica, Arial, sans-serif" />
      <mj-text font-size="16px" line-height="1.5" />
    </mj-attributes>
  </mj-head>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text>Hello {{ firstName | default('you') }},</mj-text>
        <mj-text>…</mj-text>
        <mj-button href="https://example.com/">Look</mj-button>
      </mj-column>
    </mj-section>
    <mj-section>
      <mj-column>
        <mj-text font-size="13px">
          <a href="{{ unsubscribe_url }}">Unsubscribe</a><br>{{ postal_address }}
        </mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
""",
}


def body_of(fields: Mapping[str, Any]) -> str:
    """What a mail is written in."""
    return MJML if MJML in fields else HTML


def begun_in(wanted: str | None, fields: Mapping[str, str]) -> dict[str, str]:
    """The same mail; where it is written in the other than wanted, its body begun anew."""
    body = body_of(fields)
    if wanted not in BEGUN_IN or wanted == body:
        return dict(fields)
    return {key: value for key, value in fields.items() if key != body} | {wanted: BEGUN_IN[wanted]}
