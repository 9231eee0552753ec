"""Making a draft live."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sojourn.asl.api import StepFunctions
from sojourn.asl.walk import Walker
from sojourn.clock import ManualClock
from sojourn.errors import NotFoundError, StaleWriteError, StoreBusyError
from sojourn.journeys.live import LiveJourney, State, change_state
from sojourn.journeys.load import JourneyRefusedError
from sojourn.journeys.model import Trigger
from sojourn.journeys.publish import Press, publish
from sojourn.journeys.versions import Draft, get_draft, get_version, live, save_draft, set_live
from sojourn.messages.check import save
from sojourn.messages.files import read_template, template_files
from sojourn.messages.library import save_template
from sojourn.settings import PublisherSettings
from tests.cloud import REGION, moto_cloud
from tests.journeys import FILE, NOW
from tests.partiql import empty

SOURCE = FILE.read_text()
ROLE = "arn:aws:iam::123456789012:role/journey"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:sojourn-j-welcome"


@dataclass(slots=True)
class Client:
    """Step Functions' client over a walker; says what it is told to say first."""

    api: StepFunctions
    says: list[str] = field(default_factory=list)

    @property
    def meta(self) -> Any:
        """The Region."""
        return type("Meta", (), {"region_name": REGION})

    def create_state_machine(self, **request: Any) -> Any:
        """As AWS."""
        return self._ask("CreateStateMachine", request)

    def update_state_machine(self, **request: Any) -> Any:
        """As AWS."""
        return self._ask("UpdateStateMachine", request)

    def _ask(self, operation: str, request: Any) -> Any:
        status, answer = (
            (400, {"__type": self.says.pop()}) if self.says else self.api.answer(operation, request)
        )
        if status != 200:
            raise ClientError({"Error": {"Code": answer["__type"], "Message": ""}}, operation)
        return answer


@pytest.fixture(scope="module", autouse=True)
def tables() -> Iterator[None]:
    with moto_cloud():
        yield


@pytest.fixture
def press() -> Press:
    empty("Config")
    for path in template_files(FILE.parent / "templates"):
        source = read_template(path)
        save_template(save(source, version=0), source=source)
    clock = ManualClock(NOW)
    return Press(
        clock=clock,
        stack="sojourn",
        client=Client(StepFunctions(Walker(clock=clock, functions={}))),
        settings=PublisherSettings(
            journey_role_arn=ROLE,
            send_message_function_arn="arn:send",
            park_token_function_arn="arn:park",
            take_step_function_arn="arn:take",
            call_out_function_arn="arn:call",
        ),
    )


def draft(source: str = SOURCE) -> None:
    there = get_draft("welcome")
    save_draft(Draft(name="welcome", revision=there.revision if there else 0, source=source, definition={}))


def test_a_draft_goes_live_as_a_version_of_its_own_machine(press: Press):
    draft()

    done = publish("welcome", press=press)

    assert (done.version, done.version_arn, done.changed) == (1, f"{MACHINE}:1", True)
    (one,) = live().values()
    assert (one.version_arn, one.entry) == (f"{MACHINE}:1", "Signed Up")
    assert one.heard.events == {"Message Bounced", "Message Clicked", "Order Completed"}
    kept = get_version("welcome", 1)
    assert kept.source == SOURCE
    assert set(kept.templates) == {"welcome", "chapter", "reminder", "offer", "feedback"}
    assert "Send the welcome" in json.loads(press.client.api.definitions[MACHINE])["States"]


def test_what_is_live_is_not_published_twice(press: Press):
    draft()
    first = publish("welcome", press=press)
    draft(SOURCE + "\n# a comment\n")

    again = publish("welcome", press=press)

    assert (again.version_arn, again.changed) == (first.version_arn, False)
    assert press.client.api.versions == {MACHINE: 1}


def test_a_change_is_the_next_version_and_the_older_one_stays(press: Press):
    draft()
    publish("welcome", press=press)
    draft(SOURCE.replace("goal: {event: Order Completed}\n", "").replace("2 days", "3 days"))

    done = publish("welcome", press=press)

    assert (done.version, done.version_arn) == (2, f"{MACHINE}:2")
    assert live()["welcome"].version == 2
    # Who is still in version 1 leaves at an order.
    assert live()["welcome"].heard.events == {"Message Bounced", "Message Clicked", "Order Completed"}
    assert get_version("welcome", 1).version_arn == f"{MACHINE}:1"


def test_a_new_template_version_is_a_change(press: Press):
    draft()
    publish("welcome", press=press)
    source = read_template(FILE.parent / "templates" / "offer.template.yaml")
    source["text"] = str(source["text"]).replace("15%", "20%")
    save_template(save(source, version=0), source=source)

    assert publish("welcome", press=press).version == 2
    assert get_version("welcome", 2).templates["offer"] == 2
    assert get_version("welcome", 1).templates["offer"] == 1


def test_a_version_that_nobody_names_is_no_obstacle(press: Press):
    """A crash between Step Functions and Config leaves one; publishing again makes the next."""
    draft()
    publish("welcome", press=press)
    draft(SOURCE.replace("2 days", "3 days"))
    press.client.api.answer("PublishStateMachineVersion", {"stateMachineArn": MACHINE})

    done = publish("welcome", press=press)

    assert (done.version, done.version_arn) == (2, f"{MACHINE}:3")
    assert live()["welcome"].version_arn == done.version_arn


def test_without_a_draft_there_is_nothing_to_publish(press: Press):
    with pytest.raises(NotFoundError):
        publish("nothing", press=press)


def test_errors_are_named_and_nothing_is_published(press: Press):
    """T14."""
    draft(SOURCE.replace("template: offer", "template: ofer"))

    with pytest.raises(JourneyRefusedError) as refused:
        publish("welcome", press=press)

    (finding,) = refused.value.findings
    assert (finding.step, "ofer" in finding.problem) == ("Text an offer", True)
    assert live() == {}
    assert press.client.api.definitions == {}


@pytest.mark.parametrize(
    ("code", "error"),
    [("ThrottlingException", StoreBusyError), ("InvalidDefinition", JourneyRefusedError)],
)
def test_what_step_functions_says_is_translated(press: Press, code: str, error: type[Exception]):
    draft()
    press.client.says.append(code)

    with pytest.raises(error):
        publish("welcome", press=press)

    assert live() == {}


def test_two_editors_cannot_save_over_each_other(press: Press):
    """T11."""
    draft()

    with pytest.raises(StaleWriteError):
        save_draft(Draft(name="welcome", revision=0, source="x", definition={}))

    there = get_draft("welcome")
    assert there is not None
    assert there.source == SOURCE


def test_two_journeys_go_live_side_by_side(press: Press):
    draft()
    publish("welcome", press=press)
    (one,) = live().values()

    set_live(type(one)(name="other", version=1, version_arn="x", entries=()))

    assert set(live()) == {"welcome", "other"}


def test_a_new_version_of_a_paused_journey_is_paused_and_of_a_stopped_one_begins_anew(press: Press):
    draft()
    publish("welcome", press=press)
    for state in (State.PAUSED, State.STOPPED):
        change_state("welcome", state, now=press.clock.calendar())
        days = 3 if state is State.PAUSED else 4
        draft(SOURCE.replace("2 days", f"{days} days"))

        publish("welcome", press=press)

        assert live()["welcome"].state is (State.PAUSED if state is State.PAUSED else State.LIVE)


def test_what_was_stopped_is_published_again_though_nothing_changed(press: Press):
    draft()
    publish("welcome", press=press)
    change_state("welcome", State.STOPPED, now=press.clock.calendar())

    again = publish("welcome", press=press)

    assert (again.changed, live()["welcome"].state) == (True, State.LIVE)


def test_a_row_of_the_release_before_is_read():
    """A deployment rolls forward and back."""
    facts: dict[str, Any] = {
        "version": 1,
        "version_arn": "arn",
        "entry": "Segment Entered",
        "entry_segment": "vips",
        "listens": ["A"],
    }

    found = LiveJourney.from_json("old", facts)

    assert (found.entries, found.heard.events, found.state) == (
        (Trigger.of_segment("vips"),),
        frozenset({"A"}),
        State.LIVE,
    )
    assert LiveJourney.from_json("old", found.to_json()) == found


RING = """\
journey: {name}
purpose: marketing
entry: {{api: true}}
steps:
  - {{start: Hand over, journey: {other}}}
"""


def ring(name: str, other: str, wait: str = "") -> None:
    there = get_draft(name)
    source = RING.format(name=name, other=other).replace("steps:\n", f"steps:\n{wait}")
    save_draft(Draft(name=name, revision=there.revision if there else 0, source=source, definition={}))


def test_journeys_that_go_round_are_refused_by_the_one_that_closes_the_ring(press: Press):
    """T13: against what is live, with the names of all and the way out."""
    for name, other in (("a", "b"), ("b", "c")):
        ring(name, other)
        assert publish(name, press=press).changed
    ring("c", "a")

    with pytest.raises(JourneyRefusedError) as refused:
        publish("c", press=press)

    assert "c → a → b → c" in str(refused.value)
    assert "put a `wait`" in str(refused.value)
    assert "c" not in live()


def test_with_a_wait_or_past_what_was_stopped_the_ring_is_none(press: Press):
    ring("a", "b")
    publish("a", press=press)
    ring("b", "a", "  - {wait: Rest, for: 1 day}\n")
    assert publish("b", press=press).version == 1

    change_state("a", State.STOPPED, now=NOW)
    ring("b", "a")
    assert publish("b", press=press).version == 2
    with pytest.raises(JourneyRefusedError, match="a → b → a"):
        publish("a", press=press)


def test_publishing_tells_what_check_warns_of(press: Press):
    ring("a", "nobody")

    warned = [warning.problem for warning in publish("a", press=press).warnings]

    assert any("no goal" in problem for problem in warned)
    assert any("'nobody'" in problem for problem in warned)
