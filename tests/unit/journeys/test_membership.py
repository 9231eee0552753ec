"""What events, merges and the passing of time do to who is in which segment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from sojourn.clock import ManualClock, iso
from sojourn.consent.addresses.store import suppress
from sojourn.consent.suppression import Reason
from sojourn.contacts.model import News, Profile, content
from sojourn.contacts.store import find_contact, get_profile, put_profile
from sojourn.due.store import bucket_of, write_cursor
from sojourn.errors import StoreBusyError
from sojourn.events import store as events
from sojourn.events.model import Event, sort_key
from sojourn.events.store import history
from sojourn.events.stream import Sequenced
from sojourn.feedback.sms import take_sms
from sojourn.journeys.judging import LONGEST
from sojourn.journeys.news import news_of
from sojourn.journeys.react import react
from sojourn.journeys.refold import refolded
from sojourn.journeys.sweep import sweep
from sojourn.journeys.wait import Engine
from sojourn.messages.model import Message, MessageState
from sojourn.messages.store import MessageRow, item_of
from sojourn.rules import nodes
from sojourn.rules.nodes import (
    All,
    Compare,
    Consented,
    Done,
    InSegment,
    Match,
    Messaged,
    NoneOf,
    Op,
    Reachable,
    Subject,
)
from sojourn.segments import store
from sojourn.segments.keep import judge_again
from sojourn.segments.mailed import judge_mailed
from sojourn.segments.members.store import count as members
from sojourn.segments.members.store import memberships_of
from sojourn.segments.model import ENTERED, LEFT, Why
from sojourn.segments.store import Standing
from tests.cloud import REGION, SETTINGS
from tests.feedback import PHONE, letter, sample
from tests.journeys import NOW, Machines, an_engine
from tests.partiql import empty
from tests.segments import BUYER, VIP, put_in_force, silent, within

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SEQUENCE = count(1)


@pytest.fixture
def engine(tables: None) -> Iterator[Engine]:
    empty("People", "Identity", "Due", "Config", "Events", "Suppression")
    store.forget()
    made = an_engine()
    events.bind(SETTINGS, clock=made.clock, region=REGION)
    yield made
    store.forget()


def call(who: str, name: str, *, at: datetime = NOW, source: str = "web", **payload: Any) -> Event:
    kind, event = (name, "") if name in {"identify", "alias"} else ("track", name)
    number = str(next(SEQUENCE))
    return Event(
        who, sort_key(iso(at), source, number), kind, event, at, max(at, NOW), source, number, payload
    )


def happen(engine: Engine, *calls: Event) -> None:
    """All in one batch; and then what came of them, as the stream brings it."""
    known = {event.key for event in calls}
    events.insert(calls)
    react_to(engine, *calls)
    while more := [
        event for event in history(["u#ann", "u#bob", "a#1"]) if told(event) and event.key not in known
    ]:
        known |= {event.key for event in more}
        if fresh := [event for event in more if event.key not in _TAKEN]:
            react_to(engine, *fresh)


_TAKEN: set[str] = set()


def react_to(engine: Engine, *calls: Event) -> None:
    _TAKEN.update(event.key for event in calls)
    batch = [Sequenced(event, str(next(SEQUENCE))) for event in calls]
    assert react(batch, {}, engine=engine, segments=store.live_index()) == []


def told(event: Event) -> bool:
    return event.event in {ENTERED, LEFT}


def ann(identity: str = "u#ann") -> Profile:
    contact = find_contact(identity)
    assert contact
    return get_profile(contact)


def is_in(identity: str = "u#ann") -> set[str]:
    """By the profile; and the list of members says the same."""
    profile = ann(identity)
    found = {name for name, marks in profile.segments.items() if "1" in marks}
    listed = {each.segment for each in memberships_of(profile.contact) if each.is_in}
    assert found == listed
    return found


def said(*identities: str) -> list[tuple[str, str, str]]:
    """The events of segments: (name, segment, cause), in order."""
    found = sorted(filter(told, history(identities or ["u#ann"])), key=lambda event: (event.at, event.event))
    return [(event.event, event.properties["segment"], event.properties["cause"]) for event in found]


def later(engine: Engine, by: timedelta) -> int:
    assert isinstance(engine.clock, ManualClock)
    engine.clock.now += by
    skip_idle_sweeps(engine)
    return sweep(engine=engine)


def skip_idle_sweeps(engine: Engine) -> None:
    """Those of the minutes in which nothing was due did one thing: they moved the cursor."""
    first = min((float(row.partition("#")[0]) for row in due_rows()), default=NOW.timestamp())
    due = min(datetime.fromtimestamp(first, UTC), engine.clock.calendar())
    write_cursor(bucket_of(due, 1) - 1)


def due_rows() -> list[str]:
    found = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["Due"].items
    return sorted(key.value for rows in found.values() for key in rows)


def test_without_segments_a_profile_holds_nothing_of_them(engine: Engine):
    happen(engine, call("u#ann", "Order Completed"))

    row = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["People"].items
    (profile,) = [each for rows in row.values() for each in rows.values()]
    assert not {"traces", "segments", "flips_at", "unsaid"} & set(profile.attrs)


def test_what_somebody_does_brings_them_in_and_is_told(engine: Engine):
    put_in_force(vip=VIP, buyers=BUYER)
    happen(engine, call("u#ann", "Seen"))
    assert is_in() == set()

    happen(engine, call("u#ann", "identify", traits={"plan": "vip"}))
    happen(engine, call("u#ann", "Order Completed"))
    happen(engine, call("u#ann", "identify", at=NOW + timedelta(minutes=1), traits={"plan": "basic"}))

    assert is_in() == {"buyers"}
    assert sorted(said()) == [
        (ENTERED, "buyers", "behaviour"),
        (ENTERED, "vip", "behaviour"),
        (LEFT, "vip", "behaviour"),
    ]
    assert (members("buyers"), members("vip")) == (1, 0)
    assert ann().unsaid == ()
    assert ann().events[ENTERED]["n"] == 2


def test_a_new_contact_is_judged_under_all_of_them(engine: Engine):
    """Whoever did nothing yet did not order, either."""
    put_in_force(others=NoneOf((BUYER,)))

    happen(engine, call("u#ann", "Seen"))

    assert is_in() == {"others"}


def test_a_batch_of_one_person_is_judged_event_by_event_and_written_once(engine: Engine):
    put_in_force(vip=VIP)
    plans = [
        call("u#ann", "identify", at=NOW + timedelta(seconds=number), traits={"plan": plan})
        for number, plan in enumerate(("vip", "basic", "vip"))
    ]

    events.insert(plans)
    react_to(engine, *plans)

    assert ann().revision == 1
    assert is_in() == {"vip"}
    assert len(said()) == 3


def test_what_is_imported_or_late_brings_people_in_by_another_cause(engine: Engine):
    put_in_force(buyers=BUYER)

    happen(engine, call("u#ann", "Order Completed", source="import:1", at=NOW - 400 * DAY))
    happen(engine, call("u#bob", "Order Completed", at=NOW - 3 * DAY))

    assert said("u#ann", "u#bob") == [(ENTERED, "buyers", "import")] * 2
    (event,) = filter(told, history(["u#ann"]))
    assert news_of(event) is News.IMPORTED


def test_a_change_by_behaviour_or_time_is_news_and_no_other(engine: Engine):
    for cause, news in (("behaviour", News.NEWS), ("time", News.NEWS), ("backfill", News.IMPORTED)):
        event = call("u#ann", ENTERED, source="sojourn", properties={"cause": cause})
        assert news_of(event) is news
    assert (
        news_of(call("u#ann", ENTERED, properties={"cause": "backfill"})) is News.NEWS
    )  # a client's own event


def test_a_segment_follows_the_one_that_it_looks_at(engine: Engine):
    put_in_force(vip=VIP, courted=All((InSegment("vip"), NoneOf((BUYER,)))))

    happen(engine, call("u#ann", "Seen"), call("u#ann", "identify", traits={"plan": "vip"}))
    assert is_in() == {"vip", "courted"}
    happen(engine, call("u#ann", "Order Completed"))

    assert is_in() == {"vip"}


def test_property_filters_are_kept_in_traces_which_a_refold_finds_again(engine: Engine):
    big = Done(Match("Order Completed", (nodes.Test(("total",), Op.OVER, 20),)), n=2)
    put_in_force(big=big)

    happen(engine, call("u#ann", "Order Completed", properties={"total": 30}))
    happen(engine, call("u#ann", "Order Completed", properties={"total": 5}))
    assert is_in() == set()
    happen(engine, call("u#ann", "Order Completed", properties={"total": 21}))

    assert is_in() == {"big"}
    assert content(ann()) == content(refolded(ann(), index=store.live_index()))
    assert ann().traces


def test_time_alone_takes_people_out_on_the_day_and_brings_them_back(engine: Engine):
    """T108."""
    put_in_force(active=within("Seen", "30 days"), silent=silent("Seen", "30 days"))
    happen(engine, call("u#ann", "Seen"))
    assert is_in() == {"active"}

    later(engine, 30 * DAY)
    assert is_in() == {"active"}
    later(engine, timedelta(minutes=1))
    assert is_in() == {"silent"}
    assert said()[1:] == [(ENTERED, "silent", "time"), (LEFT, "active", "time")]
    happen(engine, call("u#ann", "Seen", at=engine.clock.calendar()))

    assert is_in() == {"active"}


def test_only_an_earlier_moment_is_noted(engine: Engine):
    put_in_force(active=within("Seen", "30 days"), awake=within("Seen", "7 days"))
    happen(engine, call("u#ann", "Seen"))
    (first,) = due_rows()

    happen(engine, call("u#ann", "Seen", at=NOW + timedelta(minutes=1)))

    assert due_rows() == [first]
    assert later(engine, 7 * DAY + 2 * MINUTE) == 1
    assert is_in() == {"active"}
    assert len(due_rows()) == 1


def test_whose_moment_has_come_is_judged_by_their_next_event_as_well(engine: Engine):
    put_in_force(active=within("Seen", "7 days"))
    happen(engine, call("u#ann", "Seen"))
    assert isinstance(engine.clock, ManualClock)
    engine.clock.now += 7 * DAY + MINUTE

    happen(engine, call("u#ann", "Order Completed", at=engine.clock.calendar()))

    assert is_in() == set()
    assert said()[1:] == [(LEFT, "active", "time")]
    assert later(engine, timedelta()) == 1  # the row is there, and does nothing any more
    assert len(said()) == 2


def test_judging_ends_in_time_and_goes_on_in_the_next_sweep(engine: Engine):
    put_in_force(active=within("Seen", "7 days"))
    for name in ("u#ann", "u#bob"):
        happen(engine, call(name, "Seen"))
    assert isinstance(engine.clock, ManualClock)
    engine.clock.now += 7 * DAY + timedelta(minutes=1)
    skip_idle_sweeps(engine)

    slow = Engine(clock=Slowly(engine.clock.now), machines=Machines(), due_shards=2)

    assert [sweep(engine=slow) for _ in range(3)] == [1, 1, 0]
    assert said("u#ann", "u#bob").count((LEFT, "active", "time")) == 2


class Slowly(ManualClock):
    """Each look at the wall takes a third of a sweep's time for judging, and a bit."""

    def wall(self) -> datetime:
        self._looked = getattr(self, "_looked", 0) + 1
        return self.now + self._looked * LONGEST * 0.6


def test_consent_and_reach_are_read_for_those_who_ask_and_only_then(engine: Engine):
    put_in_force(
        vip=VIP,
        agreed=Consented("email", "marketing", "given"),
        reached=Reachable("email"),
    )
    given = [{"channel": "email", "purpose": "marketing"}]
    happen(engine, call("u#ann", "identify", traits={"email": "ann@example.org"}, context={"consent": given}))
    assert is_in() == {"agreed", "reached"}

    suppress("email", "ann@example.org", reason=Reason.COMPLAINT, at=NOW, source="ses")
    happen(engine, call("u#ann", "identify", at=NOW + timedelta(seconds=1), traits={"plan": "vip"}))
    assert is_in() == {"vip", "agreed", "reached"}  # nobody asked
    happen(engine, call("u#ann", "Message Complained", source="sojourn"))

    assert is_in() == {"vip", "agreed"}


def test_who_was_written_to_is_judged_again_where_a_rule_looks_at_messages(engine: Engine):
    """And does not answer: which only time can tell."""
    happen(engine, call("u#ann", "Seen"))
    record = sent_to(ann().contact, NOW)
    assert judge_mailed([record], clock=engine.clock, shards=2) == 0
    unanswered = Messaged("sent", without="opened", within=within("x", "3 days").window.last)
    put_in_force(mailed=Messaged("sent"), bored=unanswered)

    assert judge_mailed([record, record], clock=engine.clock, shards=2) == 1
    later(engine, MINUTE)
    assert is_in() == {"mailed"}
    later(engine, 3 * DAY)

    assert is_in() == {"mailed", "bored"}
    assert said() == [(ENTERED, "mailed", "time"), (ENTERED, "bored", "time")]


def test_a_message_that_met_a_closed_address_tells_of_the_closing(engine: Engine):
    """Of a number that two have, STOP is known of one: the other learns of it before they would be written to."""
    phone = {"phone": PHONE}
    put_in_force(textable=Reachable("sms"))
    happen(engine, call("u#bob", "identify", traits=phone))
    happen(engine, call("u#ann", "identify", traits=phone))
    assert is_in() == {"textable"}
    suppress("sms", PHONE, reason=Reason.STOP, at=NOW, source="sms STOP")
    record = sent_to(ann().contact, NOW, state=MessageState.SKIPPED, reason="suppressed")

    assert judge_mailed([record], clock=engine.clock, shards=2) == 1
    assert judge_mailed([sent_to(ann().contact, NOW)], clock=engine.clock, shards=2) == 0
    later(engine, MINUTE)

    assert is_in() == set()


def sent_to(contact: str, at: datetime, **facts: Any) -> dict[str, Any]:
    """A message that was sent, and its record in the stream."""
    message = Message(
        contact=contact,
        digest="0" * 16,
        enrolment=f"{contact}.welcome.1",
        journey="welcome",
        version=1,
        step="Send the welcome",
        channel="email",
        template="welcome",
        template_version=1,
        identity="u#ann",
        **{"state": MessageState.SENT, "sent_at": iso(at), **facts},
    )
    MessageRow.of(message).save()
    return {"eventName": "MODIFY", "dynamodb": {"NewImage": item_of(message), "OldImage": {}}}


@pytest.mark.parametrize("who", ["u#ann", "a#1"])
def test_a_text_takes_whoever_has_the_number_out_and_back_in(engine: Engine, who: str):
    """With a user id or without: the event stands under an identity that there is."""
    put_in_force(textable=Reachable("sms"), agreed=Consented("sms", "marketing", "withdrawn"))
    happen(engine, call(who, "identify", traits={"phone": PHONE}))
    assert is_in(who) == {"textable"}

    texted(engine, who, "STOP", minute=1)
    assert is_in(who) == {"agreed"}
    texted(engine, who, "START", minute=2)

    assert is_in(who) == {"textable"}
    assert sorted({(name, cause) for name, _, cause in said(who)}) == [
        (ENTERED, "behaviour"),
        (LEFT, "behaviour"),
    ]


def texted(engine: Engine, who: str, body: str, *, minute: int) -> None:
    """A text comes in, and react takes what was written of it."""
    assert isinstance(engine.clock, ManualClock)
    engine.clock.now = NOW + minute * MINUTE
    told_before = {event.key for event in history([who])}
    sms = sample("sms_inbound") | {
        "messageBody": body,
        "originationNumber": PHONE,
        "inboundMessageId": body,
        "previousPublishedMessageId": "",
    }
    take_sms(letter(sms, sent_at=engine.clock.now), clock=engine.clock, judge_again=pytest.fail)
    happen(engine, *(event for event in history([who]) if event.key not in told_before))


def test_somebody_may_be_judged_again_without_an_event(engine: Engine):
    put_in_force(reached=Reachable("email"))
    happen(engine, call("u#ann", "identify", traits={"email": "ann@example.org"}))
    suppress("email", "ann@example.org", reason=Reason.MANUAL, at=NOW, source="operator")

    judge_again(ann().contact, clock=engine.clock, shards=engine.due_shards)
    later(engine, timedelta(minutes=1))

    assert is_in() == set()
    assert due_rows() == []


def test_who_moves_is_judged_by_the_hours_of_the_new_place(engine: Engine):
    birthday = Compare(Subject(("due",)), Op.IN_THE_NEXT, within("x", "1 day").window.last)
    put_in_force(soon=birthday)
    happen(engine, call("u#ann", "identify", traits={"due": "2026-01-07", "timezone": "Etc/UTC"}))
    assert is_in() == set()

    happen(
        engine,
        call("u#ann", "identify", at=NOW + timedelta(seconds=1), traits={"timezone": "Pacific/Kiritimati"}),
    )

    assert is_in() == {"soon"}


@pytest.mark.parametrize("plan", ["vip", "basic"])
def test_two_who_become_one_are_judged_anew_and_stay_in_what_either_was_in(engine: Engine, plan: str):
    put_in_force(vip=VIP, buyers=BUYER, others=NoneOf((BUYER,)))
    happen(engine, call("a#1", "Order Completed"))
    happen(engine, call("u#ann", "identify", at=NOW + timedelta(seconds=1), traits={"plan": plan}))
    visitor = ann("a#1").contact
    before = len(said("u#ann", "a#1"))

    happen(engine, call("u#ann", "Seen", anonymousId="1"))

    assert is_in() == is_in("a#1") == ({"vip", "buyers"} if plan == "vip" else {"buyers"})
    assert visitor in ann().collections
    assert memberships_of(visitor) == [] or visitor == ann().contact
    assert [members(name) for name in ("buyers", "others")] == [1, 0]
    assert said("u#ann", "a#1")[before:].count((ENTERED, "buyers", "behaviour")) == 0
    assert ann().unsaid == ()


def test_a_moment_of_somebody_who_became_another_is_the_survivors(engine: Engine):
    put_in_force(active=within("Seen", "7 days"))
    happen(engine, call("a#1", "Seen"))
    happen(engine, call("u#ann", "Order Completed", at=NOW + timedelta(seconds=1)))
    happen(engine, call("u#ann", "identify", at=NOW + timedelta(seconds=2), anonymousId="1"))
    assert is_in() == {"active"}

    later(engine, 7 * DAY + MINUTE)

    assert is_in() == set()


def test_who_is_forgotten_is_told_nothing_of(engine: Engine):
    put_in_force(active=within("Seen", "7 days"))
    happen(engine, call("u#ann", "Seen"))
    contact = ann().contact
    row = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["People"]
    empty("People", "Events")
    row.put_item({"pk": {"S": f"C#{contact}"}, "sk": {"S": "PROFILE"}, "kind": {"S": "profile"}, "revision": {"N": "9"},
                  "erased_at": {"S": iso(NOW)}})  # fmt: skip

    assert later(engine, 7 * DAY + MINUTE) == 1

    assert (said(), memberships_of(contact), due_rows()) == ([], [], [])


def test_whoever_died_before_telling_leaves_it_to_the_next(engine: Engine):
    put_in_force(vip=VIP)
    happen(engine, call("u#ann", "Seen"))
    profile = ann()
    entered = call("u#ann", "identify", traits={"plan": "vip"})
    busy = Busy("Events")
    with pytest.raises(StoreBusyError), busy:
        react_to(engine, entered)
    assert (ann().revision, said()) == (profile.revision + 1, [])

    react_to(engine, entered)

    assert said() == [(ENTERED, "vip", "behaviour")]
    assert is_in() == {"vip"}


class Busy:
    """No event can be written meanwhile."""

    def __init__(self, table: str) -> None:
        self._table = table

    def __enter__(self) -> None:
        def refuse(self: Any, statements: Any) -> Any:
            return [{"Error": {"Code": "ThrottlingError"}} for _ in statements]

        from tests.partiql import teach_moto

        events.bind(SETTINGS, clock=ManualClock(NOW), region=REGION, sleep=lambda seconds: None)
        teach_moto(refuse)

    def __exit__(self, *failure: object) -> None:
        from tests.partiql import teach_moto

        teach_moto()


def test_a_profile_that_is_behind_is_settled_before_it_is_judged(engine: Engine):
    put_in_force(vip=VIP)
    happen(engine, call("u#ann", "identify", traits={"plan": "vip"}))
    gold = Compare(Subject(("plan",)), Op.IS, "gold")
    put_in_force(2, Why.RULE_EDIT, vip=gold)

    happen(engine, call("u#ann", "Seen"))

    assert ann().segments == {}
    assert said()[-1] == (LEFT, "vip", "rule_edit")


def test_a_segment_that_is_being_filled_is_kept_up_and_says_nothing(engine: Engine):
    put_in_force(vip=VIP)
    store.change_live(lambda stands: {"vip": Standing(pending=1)})

    happen(engine, call("u#ann", "identify", traits={"plan": "vip"}))
    assert (ann().segments["vip"]["1"]["said"], said()) == (False, [])
    store.change_live(lambda stands: {"vip": Standing(live=1)})
    happen(engine, call("u#ann", "Seen"))

    assert is_in() == {"vip"}
    assert said() == [(ENTERED, "vip", "backfill")]


def test_two_who_write_at_once_lose_nobody(engine: Engine):
    """S6."""
    put_in_force(both=All((BUYER, VIP)))
    happen(engine, call("u#ann", "Seen"))
    ordered, changed = call("u#ann", "Order Completed"), call("u#ann", "identify", traits={"plan": "vip"})
    overtaken = get_profile(ann().contact)
    react_to(engine, ordered)

    put_profile(ann())  # somebody else, between the reading of the other shard and its writing
    react_to(engine, changed)

    assert overtaken.revision < ann().revision
    assert is_in() == {"both"}
