"""Segment's and RudderStack's own clients, unchanged, over a network with bad days: none lost, none doubled."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from rudderstack.analytics.client import Client as RudderClient
from segment.analytics.client import Client as SegmentClient

from infra.web import assets
from sojourn.events.proofs import user_hash
from sojourn.events.store import from_image
from tests.clients import node
from tests.clients.chromium import need_chromium
from tests.clients.network import Day, Road, bad_days
from tests.clients.site import pages
from tests.devtools import Browser, Page
from tests.stories.cloud import Cloud, Person, eventually

COUNT = 45
# Each happens to some request on the way; what comes after is good.
WEEK = (
    Day.GOOD,
    Day.FAILED,
    Day.SLOW_DOWN,
    Day.GOOD,
    Day.REQUEST_LOST,
    Day.ANSWER_LOST,
    Day.FAILED,
    Day.ANSWER_LOST,
)


@pytest.fixture
def road(cloud: Cloud, request: pytest.FixtureRequest) -> Iterator[Road]:
    """The way to the cloud, on a bad week."""
    with bad_days(cloud.local.collect_url, *getattr(request, "param", WEEK)) as road:
        yield road


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Page]:
    """A window of a real Chromium."""
    need_chromium()
    with Browser.start(tmp_path / "profile") as browser:
        yield browser.new_page()


@pytest.fixture(autouse=True)
def _clients_complain_in_silence() -> None:
    for name in ("segment", "rudderstack", "backoff"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


@pytest.mark.parametrize("gzip", [False, True])
def test_segment_s_client_for_python(cloud: Cloud, road: Road, gzip: bool):
    person, lost = Person(), list[Any]()
    client = SegmentClient(
        cloud.local.write_key,
        host=road.url,
        gzip=gzip,
        timeout=4,
        upload_size=10,
        upload_interval=0.2,
        on_error=lambda error, batch: lost.append(error),
    )

    sent = [client.identify(person.user_id, {"plan": "free"})]
    sent += [client.track(person.user_id, "Clicked", {"number": number}) for number in range(1, COUNT)]
    client.flush()
    client.join()

    assert not lost
    _all_there_once(cloud, person, [message["messageId"] for _, message in sent])
    _the_week_is_over(road)


def test_rudderstack_s_client_for_python(cloud: Cloud, road: Road):
    person, lost = Person(), list[Any]()
    client = RudderClient(
        cloud.local.write_key,
        host=road.url,
        timeout=4,
        upload_size=10,
        upload_interval=0.2,
        on_error=lambda error, batch: lost.append(error),
    )

    sent = [client.identify(person.user_id, {"plan": "free"})]
    sent += [client.track(person.user_id, "Clicked", {"number": number}) for number in range(1, COUNT)]
    client.flush()
    client.join()

    assert not lost
    events = _all_there_once(cloud, person, [message["messageId"] for _, message in sent])
    assert [event.traits for event in events if event.type == "identify"] == [{"plan": "free"}]
    _the_week_is_over(road)


def test_segment_s_client_for_node(cloud: Cloud, road: Road):
    person = Person()

    sent = node.run(
        "send.cjs", host=road.url, key=cloud.local.write_key, user=person.user_id, count=str(COUNT)
    )

    _all_there_once(cloud, person, json.loads(sent))
    _the_week_is_over(road)


IN_BATCHES = {
    "integrations": {"Segment.io": {"deliveryStrategy": {"strategy": "batching", "config": {"size": 5}}}}
}
PAGE = """
<script>%(snippet)s</script>
<script>
const ids = [];
analytics.addSourceMiddleware(({payload, next}) => {
  ids.push(payload.obj.messageId);
  next(payload);
});
analytics.identify("%(user)s", {plan: "free"}, {context: {userHash: "%(proof)s"}});
for (let number = 2; number < %(count)d; number += 1) analytics.track("Clicked", {number});
analytics.ready(() => analytics.page("Home"));
</script>
"""


@pytest.mark.parametrize(
    ("load", "road", "good_days"),
    [
        pytest.param(True, WEEK, COUNT, id="one by one"),
        # After the first refusal it gathers what it has into one batch, so there are fewer requests to hinder.
        pytest.param(IN_BATCHES, (Day.FAILED, Day.SLOW_DOWN, Day.ANSWER_LOST), 1, id="in batches"),
    ],
    indirect=["road"],
)
def test_segment_s_client_for_browsers_comes_from_us_and_sends_to_us(
    cloud: Cloud, road: Road, window: Page, load: Any, good_days: int
):
    person, key = Person(), cloud.local.browser_key
    snippet = node.run("snippet.cjs", host=road.host, key=key, load=json.dumps(load))
    proof = user_hash(cloud.local.identify_secret, person.user_id)
    html = PAGE % {"snippet": snippet, "count": COUNT, "user": person.user_id, "proof": proof}

    with pages({"/": html}) as site:
        # A word that the client answers by loading another part of itself.
        window.go(f"{site.url}/?utm_source=news&ajs_prop_shoe=1")
        window.until(f"ids.length === {COUNT}")
        eventually(lambda: not road.ahead and road.met.count(Day.GOOD) >= good_days)
        events = _all_there_once(cloud, person, window.js("ids"))

    assert {event.source for event in events} == {"web"}
    assert {event.trust for event in events if event.type == "identify"} == {"proved"}
    assert {event.trust for event in events if event.type != "identify"} == {"browser"}
    assert all(event.context["page"]["url"].startswith(site.url) for event in events)
    assert all("userHash" not in event.context for event in events)
    asked = {urlsplit(request.partition(" ")[2]).netloc for request in window.requests()}
    assert asked <= {road.host, urlsplit(site.url).netloc, ""}
    assert any("queryString.bundle" in request for request in window.requests())


APP = """
<script>%(client)s</script>
<script>
const analytics = AnalyticsNext.AnalyticsBrowser.load({writeKey: "%(key)s", cdnURL: "%(ours)s"});
const sent = Promise.all([1, 2, 3].map((number) => analytics.track("Clicked", {number})))
  .then((contexts) => contexts.map((context) => context.event.messageId));
</script>
"""


def test_segment_s_client_for_browsers_built_into_an_app(cloud: Cloud, window: Page):
    client = (assets.CLIENT / "dist" / "umd" / "index.js").read_text().replace("</script>", "<\\/script>")
    said = {"client": client, "key": cloud.local.browser_key, "ours": cloud.local.collect_url}

    with pages({"/": APP % said}) as site:
        window.go(f"{site.url}/")
        ids = window.js("sent")
        visitor = window.js("analytics.instance.user().anonymousId()")

    assert len(ids) == 3
    _all_there_once(cloud, f"a#{visitor}", ids)


def test_a_browser_s_beacons(cloud: Cloud, window: Page):
    person, key = Person(), cloud.local.browser_key
    event = {
        "type": "track",
        "event": "Left",
        "userId": person.user_id,
        "messageId": f"{person.user_id}-left",
    }
    in_body, in_query = json.dumps({"batch": [event], "writeKey": key}), json.dumps({"batch": [event]})

    with bad_days(cloud.local.collect_url) as road, pages({"/": "Hello"}) as site:
        window.go(f"{site.url}/")
        for path, body in (("/v1/batch", in_body), (f"/beacon/v1/batch?writeKey={key}", in_query)):
            assert (
                window.js(f"navigator.sendBeacon({json.dumps(road.url + path)}, {json.dumps(body)})") is True
            )
        eventually(lambda: len(road.met) == 2)

        _all_there_once(cloud, person, [event["messageId"]])


FETCH = """
fetch("%(url)s/v1/track", {
  method: "POST",
  headers: {"Authorization": "Basic " + btoa("%(key)s:"), "Content-Type": "text/plain", "X-Retry-Count": "1"},
  body: JSON.stringify({event: "Read", userId: "%(user)s"}),
}).then(async (answer) => [answer.status, (await answer.json()).code || ""])
"""


def test_a_page_can_read_why_it_was_refused(cloud: Cloud, window: Page):
    said = {"user": Person().user_id, "url": cloud.local.collect_url}

    with pages({"/": "Hello"}) as site:
        window.go(f"{site.url}/")

        assert window.js(FETCH % {**said, "key": cloud.local.browser_key}) == [200, ""]
        assert window.js(FETCH % {**said, "key": "nobody"}) == [401, "unauthorized"]


def _all_there_once(cloud: Cloud, whose: Person | str, sent: list[str]) -> list[Any]:
    """The stored events of somebody: each messageId that was sent, and each of them once."""
    identity = whose if isinstance(whose, str) else f"u#{whose.user_id}"
    assert len(set(sent)) == len(sent)
    eventually(_reached(cloud, identity, len(sent)))
    events = _stored(cloud, identity)
    assert Counter(event.message_id for event in events) == Counter(sent)
    return events


def _reached(cloud: Cloud, identity: str, count: int) -> Callable[[], bool]:
    return lambda: len(_stored(cloud, identity)) >= count


def _stored(cloud: Cloud, identity: str) -> list[Any]:
    query = {
        "TableName": cloud.local.outputs["EventsTable"],
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": identity}},
        "ConsistentRead": True,
    }
    pages_of = cloud.aws("dynamodb").get_paginator("query").paginate(**query)
    return [from_image(image) for page in pages_of for image in page["Items"]]


def _the_week_is_over(road: Road) -> None:
    """Every bad day was met, and a good one after it."""
    assert not road.ahead
    assert road.met[-1] is Day.GOOD
