"""Whether an event may move anybody. What comes in bulk, or late, only adds to what is known. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from sojourn.contacts.model import News
from sojourn.events.model import Event
from sojourn.segments.model import MOVING, OUR_EVENTS, Cause

MAX_AGE = timedelta(hours=24)  # unless the template says otherwise


def news_of(event: Event, max_age: timedelta = MAX_AGE) -> News:
    """News, or why not: it was imported, or it is older on arrival than `max_age`. Of the calendar, both times."""
    if event.is_imported or _is_of_an_edit(event):
        return News.IMPORTED
    return News.LATE if event.received_at - event.at > max_age else News.NEWS


def _is_of_an_edit(event: Event) -> bool:
    """Whether somebody came into a segment, or went out, without doing anything: the rule did, or a file."""
    if event.event not in OUR_EVENTS or not event.is_internal:
        return False
    return event.properties.get("cause") not in {*MOVING, Cause.EXISTING}


def is_news(event: Event, max_age: timedelta = MAX_AGE) -> bool:
    """Whether it may let anybody in, answer a wait, or meet a goal."""
    return news_of(event, max_age) is News.NEWS


def not_news(events: Iterable[Event], max_age: timedelta = MAX_AGE) -> Counter[str]:
    """How many of them move nobody, by reason."""
    found = Counter(news_of(event, max_age).value for event in events)
    del found[News.NEWS.value]
    return found
