"""What the steps of a journey do when the real handlers walk them on a virtual clock."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sojourn.asl.execution import Execution
from sojourn.asl.walk import Function
from sojourn.clock import iso
from sojourn.journeys.enrolment import Status
from tests.faults.invariants import people
from tests.faults.network import Call
from tests.faults.people import does
from tests.faults.world import START, World, a_world, delivery_of
from tests.playing import HEAD, everything_twice, goes, legs, play, run_of, trace

DAY = timedelta(days=1)
A_TASK, A_TOKEN, ENDS = 5, 7, 2  # events in Step Functions' history
QUOTA = 25_000
BRANCHED = """
  - wait: A minute
    for: 1 minute
  - send: Hello
    template: welcome
  - branch: Which plan?
    paths:
      - if: {attribute: plan, is: pro}
        then: [{wait: A day, for: 1 day}]
      - if: {attribute: plan, is: team}
        then: [{update: Note it, increment: {visits: 1}, add: {tags: vip}}]
    otherwise: [{wait: Two days, for: 2 days}]
  - branch: A visitor?
    paths:
      - if: {attribute: visits, at least: 1}
        then: [{send: You were here, template: reminder}]
  - exit: The end
    reason: done
"""


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.fixture
def world(made: World) -> World:
    made.reset()
    return made


def after(world: World, days: float) -> None:
    world.run_until(START + timedelta(days=days))


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ("pro", ["A minute", "Hello", "Which plan?", "A day", "A visitor?", "The end"]),
        ("team", ["A minute", "Hello", "Which plan?", "Note it", "A visitor?", "You were here", "The end"]),
        ("free", ["A minute", "Hello", "Which plan?", "Two days", "A visitor?", "The end"]),
    ],
)
def test_branches_part_by_what_holds_when_the_contact_comes_there(
    world: World, plan: str, expected: list[str]
):
    play(world, BRANCHED, plan=plan)

    after(world, 5)

    assert trace(world) == expected
    run = run_of(world)
    assert (run.status, run.reason) == (Status.EXITED, "done")


def test_a_branch_behind_an_update_knows_of_it_before_anybody_else(world: World):
    """The events are still on their way when the branch is judged."""
    play(world, BRANCHED, plan="team", visits=4)

    after(world, 1)

    (profile,) = people("PROFILE")
    assert "You were here" in trace(world)
    assert '"visits": 5' in profile["traits"] or '"visits":5' in profile["traits"]
    assert "vip" in profile["facts"]


def test_everything_twice_is_once(world: World):
    with everything_twice(world) as odd:
        play(world, BRANCHED, plan="team", visits=1)
        after(world, 1)

    assert odd == []
    (profile,) = people("PROFILE")
    assert '"visits": 2' in profile["traits"] or '"visits":2' in profile["traits"]
    assert [mail.subject for mail in world.services.mails] == ["Welcome, Ann", "The guide is still here"]


DAILY = """
  - repeat: Every morning
    times: 3
    until: {attribute: plan, is: pro}
    steps:
      - send: Good morning
        template: reminder
      - wait: Till the morning
        until: "09:00"
  - exit: The end
    reason: done
"""


def test_each_round_has_its_own_message_and_the_rounds_end(world: World):
    with everything_twice(world) as odd:
        play(world, DAILY)
        after(world, 5)

    assert odd == []
    assert [mail.at[:16] for mail in world.services.mails] == [
        "2026-01-05T20:00",
        "2026-01-06T14:00",
        "2026-01-07T14:00",
    ]
    assert run_of(world).rounds == {"Every morning": 3}
    assert len(people("MSG#")) == 3


def test_rounds_end_when_enough_holds(world: World):
    play(world, DAILY)
    after(world, 0.5)
    world.collect({"type": "identify", "userId": "ann", "messageId": "pro", "traits": {"plan": "pro"}})

    after(world, 5)

    assert trace(world) == ["Every morning", "Good morning", "Till the morning", "Every morning", "The end"]


NESTED = """
  - repeat: Weeks
    times: 2
    steps:
      - repeat: Days
        times: 2
        steps:
          - send: A word
            template: reminder
          - wait: A day
            for: 1 day
      - wait: The rest of it
        for: 5 days
"""


def test_repeats_in_repeats_count_apart(world: World):
    with everything_twice(world) as odd:
        play(world, NESTED)
        after(world, 20)

    assert odd == []
    days = [(world_at.at[5:10]) for world_at in world.services.mails]
    assert days == ["01-05", "01-06", "01-12", "01-13"]
    assert run_of(world).status is Status.COMPLETED


def test_a_repeat_of_many_events_ends_its_leg_and_goes_on_in_the_next(world: World):
    never = "".join(
        f"              - {{send: Never {number}, template: reminder}}\n" for number in range(300)
    )
    steps = f"""
  - repeat: Often
    times: 9
    steps:
      - wait: Till noon
        until: "12:00"
      - branch: Never?
        paths:
          - if: {{attribute: plan, is: none}}
            then:
{never}"""
    with everything_twice(world) as odd:
        play(world, steps)
        after(world, 12)

    assert odd == []
    assert trace(world).count("Till noon") == 9
    assert len(legs(world)) > 2
    assert run_of(world).status is Status.COMPLETED
    assert run_of(world).start_round


def test_a_loop_of_400_waits_stays_under_the_quota_of_the_history(world: World):
    steps = """
  - repeat: Every morning
    times: 400
    steps:
      - wait: A day
        for: 1 day
"""
    play(world, steps)

    after(world, 402)

    assert trace(world).count("A day") == 400
    assert run_of(world).status is Status.COMPLETED
    assert max(map(events_of, legs(world))) < QUOTA


def events_of(leg: Execution) -> int:
    """As Step Functions counts them, without retries: as if each wait were one for a token."""
    return ENDS + sum(A_TASK if state == "Every morning" else A_TOKEN for state in leg.states)


def test_a_wait_of_ten_years(world: World):
    play(
        world,
        "\n  - wait: Ten years\n    for: 3653 days\n  - send: Still here?\n    template: reminder\n",
    )

    after(world, 3_652)
    assert world.services.mails == []
    after(world, 3_654)

    assert [mail.at[:10] for mail in world.services.mails] == ["2036-01-06"]
    assert [len(leg.states) for leg in legs(world)] == [2, 2]


def test_a_date_far_away_keeps_no_execution_open(world: World):
    steps = """
  - wait: Till the renewal nears
    until: {date: renewal, before: 3 days, at: 09:00}
    if missing: exit
  - send: It nears
    template: reminder
"""
    play(world, steps, renewal="2026-03-20")
    after(world, 0.1)
    assert not any(leg.running for leg in legs(world))

    after(world, 90)

    assert [mail.at for mail in world.services.mails] == ["2026-03-17T13:00:00.000Z"]


@pytest.mark.parametrize(
    ("renewal", "expected", "end"),
    [
        pytest.param("2025-01-01", ["Till then", "Too late"], ("exited", "late"), id="T59 past: its path"),
        pytest.param(None, ["Till then"], ("exited", "date_missing"), id="T59 missing: out"),
        pytest.param("2026-01-07", ["Till then", "It is time"], ("completed", ""), id="to come"),
    ],
)
def test_a_date_that_passed_or_is_missing_goes_where_the_author_said(
    world: World, renewal: str | None, expected: list[str], end: tuple[str, str]
):
    steps = """
  - wait: Till then
    until: {date: renewal}
    if past: [{exit: Too late, reason: late}]
    if missing: exit
  - send: It is time
    template: reminder
"""
    play(world, steps, renewal=renewal)

    after(world, 5)

    assert trace(world) == expected
    run = run_of(world)
    assert (run.status.value, run.reason) == end


def test_who_moves_while_they_wait_goes_by_the_clock_of_the_new_place(world: World):
    """T60."""
    play(
        world,
        "\n  - wait: Till the morning\n    until: '09:00'\n  - send: Good morning\n    template: reminder\n",
    )
    after(world, 0.1)
    world.collect(
        {"type": "identify", "userId": "ann", "messageId": "m", "traits": {"timezone": "America/Los_Angeles"}}
    )

    after(world, 2)

    assert [mail.at for mail in world.services.mails] == ["2026-01-06T17:00:00.000Z"]


def test_a_wait_counts_from_the_real_send_or_from_the_plan(world: World):
    held = """
  - send: Hello
    template: welcome
    hours: 10:00-11:00
  - wait: Two days
    for: 2 days
    since: {%s: Hello}
  - send: And then
    template: reminder
"""
    play(world, held % "sent")
    after(world, 6)
    assert [mail.at[:16] for mail in world.services.mails] == ["2026-01-06T15:00", "2026-01-08T15:00"]

    world.reset()
    play(world, held % "planned")
    after(world, 6)
    assert [mail.at[:16] for mail in world.services.mails] == ["2026-01-06T15:00", "2026-01-07T20:00"]


ANSWERS = """
  - send: The question
    template: welcome
  - wait for: What did they do?
    answers:
      - any: [{event: Order Completed, match: {cart_id: cart_id}}]
        then: [{exit: Bought, reason: bought}]
      - any: [{event: Cart Updated, where: {total: {over: 20}}}, {clicked: The question}]
        then: [{exit: Looked, reason: looked}]
      - any: [{rule: {attribute: plan, is: pro}}]
        then: [{exit: Upgraded, reason: upgraded}]
    up to: 3 days
    otherwise: [{exit: Silent, reason: silent}]
"""
KEYED = HEAD + ""


@pytest.mark.parametrize(
    ("event", "properties", "reason"),
    [
        ("Order Completed", {"cart_id": "7"}, "bought"),
        ("Order Completed", {"cart_id": "8"}, "silent"),
        ("Order Completed", {}, "silent"),
        ("Cart Updated", {"total": 21}, "looked"),
        ("Cart Updated", {"total": 20}, "silent"),
    ],
)
def test_the_first_answer_decides_the_path(
    world: World, event: str, properties: dict[str, object], reason: str
):
    with everything_twice(world) as odd:
        play(world, ANSWERS, properties={"cart_id": "7", "unnamed": "x"})
        after(world, 1)
        goes(world, properties, event)
        after(world, 5)

    assert odd == []
    assert run_of(world).reason == reason
    assert run_of(world).facts == {"cart_id": "7"}


def test_a_rule_that_comes_true_is_an_answer(world: World):
    play(world, ANSWERS, properties={"cart_id": "7"})
    after(world, 1)
    world.collect({"type": "identify", "userId": "ann", "messageId": "pro", "traits": {"plan": "pro"}})

    after(world, 1.5)

    assert run_of(world).reason == "upgraded"


def test_a_rule_that_holds_when_the_wait_begins_is_an_answer_at_once(world: World):
    play(world, ANSWERS, properties={"cart_id": "7"}, plan="pro")

    after(world, 0.1)

    assert run_of(world).reason == "upgraded"


@pytest.mark.parametrize(
    ("done", "reason", "days"),
    [
        (["Second"], "second", 3),
        (["Second", "First"], "first", 1),
        (["Third", "Second", "Third"], "second", 3),
        ([], "silent", 3),
    ],
)
def test_in_a_ranked_wait_the_highest_answer_wins(world: World, done: list[str], reason: str, days: float):
    ranked = "".join(
        f"      - any: [{{event: {name}}}]\n        then: [{{exit: Was {name}, reason: {name.lower()}}}]\n"
        for name in ("First", "Second", "Third")
    )
    play(
        world,
        f"\n  - wait for: The best\n    ranked: true\n    up to: 3 days\n    answers:\n{ranked}"
        "    otherwise: [{exit: Silent, reason: silent}]\n",
    )
    after(world, 0.9)
    for name in done:
        does(world, name)
        after(world, 1)
    after(world, days - 0.01)
    early = run_of(world).status

    after(world, days + 0.1)

    assert run_of(world).reason == reason
    assert early is (Status.EXITED if days < 3 else Status.ACTIVE)


def test_a_wait_about_a_message_that_was_skipped_is_over_at_once(world: World):
    play(
        world,
        "\n  - send: The question\n    template: welcome\n  - wait for: Clicked?\n    any: [{clicked: The question}]\n"
        "    up to: 3 days\n    otherwise: [{exit: Silent, reason: silent}]\n",
        email=None,
    )

    after(world, 0.1)

    assert run_of(world).reason == "silent"


DELIVERED = """
  - send: The question
    template: welcome
  - wait for: Did it arrive?
    any: [{delivered: The question}]
    up to: 3 days
    then: [{wait: Two hours, for: 2 hours, since: {delivered: The question}}, {exit: Arrived, reason: arrived}]
    otherwise: [{exit: Lost, reason: lost}]
"""


def test_a_delivery_is_an_answer_and_waits_count_from_it(world: World):
    world.deliveries = False
    play(world, DELIVERED)
    after(world, 0.5)
    arrived = iso(world.clock.calendar())
    world.queue("record_feedback", delivery_of(world.services.mails[0], timestamp=arrived))
    after(world, 0.51)

    assert run_of(world).at == "Two hours"
    after(world, 1)

    run = run_of(world)
    assert (run.reason, run.ended_at[:13]) == ("arrived", "2026-01-06T10")


def test_a_message_that_bounced_answers_by_silence_at_once(world: World):
    world.deliveries = False
    play(world, DELIVERED)
    after(world, 0.5)
    bounce = {"bounceType": "Permanent", "bounceSubType": "General"}
    mail = world.services.mails[0]
    bounce["bouncedRecipients"] = [{"emailAddress": mail.to}]  # type: ignore[assignment]
    world.queue("record_feedback", delivery_of(mail, "Bounce", **bounce))

    after(world, 0.51)

    assert run_of(world).reason == "lost"


LOOKS_BACK = """
  - wait: A day
    for: 1 day
  - send: The question
    template: welcome
  - wait: Another day
    for: 1 day
  - wait for: Came back?
    any: [{event: Came Back}]
    look back: %s
    up to: 3 days
    then: [{exit: Was back, reason: back}]
    otherwise: [{exit: Silent, reason: silent}]
"""


@pytest.mark.parametrize(
    ("look_back", "day", "reason"),
    [
        ("entry", 0.5, "back"),
        ("message", 0.5, "silent"),
        ("message", 1.5, "back"),
        ("none", 1.5, "silent"),
        ("none", 2.5, "back"),
    ],
)
def test_what_came_before_the_wait_counts_from_where_the_author_said(
    world: World, look_back: str, day: float, reason: str
):
    play(world, LOOKS_BACK % look_back)
    after(world, day)
    does(world, "Came Back")

    after(world, 6)

    assert run_of(world).reason == reason


@pytest.mark.parametrize(
    ("way", "traits", "expected", "end"),
    [
        ("continue", {"email": None}, ["Mail", "Later"], ("completed", "")),
        ("exit", {"email": None}, ["Mail"], ("exited", "skipped:no_address")),
        ("[{exit: Out of reach, reason: unreachable}]", {"email": None}, ["Mail", "Out of reach"],
         ("exited", "unreachable")),
        ("exit", {}, ["Mail", "Later"], ("completed", "")),
    ],
)  # fmt: skip
def test_a_message_that_is_skipped_goes_where_the_author_said(
    world: World, way: str, traits: dict[str, Any], expected: list[str], end: tuple[str, str]
):
    with everything_twice(world) as odd:
        play(
            world,
            f"\n  - send: Mail\n    template: welcome\n    on skip: {way}\n"
            "  - update: Later\n    set: {seen: true}\n",
            **traits,
        )
        after(world, 1)

    assert odd == []
    assert trace(world) == expected
    run = run_of(world)
    assert (run.status.value, run.reason) == end


def test_another_journey_is_started_and_ended_by_events(world: World):
    play(
        world,
        "\n  - start: Win them back\n    journey: win-back\n    properties: {cart: entry.cart_id, n: 1}\n"
        "  - end: No more\n    journey: renewal\n",
        properties={"cart_id": "7"},
    )
    after(world, 0.1)

    told = {row["event"]: row["payload"] for row in events_of_table() if row["event"].startswith("Journey ")}
    assert '"journey":"win-back"' in told["Journey Requested"]
    assert '"cart":"7"' in told["Journey Requested"]
    assert '"journey":"renewal"' in told["Journey End Requested"]
    assert run_of(world).status is Status.COMPLETED


def events_of_table() -> list[dict[str, str]]:
    from tests.faults.world import rows

    return [{name: str(value.value) for name, value in row.attrs.items()} for row in rows("Events")]


def test_a_holdouts_messages_go_nowhere_and_are_known(world: World):
    play(world, "\n  - send: Hello\n    template: welcome\n", head=HEAD + "holdout: 100%\n")

    after(world, 1)

    assert world.services.mails == []
    (message,) = people("MSG#")
    assert (message["state"], message["reason"]) == ("skipped", "holdout")
    assert run_of(world).messaged_at == "2026-01-05T20:00:00.000Z"


def is_a_request(call: Call) -> bool:
    """Rows of Config a container remembers: versions for good, settings for a minute."""
    asks = "Item" in call.operation or call.operation in {"Query", "BatchExecuteStatement"}
    return asks and call.table != "Config"


STEPS = {
    "send": "\n  - send: It\n    template: welcome\n",
    "send, then a branch": "\n  - send: It\n    template: welcome\n"
    "  - branch: B\n    paths: [{if: {attribute: plan, is: x}}]\n",
    "wait until": "\n  - wait: It\n    until: '09:00'\n  - send: S\n    template: welcome\n",
    "wait for": "\n  - wait for: It\n    any: [{event: A}]\n    up to: 1 day\n"
    "    then: [{send: S, template: welcome}]\n",
    "branch": "\n  - branch: It\n    paths: [{if: {attribute: plan, is: x}}]\n  - send: S\n    template: welcome\n",
    "update": "\n  - update: It\n    set: {seen: true}\n  - send: S\n    template: welcome\n",
    "start": "\n  - start: It\n    journey: other\n",
    "repeat": "\n  - repeat: It\n    times: 1\n    steps: [{wait: W, for: 1 day}]\n",
    "exit": "\n  - exit: It\n    reason: done\n",
}


@pytest.mark.parametrize("kind", STEPS)
def test_no_step_asks_dynamodb_more_than_four_times(world: World, kind: str):
    counted: Counter[str] = Counter()
    play(world, STEPS[kind])
    functions = dict(world.walker.functions)

    def counting(function: Function) -> Function:
        def called(event: Any, context: Any) -> Any:
            before = len(world.network.calls)
            try:
                return function(event, context)
            finally:
                counted[event["step"]] += sum(map(is_a_request, world.network.calls[before:]))

        return called

    world.walker.functions = {name: counting(each) for name, each in functions.items()}
    try:
        after(world, 1)
    finally:
        world.walker.functions = functions

    assert 0 < counted["It"] <= 4, counted


def test_clicks_in_a_loop_belong_to_the_message_of_the_round(world: World):
    steps = """
  - repeat: Twice
    times: 2
    steps:
      - send: The question
        template: welcome
      - wait for: Clicked?
        any: [{clicked: The question}]
        up to: 1 day
        then: [{exit: Clicked, reason: clicked}]
"""
    play(world, steps)
    after(world, 0.5)
    first = world.services.mails[0].links[0]
    after(world, 1.5)
    world.get(first)
    after(world, 1.6)
    assert run_of(world).status is Status.ACTIVE

    world.get(world.services.mails[1].links[0])
    after(world, 1.7)

    assert run_of(world).reason == "clicked"
