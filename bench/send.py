"""What a mail costs to send: CPU beside a bare render and a bare SendEmail, requests, and write units.

The real handler with its real stores, on rows that the real row classes wrote. Both sides run in turn in one process;
AWS is answered before the socket, so only our own work and botocore's is measured.
"""

import base64
import contextlib
import io
import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.session
import jinja2

from bench.measures import Measure, cpu_ratio, judged
from bench.stub import Item, Table, answer
from bench.units import WRITE_UNIT, size_of
from sojourn.clock import iso
from tests.cloud import ENVIRONMENT, SETTINGS

SHIPPED = Path(__file__).parents[1] / "statemachines" / "journeys"
REPEATS = 40
RATIO_GOAL, REQUESTS_GOAL = 5.5, 4
CONTACT = "abcdefghijklmnopqrst"
ENROLMENT = f"{CONTACT}.welcome.1"
NOW = iso(datetime.now(UTC))  # real handlers look at the real clock: a mail of yesterday is expired
FACTS = {"email": "ada@example.org", "firstName": "Ada", "timezone": "Europe/London", "plan": "free"}
MESSAGE_ID = b'{"MessageId":"0100019a-5e3c-4a1b-9d43-0a4b5c6d7e8f-000000"}'
TASK = {
    "enrolment": ENROLMENT,
    "leg": 1,
    "step": "Send the welcome",
    "next": "Wait two days",
    "attempt": 0,
}


def measure() -> list[Measure]:
    """The ratio with both its sides, and what the table is asked for."""
    with contextlib.redirect_stdout(io.StringIO()):  # log lines are written, and nowhere
        mail, requests, ours = one_mail()
        ratio = cpu_ratio(ours, bare(mail), repeats=REPEATS)
    return [
        judged("send_cpu_ratio", ratio.ratio, "×", RATIO_GOAL),
        *ratio.sides("send", "µs a mail"),
        *_asked(requests),
    ]


def counts() -> list[Measure]:
    """Only what needs no stopwatch."""
    with contextlib.redirect_stdout(io.StringIO()):
        _, requests, _ = one_mail()
    return _asked(requests)


def _asked(requests: list[tuple[str, bytes]]) -> list[Measure]:
    return [
        judged("dynamodb_requests_per_message", len(requests), "requests", REQUESTS_GOAL),
        judged("write_units_per_message", units_of(requests), "write units", None),
    ]


def units_of(requests: list[tuple[str, bytes]]) -> int:
    """Write units of the transactions: each row in them counts twice. The rows of this story are all below 1 KB."""
    writes = [
        json.loads(body)["TransactItems"] for operation, body in requests if operation == "TransactWriteItems"
    ]
    assert all(
        size_of(write["Put"]["Item"]) < WRITE_UNIT for each in writes for write in each if "Put" in write
    )
    return sum(2 * len(each) for each in writes)


def one_mail(
    more: Callable[[], Mapping[tuple[str, str, str], Item]] = dict,
) -> tuple[dict[str, Any], list[tuple[str, bytes]], Callable[[], None]]:
    """The mail as SES got it, what DynamoDB was asked for it by a warm container, and how to send it again.

    `more` are rows besides those that every mail reads.
    """
    os.environ.update(ENVIRONMENT)
    from functions.send_message.app import handler
    from sojourn import bootstrap
    from sojourn.delivery.providers import ONE_ATTEMPT
    from sojourn.tables import connection

    for kept in (bootstrap.settings, bootstrap.desk, bootstrap.client):
        kept.cache_clear()
    bootstrap.settings()
    table = Table({**rows(), **more()})
    mails: list[bytes] = []

    def ses(_: str, body: bytes) -> bytes:
        mails[:] = [body]
        return MESSAGE_ID

    answer(connection().client, table.answers)
    answer(bootstrap.client("sesv2", ONE_ATTEMPT), ses)

    def send() -> None:
        table.requests.clear()
        receipt = handler(TASK, None)
        assert receipt["state"] == "sent", receipt

    send()
    send()  # journey, template and keys are known now
    return json.loads(mails[0]), list(table.requests), send


def bare(mail: dict[str, Any]) -> Callable[[], None]:
    """The least that would do: Jinja2 as it comes renders the same letter, botocore as it comes sends it."""
    client = botocore.session.get_session().create_client("sesv2", region_name=ENVIRONMENT["AWS_REGION"])
    answer(client, lambda _, body: MESSAGE_ID)
    parts, context = _templates(), _context(mail)

    def send() -> None:
        subject, html, text = (part.render(context) for part in parts)
        client.send_email(
            FromEmailAddress="Fieldnotes <hello@example.org>",
            Destination={"ToAddresses": [FACTS["email"]]},
            Content={
                "Simple": {
                    "Subject": {"Data": subject, "Charset": "UTF-8"},
                    "Body": {
                        "Html": {"Data": html, "Charset": "UTF-8"},
                        "Text": {"Data": text, "Charset": "UTF-8"},
                    },
                    "Headers": mail["Content"]["Simple"]["Headers"],
                }
            },
            EmailTags=mail["EmailTags"],
            ConfigurationSetName=mail["ConfigurationSetName"],
        )

    return send


def _templates() -> list[jinja2.Template]:
    """The saved template in plain environments; only HTML is escaped."""
    kept = letter()
    plain, escaping = jinja2.Environment(), jinja2.Environment(autoescape=True)  # noqa: S701 - text is not HTML
    return [plain.from_string(kept.subject), escaping.from_string(kept.html), plain.from_string(kept.text)]


def _context(mail: dict[str, Any]) -> dict[str, Any]:
    """The same facts and addresses of the same length."""
    html = mail["Content"]["Simple"]["Body"]["Html"]["Data"]
    links = {f"_link{n}": SETTINGS.public_url + "/c/" + "x" * 90 for n in range(html.count("/c/") + 1)}
    return {
        **FACTS,
        **links,
        "_pixel": "",
        "unsubscribe_url": SETTINGS.public_url + "/u/" + "x" * 90,
        "preferences_url": SETTINGS.public_url + "/p/" + "x" * 90,
        "postal_address": SETTINGS.postal_address,
    }


def letter() -> Any:
    """The shipped welcome letter, as saving keeps it."""
    from sojourn.messages.check import save
    from sojourn.messages.files import read_template

    return save(read_template(SHIPPED / "templates" / "welcome.template.yaml"), version=1)


def rows() -> dict[tuple[str, str, str], Item]:
    """Everything that sending one mail reads."""
    from sojourn.consent.store import ConsentRow
    from sojourn.contacts.store import ProfileRow
    from sojourn.journeys.store import EnrolmentRow
    from sojourn.tables import ConfigRow

    profile = ProfileRow(
        f"C#{CONTACT}",
        "PROFILE",
        revision=3,
        traits=FACTS,
        events={
            "Signed Up": {"n": 1, "first": NOW, "last": NOW},
            "identify": {"n": 1, "first": NOW, "last": NOW},
        },
        folded={"u#c00004": "49660000000000000000000123"},
        identities=["u#c00004"],
        created_at=NOW,
    )
    standing = {"status": "given", "at": NOW, "by": "web"}
    consent = ConsentRow(
        f"C#{CONTACT}",
        "CONSENT",
        revision=1,
        state={"email|marketing|*": standing, "sms|marketing|*": standing},
    )
    kept = [profile, consent, EnrolmentRow.of(enrolment())]
    config = [ConfigRow(kind, id_, revision="1", data=data) for kind, id_, data in _config()]
    return {("People", row.pk, row.sk): row.serialize() for row in kept} | {
        ("Config", row.pk, row.sk): row.serialize() for row in config
    }


def enrolment() -> Any:
    """A run that stands at its first step."""
    from sojourn.journeys.enrolment import Enrolment

    machine = "arn:aws:states:us-east-1:123456789012:stateMachine:sojourn-j-welcome:1"
    return Enrolment(
        contact=CONTACT,
        journey="welcome",
        entry=1,
        version=1,
        version_arn=machine,
        entered_by=f"u#c00004|{NOW}#web#5f0b6f7a-6a0e-4f5e-9d43-0a4b5c6d7e8f",
        entered_at=NOW,
        identity="u#c00004",
        at="Send the welcome",
        until=NOW,
        started_at=NOW,
    )


def _config() -> list[tuple[str, str, dict[str, Any]]]:
    from sojourn.journeys.files import load_file

    journey = load_file(SHIPPED / "welcome.journey.yaml")
    version = {
        "source": "",
        "definition": journey.to_definition(),
        "content_hash": "",
        "version_arn": enrolment().version_arn,
        "published_at": NOW,
        "templates": {"welcome": 1, "chapter": 1, "reminder": 1, "offer": 1, "feedback": 1},
    }
    secret = base64.b64encode(b"x" * 32).decode()
    return [
        ("JOURNEY", "welcome#00001", version),
        ("TEMPLATE", "welcome#00001", {"template": letter().to_definition(), "source": {}}),
        ("KEY", "link", {"active": "k1", "keys": {"k1": secret}}),
    ]
