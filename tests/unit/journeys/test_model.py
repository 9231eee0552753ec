"""A journey as data: nothing is lost as JSON, and every step knows where it leads."""

import json
from datetime import UTC, datetime, time, timedelta

import pytest

from sojourn.consent.model import Channel
from sojourn.journeys.graph import exits, first_state, following, steps_by_name
from sojourn.journeys.load import load_journey
from sojourn.journeys.model import END, EnrolmentId, Journey, execution_name, machine_name
from sojourn.journeys.moments import due_after
from sojourn.journeys.steps import Duration, Hours, Send, Unit, WaitFor

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
TEXT = """\
journey: winback
purpose: transactional
entry: {event: Fell Silent}
steps:
  - send: Hello
    template: hello
    channel: sms
    hours: 21:00-06:00
    at_least_once: true
  - wait: Rest
    for: 90 minutes
  - wait for: Back?
    any: [{clicked: Hello}, {event: Visited}]
    up to: 1 week
    then:
      - wait for: Bought?
        any: [{event: Order Completed}]
        up to: 5 minutes
        then: [{send: Thanks, template: thanks}]
  - send: Goodbye
    template: goodbye
  - wait for: Still there?
    any: [{opened: Goodbye}]
    up to: 1 hour
    otherwise: [{send: Farewell, template: farewell}]
"""


@pytest.fixture(scope="module")
def journey() -> Journey:
    return load_journey(TEXT)


def test_a_journey_survives_json_whole(journey: Journey):
    assert Journey.from_definition(json.loads(json.dumps(journey.to_definition()))) == journey


def test_the_definition_is_a_journey_file_too(journey: Journey):
    assert load_journey(json.dumps(journey.to_definition())) == journey


def test_every_field_of_a_send_is_read(journey: Journey):
    assert steps_by_name(journey)["Hello"] == Send(
        name="Hello",
        template="hello",
        channel=Channel.SMS,
        hours=Hours(time(21), time(6)),
        at_least_once=True,
    )


def test_steps_come_in_the_order_of_the_file(journey: Journey):
    names = ["Hello", "Rest", "Back?", "Bought?", "Thanks", "Goodbye", "Still there?", "Farewell"]

    assert list(steps_by_name(journey)) == names
    assert first_state(journey) == "Hello"


def test_every_step_knows_where_it_leads(journey: Journey):
    assert {name: (ways.then, ways.otherwise) for name, ways in exits(journey).items()} == {
        "Hello": ("Rest", "Rest"),
        "Rest": ("Back?", "Back?"),
        "Back?": ("Bought?", "Goodbye"),
        "Bought?": ("Thanks", "Goodbye"),
        "Thanks": ("Goodbye", "Goodbye"),
        "Goodbye": ("Still there?", "Still there?"),
        "Still there?": (END, "Farewell"),
        "Farewell": (END, END),
    }
    assert following(journey, "Back?") == "Bought?"
    assert following(journey, "Back?", answered=False) == "Goodbye"
    assert following(journey, "Farewell") == "(end)"


@pytest.mark.parametrize(
    ("state", "stays"),
    [
        ("Rest", timedelta(minutes=90)),
        ("Back?", timedelta(weeks=1)),
        ("Hello", timedelta(0)),
        (END, timedelta(0)),
    ],
)
def test_who_enters_a_state_stays_as_long_as_it_lasts(journey: Journey, state: str, stays: timedelta):
    assert due_after(journey, state, NOON) == NOON + stays


@pytest.mark.parametrize(
    ("text", "duration", "seconds"),
    [
        ("2 days", Duration(2, Unit.DAY), 172_800),
        ("1 week", Duration(1, Unit.WEEK), 604_800),
        ("90 minutes", Duration(90, Unit.MINUTE), 5_400),
        ("5 minutes", Duration(5, Unit.MINUTE), 300),
        ("1 hour", Duration(1, Unit.HOUR), 3_600),
        ("1  hours", Duration(1, Unit.HOUR), 3_600),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: Duration, seconds: int):
    assert Duration.from_text(text) == duration
    assert Duration.from_text(str(duration)).seconds == seconds


@pytest.mark.parametrize(
    "text", ["", "2", "days", "2 months", "２ days", "1e3 days", "2 days 3 hours", "1234567890 days"]
)
def test_no_other_words_are_a_duration(text: str):
    with pytest.raises(ValueError):
        Duration.from_text(text)


@pytest.mark.parametrize("text", ["09:00-21:00", "09:00 - 21:00", "09:00–21:00"])
def test_hours_are_two_times(text: str):
    assert str(Hours.from_text(text)) == "09:00-21:00"


def test_names_fit_what_step_functions_allows():
    longest = EnrolmentId("k7" * 10, "j" * 40, 9_999)

    name = execution_name(longest, version=9_999, leg=9_999)

    assert len(name) <= 80
    assert name.startswith("j" * 40 + "-v9999-")
    assert name.endswith("-9999-9999")
    assert "k7k7" not in name


def test_an_execution_is_named_by_version_contact_entry_and_leg():
    enrolment = EnrolmentId("ada", "welcome", 1)

    assert execution_name(enrolment, version=3, leg=2) == "welcome-v3-fdee430d40bd57de-1-2"
    assert machine_name("sojourn", "welcome") == "sojourn-j-welcome"


def test_an_enrolment_id_reads_back():
    assert EnrolmentId.from_text("abc234.welcome.2") == EnrolmentId("abc234", "welcome", 2)
    assert str(EnrolmentId("abc234", "welcome", 2)) == "abc234.welcome.2"


def test_a_path_may_be_absent(journey: Journey):
    step = steps_by_name(journey)["Back?"]

    assert isinstance(step, WaitFor)
    assert step.otherwise == ()
