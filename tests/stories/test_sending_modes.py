"""How far messages go: the named alone, drafts by a person's word, nobody at all, and what going live would do.

The modes are the journeys' own: the workspace stays live, for other stories play there.
"""

from __future__ import annotations

from typing import Any

from tests.stories.cloud import Cloud, Person, eventually
from tests.stories.test_smoke import _sojourn as sojourn


def test_an_allow_list_lets_only_the_named_through_and_explain_says_why(cloud: Cloud):
    named, other = Person(), Person()
    _journey(cloud, "allow_list")
    assert cloud.api("PUT", "/workspace/mode", {"mode": "live", "allow": [named.email.upper()]}).status == 200

    for person in (named, other):
        cloud.enter("Asked allow_list", person=person)

    assert cloud.mail_number(named, 1)
    skipped = eventually(lambda: _settled(cloud, other))
    assert (skipped["state"], skipped["reason"], cloud.mails(other)) == ("skipped", "mode", [])
    assert "'mode': 'allow_list'" in str(cloud.explain(other, "modes-allow-list"))
    assert cloud.api("PUT", "/workspace/mode", {"mode": "live", "allow": []}).status == 200


def test_off_sends_nothing_and_explain_says_so(cloud: Cloud):
    _journey(cloud, "off")

    person = cloud.enter("Asked off")

    skipped = eventually(lambda: _settled(cloud, person))
    assert (skipped["state"], skipped["reason"], cloud.mails(person)) == ("skipped", "mode", [])
    assert "'mode': 'off'" in str(cloud.explain(person, "modes-off"))


def test_a_person_releases_one_draft_and_discards_another(cloud: Cloud):
    _journey(cloud, "draft")
    wanted, unwanted = (cloud.enter("Asked draft") for _ in range(2))
    waiting = eventually(lambda: _both(_waiting(cloud), wanted, unwanted))
    assert cloud.mails(wanted) == []

    status, _ = sojourn(cloud, "message", "release", waiting[wanted.user_id])
    assert status == 0
    status, _ = sojourn(cloud, "message", "discard", waiting[unwanted.user_id], "--reason", "the wrong price")
    assert status == 0

    cloud.mail_number(wanted, 1)
    discarded = eventually(lambda: _settled(cloud, unwanted))
    assert (discarded["state"], discarded["reason"]) == ("skipped", "discarded")
    assert "the wrong price" in str(cloud.explain(unwanted, "modes-draft"))
    for person in (wanted, unwanted):
        cloud.ended(person, "modes-draft")
    assert (len(cloud.mails(wanted)), cloud.mails(unwanted)) == (1, [])
    assert not {wanted.user_id, unwanted.user_id} & _waiting(cloud).keys()


def test_what_going_live_would_do_is_told_against_sess_own_quota(cloud: Cloud):
    _, told = sojourn(cloud, "workspace", "mode", "live", "--dry-run")

    assert told["ses_quota"] is not None
    assert told["mails_a_day_allowed"] is not None
    assert {"people_waiting", "mails_a_day", "usd_a_day"} <= told.keys()


def test_whoever_tests_a_template_sees_that_it_bounced(cloud: Cloud):
    person = Person()
    _, sent = sojourn(cloud, "template", "test", "welcome", "--to", person.email, "--field", "firstName=Ada")
    cloud.act(cloud.mail_number(person, 1), "bounce")

    told = eventually(lambda: _reported(cloud, sent["id"]))
    assert told["outcome"] == "bounced"


def _journey(cloud: Cloud, mode: str) -> None:
    name = f"modes-{mode.replace('_', '-')}"
    text = (
        f"journey: {name}\npurpose: marketing\nmode: {mode}\nentry: {{event: Asked {mode}}}\n"
        "steps:\n  - {send: Say it, template: welcome}\n  - {exit: Over, reason: over}\n"
    )
    cloud.ensure_journey(name, text)


def _settled(cloud: Cloud, person: Person) -> dict[str, Any]:
    message = cloud.messages(person).get("Say it")
    return message if message and message["state"] not in {"planned", "sending"} else {}


def _waiting(cloud: Cloud) -> dict[str, str]:
    _, told = sojourn(cloud, "message", "list", "--waiting", "--journey", "modes-draft")
    return {each["user_id"]: each["id"] for each in told["items"]}


def _both(waiting: dict[str, str], *people: Person) -> dict[str, str]:
    return waiting if {person.user_id for person in people} <= waiting.keys() else {}


def _reported(cloud: Cloud, test: str) -> dict[str, Any]:
    told: dict[str, Any] = cloud.api("GET", f"/templates/welcome/tests/{test}").json
    return told if told["outcome"] == "bounced" else {}
