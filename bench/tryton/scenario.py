"""Tryton's side, run by its own environment: a two-mail scenario on SQLite, mails rendered and handed to nobody.

    python scenario.py 300      prints {"cpu_seconds": …, "steps": …, "mails": …}

Each party: enters (1), gets a mail (2), waits two days for a click (3), did not click (4), gets the reminder (5).
"""

import datetime
import json
import os
import sys
import time

os.environ.setdefault("DB_NAME", ":memory:")

from trytond.config import config  # noqa: E402

config.set("database", "uri", "sqlite://")
config.set("email", "from", "hello@example.org")
config.set("html", "href", "https://mail.example.org")
config.set("web", "hostname", "mail.example.org")

from trytond.modules.marketing_automation import marketing_automation  # noqa: E402
from trytond.pool import Pool  # noqa: E402
from trytond.pyson import Eval, PYSONEncoder  # noqa: E402
from trytond.tests.test_tryton import DB_NAME, activate_module  # noqa: E402
from trytond.transaction import Transaction  # noqa: E402

STEPS = 5
MAIL = """<!DOCTYPE html>
<html xmlns:py="http://genshi.edgewall.org/"><head><title>{title}</title></head>
<body><p>Hello, ${{record.rec_name}}!</p><p>Here is a <a href="http://example.com/action">nice link</a>.</p>
<p><a href="unsubscribe|http://example.com/unsubscribe">Unsubscribe</a></p></body></html>"""
mails = 0


class Nowhere:
    """In place of the data manager that speaks SMTP when the transaction ends."""

    def __init__(self, *_, **__):
        pass

    def __getattr__(self, name):
        return lambda *_, **__: None


def keep(*_, **__):
    """A mail that is ready to go."""
    global mails
    mails += 1


def main(parties: int) -> None:
    """Make them, and walk them through."""
    marketing_automation.send_message_transactional = keep
    marketing_automation.SMTPDataManager = Nowhere
    activate_module("marketing_automation")
    with Transaction().start(DB_NAME, 1) as transaction:
        pool = Pool()
        _people(pool, parties)
        _scenario(pool)
        transaction.commit()
        started = time.process_time()
        pool.get("marketing.automation.scenario").trigger()
        transaction.commit()
        for _ in range(3):  # the mail; nothing, for nobody waited long enough; two days later the reminder
            _process(pool, transaction)
            _two_days_later(pool, transaction)
        spent = time.process_time() - started
    print(json.dumps({"cpu_seconds": spent, "steps": parties * STEPS, "mails": mails}))


def _people(pool, parties):
    Party = pool.get("party.party")
    mechanism = {"type": "email"}
    Party.create(
        [
            {
                "name": f"Party {number}",
                "contact_mechanisms": [("create", [{**mechanism, "value": f"p{number}@example.org"}])],
            }
            for number in range(parties)
        ]
    )


def _scenario(pool):
    Scenario, Activity = pool.get("marketing.automation.scenario"), pool.get("marketing.automation.activity")
    scenario = Scenario(name="Welcome", model="party.party", domain='[["contact_mechanisms", "!=", null]]')
    scenario.save()
    first = Activity(
        name="First mail", parent=scenario, action="send_email", email_title="Hello",
        condition=PYSONEncoder().encode(Eval("self", {}).get("active")), email_template=MAIL.format(title="Hello"),
    )  # fmt: skip
    first.save()
    second = Activity(
        name="No click", parent=first, event="email_clicked", negative=True, delay=datetime.timedelta(days=2),
        action="send_email", email_title="Reminder", email_template=MAIL.format(title="Reminder"),
    )  # fmt: skip
    second.save()
    Scenario.run([scenario])


def _process(pool, transaction):
    """As its cron does, and its worker: in batches."""
    RecordActivity = pool.get("marketing.automation.record.activity")
    due = RecordActivity.search([("state", "=", "waiting"), ("at", "<=", datetime.datetime.now())])
    for first in range(0, len(due), 100):
        RecordActivity.do(due[first : first + 100])
        transaction.commit()


def _two_days_later(pool, transaction):
    """The clock is the row's."""
    table = pool.get("marketing.automation.record.activity").__table__()
    past = datetime.datetime.now() - datetime.timedelta(seconds=1)
    transaction.connection.cursor().execute(*table.update([table.at], [past], where=table.state == "waiting"))
    transaction.commit()


if __name__ == "__main__":
    main(int(sys.argv[1]))
