"""The admin API and publishing, on the running cloud."""

from __future__ import annotations

import textwrap

import pytest

from tests.stories.cloud import Cloud, Person, eventually

VERSION_ONE = textwrap.dedent(
    """\
    journey: {name}
    purpose: marketing
    entry: {{event: {event}}}
    steps:
      - send: Send the first
        template: welcome
      - wait: Wait three days
        for: 3 days
      - send: Send the old ending
        template: chapter
    """
)
VERSION_TWO = VERSION_ONE.replace("Send the old ending", "Send the new ending").replace("chapter", "feedback")


def test_who_waits_in_version_one_finishes_there_and_who_comes_later_runs_version_two(cloud: Cloud):
    name = f"versions-{Person().user_id[-8:]}"
    event = f"Entered {name}"
    cloud.ensure_journey(name, VERSION_ONE.format(name=name, event=event))
    early = cloud.enter(event)
    cloud.mail_number(early, 1)

    assert cloud.ensure_journey(name, VERSION_TWO.format(name=name, event=event)) == 2
    late = cloud.enter(event)

    assert cloud.ended(early, name)["version"] == 1
    assert list(cloud.messages(early)) == ["Send the first", "Send the old ending"]
    assert cloud.ended(late, name)["version"] == 2
    assert list(cloud.messages(late)) == ["Send the first", "Send the new ending"]
    repeated = cloud.api("POST", f"/journeys/{name}/publish").json
    assert (repeated["version"], repeated["changed"]) == (2, False)


def test_a_journey_with_an_error_is_refused_with_file_line_step_and_remedy(cloud: Cloud):
    source = VERSION_ONE.format(name="wrong", event="Nothing").replace("for: 3 days", "for: three days")

    answer = cloud.api("PUT", "/journeys/wrong", source)

    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    [error] = answer.json["errors"]
    assert (error["file"], error["line"]) == ("wrong.journey.yaml", 8)
    assert error["step"] == "Wait three days"
    assert error["problem"]
    assert error["remedy"]
    assert cloud.api("GET", "/journeys/wrong").status == 404


def test_everything_about_a_person_can_be_asked(cloud: Cloud):
    person = cloud.enter("Question Asked")
    cloud.message(person, "Send the question", "sent")

    contact = cloud.api("GET", f"/contacts/{person.user_id}").json
    [message] = cloud.api("GET", f"/contacts/{contact['id']}/messages").json["items"]
    events = cloud.api("GET", f"/contacts/{person.user_id}/events?limit=1").json
    explained = eventually(
        lambda: next(
            iter([e for e in [cloud.explain(person, "answers")] if (e["enrolment"] or {}).get("waits")]), None
        )
    )

    assert contact["traits"]["email"] == person.email
    assert eventually(lambda: _alone_as_in_the_list(cloud, message["id"])), "both tell what came of it by now"
    assert events["next"]
    assert len(events["items"]) == 1
    assert explained
    assert explained["reason"] == "active"
    assert explained["enrolment"]["step"].startswith("Answered")
    assert explained["next"]
    assert "token" not in str(explained)
    never = cloud.explain(person, "drill")
    assert (never["enrolled"], never["reason"]) == (False, "entry_event_never_seen")


def _alone_as_in_the_list(cloud: Cloud, message_id: str) -> bool:
    alone = cloud.api("GET", f"/messages/{message_id}").json
    return bool(cloud.api("GET", f"/contacts/{alone['contact']}/messages").json["items"] == [alone])


def test_the_specification_names_every_path_and_asks_for_no_key(cloud: Cloud):
    answer = cloud.ask("GET", "/api/openapi.json")

    assert answer.status == 200
    assert answer.json["openapi"].startswith("3.1")
    assert {
        "/api/contacts/{contact}",
        "/api/contacts/{contact}/events",
        "/api/contacts/{contact}/messages",
        "/api/messages/{message}",
        "/api/journeys",
        "/api/journeys/{name}",
        "/api/journeys/{name}/publish",
        "/api/journeys/{name}/report",
        "/api/explain",
    } <= set(answer.json["paths"])


@pytest.mark.parametrize(
    "path", ["/api/journeys", "/api/contacts/x", "/api/explain?contact=x&journey=welcome"]
)
@pytest.mark.parametrize("key", [None, "Bearer wrong", "Bearer", "Basic eDp5", "write key"])
def test_without_an_api_key_nothing_is_told(cloud: Cloud, path: str, key: str | None):
    key = f"Bearer {cloud.local.write_key}" if key == "write key" else key

    answer = cloud.ask("GET", path, headers={"Authorization": key} if key else {})

    assert answer.status == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["code"]


def test_the_functions_run_under_their_own_narrow_roles(cloud: Cloud):
    """A missing permission would have failed a story; here: the roles are enforced at all."""
    iam = cloud.aws("iam")
    roles = [each["RoleName"] for each in iam.list_roles(MaxItems=200)["Roles"]]

    # Copies of the function, which test_permissions.py makes, have roles of their own.
    assert len([each for each in roles if "SendMessageRole" in each]) == 1


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("https://shop.example/guide", 200),
        ("javascript:alert(1)", 422),
        ("data:text/html,x", 422),
        ("//evil.example", 422),
        ("https://shop.example/\r\nX: y", 422),
    ],
)
def test_a_template_with_a_hostile_link_is_refused(cloud: Cloud, target: str, status: int):
    html = (
        f'<html lang="en"><body><p>Hello <a href="{target}">read on</a></p>'
        '<p>{{ postal_address }} <a href="{{ unsubscribe_url }}">Unsubscribe</a></p></body></html>'
    )
    text = "Hello\n{{ postal_address }}\n{{ unsubscribe_url }}"
    sent = {"channel": "email", "purpose": "marketing", "subject": "Hello", "html": html, "text": text}

    answer = cloud.api("PUT", "/templates/hostile", sent)

    assert answer.status == status, answer.body
    if status == 422:
        assert answer.json["code"] == "template_refused"
        assert answer.json["errors"]


def test_a_mail_in_mjml_is_saved_looked_at_and_sent(cloud: Cloud):
    """The compiler is in the layer, for the API alone; what is sent was made when it was saved."""
    body = (
        "<mj-text>Hello {{ firstName | default('you') }}, {{ postal_address }}</mj-text>"
        '<mj-button href="{{ unsubscribe_url }}">Unsubscribe</mj-button>'
    )
    mjml = f"<mjml><mj-body><mj-section><mj-column>{body}</mj-column></mj-section></mj-body></mjml>"
    text = "Hello\n{{ postal_address }}\n{{ unsubscribe_url }}"
    sent = {"channel": "email", "purpose": "marketing", "subject": "Hello", "mjml": mjml, "text": text}
    person = Person()

    saved = cloud.api("PUT", "/templates/wide", sent)
    refused = cloud.api("PUT", "/templates/wide", {**sent, "mjml": mjml.replace("</mj-text>", "")})
    looked = cloud.api("POST", "/templates/wide/preview", {})
    tested = cloud.api("POST", "/templates/wide/test", {"to": person.email})

    assert saved.status == 200, saved.body
    assert saved.json["definition"]["mjml"] == mjml
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "mjml")
    assert tested.json["state"] == "sent"
    mail = cloud.mail_number(person, 1)
    for html in (looked.json["html"], mail["html"]):
        assert html.count("<table") > 3
        assert "Hello you, " in html
        assert "<mj-" not in html
    assert "/u/" in mail["html"]
