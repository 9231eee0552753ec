"""Words that the rules say themselves, because the floors that own them stand apart or above."""

from sojourn.consent.model import MESSAGING as MESSAGING_CHANNELS
from sojourn.consent.model import Channel, Purpose, Status
from sojourn.contacts.datatypes import DataType
from sojourn.contacts.facts import engagement, labels, stage, value
from sojourn.journeys.wait import ENGAGEMENT as OF_JOURNEYS
from sojourn.rules.facts import FACT_EVENTS, FACT_TYPES, STAGES, WITH_CURRENCY
from sojourn.rules.read_happened import ENGAGEMENT, STATES
from sojourn.rules.read_leaves import CHANNELS, PURPOSES, STATUSES
from sojourn.rules.read_values import MESSAGING
from sojourn.rules.types import OPS_OF_TYPE


def test_types_are_those_of_the_registry():
    assert set(OPS_OF_TYPE) == set(DataType)
    assert set(FACT_TYPES.values()) <= set(DataType)


def test_consent_is_asked_for_in_its_own_words():
    assert (tuple(Channel), tuple(MESSAGING_CHANNELS)) == (CHANNELS, MESSAGING)
    assert tuple(Purpose) == PURPOSES
    assert (*Status, "unknown") == STATUSES


def test_stages_are_those_of_people():
    assert tuple(stage.Stage) == STAGES


def test_facts_move_with_the_events_that_profiles_fold():
    assert set(FACT_EVENTS) == set(FACT_TYPES)
    for kind in ("tags", "lists"):
        assert set(FACT_EVENTS[kind] or ()) == {name for name, (of, *_) in labels.DEEDS.items() if of == kind}
    assert set(FACT_EVENTS[WITH_CURRENCY] or ()) == {value.COMPLETED, value.REFUNDED}
    assert set(FACT_EVENTS["orders"] or ()) == {value.COMPLETED}
    assert set(FACT_EVENTS["stage"] or ()) == {"identify", stage.SAID, stage.ORDERED}


def test_engagement_is_told_by_our_own_events():
    assert {measure: name for name, measure in engagement.MEASURES.items() if measure in STATES} == ENGAGEMENT
    assert set(OF_JOURNEYS.values()) == {
        *ENGAGEMENT.values(),
        "Message Delivered",
    }  # which moves a wait alone
