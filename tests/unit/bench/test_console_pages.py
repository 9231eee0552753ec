"""A few people and a few pages of the bench of the console: it counts calls, and finds everybody."""

from bench import console_pages as bench
from tests.functions.console.full_house import address

PEOPLE = 60


def test_pages_are_counted_and_timed_where_the_crowd_is():
    with bench.a_workspace(PEOPLE) as (browser, named):
        table, none = (
            bench.looked_at(browser, path, address(path, named), "/api/journeys", 5)
            for path in ("/console/contacts?segment=payers", "/console/journeys/{name}/move/{version}")
        )
        people = browser.whole("/console/contacts?segment=payers").text.count('name="chosen"')

    assert people == 50
    assert table
    assert 0 < table.calls <= 5
    assert min(table.milliseconds) > 0
    assert none is None, "nobody is on the way there"
