"""Two contacts become one: the stricter wins, in the state and in the ledger that folds to it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.consent.merge import STRICTNESS, merge_changes, merge_states
from sojourn.consent.model import (
    Channel,
    Consent,
    ConsentChange,
    Purpose,
    Refusal,
    Standing,
    Status,
    apply,
)
from sojourn.consent.store import absorb, get_consent, ledger_of, record
from tests.cloud import moto_cloud
from tests.feedback import cleared

START = datetime(2026, 11, 20, tzinfo=UTC)
GIVEN, PENDING, WITHDRAWN = Status.GIVEN, Status.PENDING, Status.WITHDRAWN
TOPICS = [None, "news", "offers"]


@pytest.fixture(autouse=True, scope="module")
def _cloud() -> Iterator[None]:
    with moto_cloud():
        yield


@pytest.fixture
def table(_cloud: None) -> None:
    cleared()


def said(
    status: Status, topic: str | None = None, minute: int = 0, event: str = "e1", *, imported: bool = False
) -> ConsentChange:
    return ConsentChange(
        channel=Channel.EMAIL,
        purpose=Purpose.MARKETING,
        topic=topic,
        status=status,
        at=START + timedelta(minutes=minute),
        source="form",
        event_key=event,
        is_imported=imported,
    )


changes = st.lists(
    st.builds(
        said, st.sampled_from(Status), st.sampled_from(TOPICS), st.integers(0, 4), imported=st.booleans()
    ),
    max_size=6,
)


def folded(*said: ConsentChange, contact: str = "ada") -> Consent:
    return reduce(apply, said, Consent(contact))


def refusals(state: dict[str, Standing]) -> list[Refusal | None]:
    return [Consent("ada", state=state).refusal("email", "marketing", topic) for topic in TOPICS]


def strictness(consent: Consent, topic: str | None) -> int:
    status = consent.status("email", "marketing", topic)
    return STRICTNESS[status] if status else -1


@given(changes, changes)
def test_a_merge_has_no_direction_and_repeats_itself(one: list[ConsentChange], other: list[ConsentChange]):
    a, b = folded(*one).state, folded(*other).state

    merged = merge_states(a, b)

    assert refusals(merged) == refusals(merge_states(b, a))
    assert refusals(merge_states(merged, a)) == refusals(merge_states(merged, b)) == refusals(merged)


@given(changes, changes)
def test_no_merge_allows_more_than_either_did(one: list[ConsentChange], other: list[ConsentChange]):
    a, b = folded(*one), folded(*other)
    merged = Consent("ada", state=merge_states(a.state, b.state))

    for topic in TOPICS:
        assert strictness(merged, topic) >= max(strictness(a, topic), strictness(b, topic))


@given(changes, changes)
def test_the_ledger_takes_in_enough_and_what_it_took_in_settles_it(
    one: list[ConsentChange], other: list[ConsentChange]
):
    a, b, at = folded(*one), folded(*other), START + timedelta(minutes=9)

    after = reduce(apply, merge_changes(a, b.state, at, "m1"), a)

    for topic in TOPICS:
        assert strictness(after, topic) >= max(strictness(a, topic), strictness(b, topic))
    assert refusals(dict(reduce(apply, merge_changes(after, b.state, at, "m1"), after).state)) == refusals(
        dict(after.state)
    )


def test_who_left_everything_stays_out_though_the_other_half_asked_for_a_topic_later():
    left, asked = folded(said(WITHDRAWN)), folded(said(GIVEN, "news", 5))

    assert refusals(merge_states(left.state, asked.state)) == [Refusal.UNSUBSCRIBED] * 3


def test_where_one_half_never_said_a_word_the_others_word_holds():
    assert refusals(merge_states({}, folded(said(GIVEN)).state)) == [None] * 3


@pytest.mark.usefixtures("table")
def test_the_survivor_takes_the_stricter_word_into_its_ledger_once():
    record("ada", said(GIVEN))
    record("anon", said(WITHDRAWN, None, -5))
    record("anon", said(GIVEN, "offers", 1, "e2"))

    for _ in range(3):
        absorb("ada", "anon", START + timedelta(minutes=2), "u#ada|alias")

    assert refusals(dict(get_consent("ada").state))[0] is Refusal.UNSUBSCRIBED
    merged = [change for change in ledger_of("ada") if change.source == "merge"]
    assert {change.topic: change.status for change in merged} == {None: WITHDRAWN, "offers": GIVEN}
    assert refusals(dict(get_consent("anon").state))[0] is Refusal.UNSUBSCRIBED, "the loser's stays as it was"


@pytest.mark.usefixtures("table")
def test_who_agrees_again_after_a_merge_is_not_undone_by_its_repetition():
    record("ada", said(GIVEN))
    record("anon", said(WITHDRAWN))
    absorb("ada", "anon", START + timedelta(minutes=2), "u#ada|alias")

    record("ada", said(GIVEN, None, 3, "again"))
    absorb("ada", "anon", START + timedelta(minutes=2), "u#ada|alias")

    assert get_consent("ada").refusal("email", "marketing", None) is None


@pytest.mark.usefixtures("table")
def test_a_merge_with_nobody_writes_nothing():
    record("ada", said(GIVEN))

    absorb("ada", "nobody", START, "u#ada|alias")

    assert get_consent("ada").revision == len(ledger_of("ada")) == 1


@pytest.mark.usefixtures("table")
def test_a_long_list_of_topics_is_absorbed_whole():
    for number in range(120):
        record("anon", said(WITHDRAWN, f"t{number}", event=f"e{number}"))

    absorb("ada", "anon", START, "u#ada|alias")

    assert len(get_consent("ada").state) == len(ledger_of("ada")) == 120
