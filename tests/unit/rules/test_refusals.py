"""Every bad segment file is refused with its line, what is wrong and what to do."""

import time

import pytest

from sojourn.rules.check import Known
from sojourn.rules.load import SegmentRefusedError, examine, examine_all, load_segment
from sojourn.rules.nodes import InSegment, Rule

HEAD = "segment: good\nrule:\n"
TYPES = {
    "plan": "text", "visits": "number", "vip": "boolean", "birthday": "date", "seen": "datetime", "likes": "list",
    "address": "object", "location": "geo", "tenant_id": "text",
}  # fmt: skip
OTHERS: dict[str, Rule] = {
    "other": InSegment("third"),
    "third": InSegment("fourth"),
    "fourth": InSegment("other"),
}
KNOWN = Known(attributes=TYPES, deleted=frozenset({"gone"}), segments=OTHERS)

# One condition, a part of the problem, a part of the remedy.
BAD = [
    # shape
    ("{}", "an empty condition", "{event: Order Completed}"),
    ("text", "where keys belong", "{attribute: plan, is: pro}"),
    ("[]", "an empty list", "write"),
    ("{evnt: A}", "no known kind: `evnt`", "did you mean 'event'?"),
    ("{in segment: other}", "no known kind: `in segment`", "did you mean 'segment'?"),
    ("{in-segment: other}", "no known kind: `in-segment`", "did you mean 'segment'?"),
    ("{not segment: other}", "no known kind: `not segment`", "did you mean 'not in segment'?"),
    ("{colour: red}", "no known kind", "begin it with one of `all`, `any`, `none`"),
    ("{event: A, tag: b}", "`event` and `tag`", "a list under `all`"),
    ("{all: []}", "an empty list", "`all: ["),
    ("{any: {event: A}}", "a mapping: a list is wanted", "`any: ["),
    ("{none: }", "nothing", "`none: ["),
    ("{not: [{event: A}]}", "`not` is a list", "`none: […]`"),
    ("{event: A, colour: red}", "unknown key `colour`", "delete it"),
    ("{event: A, event: B}", "comes twice", "keep one"),
    ("{event: A, tmes: never}", "unknown key `tmes`", "did you mean `times`?"),
    # comparisons
    ("{attribute: plan}", "nothing is compared", "add one of `is`"),
    ("{attribute: plan, iss: pro}", "unknown key `iss`", "did you mean `is`?"),
    ("{attribute: plan, is: a, is not: b}", "`is` and `is not` in one condition", "each"),
    ("{attribute: plan, is: null}", "nothing equals nothing", "is: pro"),
    ("{attribute: plan, is: [a]}", "one value is wanted", "is: pro"),
    ("{attribute: plan, is one of: []}", "an empty list", "is one of: [pro, team]"),
    ("{attribute: plan, is one of: [a, null]}", "nothing equals nothing", "is one of"),
    ('{attribute: plan, contains: ""}', "every text contains it", "contains: pro"),
    ("{attribute: plan, starts with: 5}", "quotes", "starts with: pro"),
    ("{attribute: visits, over: many}", "a number is wanted", "over: 10"),
    ("{attribute: visits, over: 1e999}", "too large", "over: 10"),
    ("{attribute: visits, between: [1]}", "two ends", "[10, 20]"),
    ("{attribute: visits, between: [2, 1]}", "nothing lies between", "[10, 20]"),
    ("{attribute: visits, between: [1, 2026-01-01]}", "a number is wanted", "[10, 20]"),
    ("{attribute: seen, before: 2026-02-30}", "no such day", "2026-11-21"),
    ("{attribute: seen, before: 2026-02-03T10:00}", "its offset", "2026-11-21"),
    ("{attribute: seen, before: 0001-01-01}", "years go from", "2026-11-21"),
    ("{attribute: seen, after: yesterday}", "a date", "2026-11-21"),
    ("{attribute: seen, in the last: 0 days}", "a time of nothing", "30 days"),
    ("{attribute: seen, in the last: 30}", "a whole number of", "30 days"),
    ("{attribute: seen, in the next: 1.5 days}", "a whole number of", "30 days"),
    ("{attribute: seen, in the last: 1 year}", "a year is 12 months", "30 days"),
    ("{attribute: seen, in the last: 999999 weeks}", "a hundred years", "30 days"),
    ("{attribute: plan, exists: maybe}", "true or false", "exists: true"),
    ("{attribute: a..b, is: 1}", "a name in it is empty", "attribute: plan"),
    ("{attribute: [[a]], is: 1}", "names in quotes", "attribute: plan"),
    ("{attribute: 5, is: 1}", "put it in quotes", "attribute: plan"),
    # types of the registry (S8, T109)
    ("{attribute: plan, over: 5}", "`over` does not fit `plan`, a text", "use `is`"),
    ("{attribute: plan, is: 5}", "`plan` is a text, and 5 is none", "quotes"),
    ("{attribute: visits, is: '5'}", "`visits` is a number, and '5' is none", "write a number"),
    ("{attribute: visits, starts with: '5'}", "does not fit", "`over`"),
    ("{attribute: vip, is: 'true'}", "`vip` is a boolean", "write a boolean"),
    ("{attribute: visits, is: true}", "`visits` is a number, and True is none", "number"),
    ("{attribute: seen, is: '2026-01-01'}", "`is` does not fit `seen`, a datetime", "`before`"),
    ("{attribute: birthday, between: [1, 2]}", "`birthday` is a date", "write a date"),
    ("{attribute: likes, is: a}", "`is` does not fit `likes`, a list", "`contains`"),
    ("{attribute: address, is: a}", "an object", "a path into it"),
    ("{attribute: location, is: a}", "a geo", "ask with `near`"),
    ("{attribute: plan.name, is: a}", "has no `plan.name`", "mend the path"),
    ("{attribute: gone, is: a}", "the attribute `gone` was deleted", "name another"),
    ("{near: {attribute: plan, point: [0, 0], within: 1 km}}", "`plan` is a text, not a place", "type geo"),
    ("{anniversary: plan, season: today}", "`plan` is a text, not a date", "type date"),
    # facts
    ("{fact: ordrs, over: 1}", "there is no fact 'ordrs'", "did you mean 'orders'?"),
    ("{fact: orders, contains: 1}", "`contains` does not fit `orders`", "`over`"),
    ("{fact: orders, currency: USD, over: 1}", "unknown key `currency`", "delete it"),
    ("{fact: stage, is: custmer}", "there is no stage 'custmer'", "'customer'"),
    ("{stage: custmer}", "one of visitor, lead", "stage: customer"),
    ("{fact: identified, is: maybe}", "`identified` is a boolean", "boolean"),
    # events
    ("{event: Segment Entered}", "written by segments themselves", "segment: <name>"),
    ("{event: Segment Left, times: never}", "written by segments themselves", "segment: <name>"),
    ('{event: ""}', "it is empty", "event: Order Completed"),
    ('{event: "a\\nb"}', "line breaks", "event: Order Completed"),
    (f"{{event: {'x' * 201}}}", "200 characters", "event: Order Completed"),
    ("{event: A, times: 3}", "put it in quotes", "at least 2"),
    ("{event: A, times: often}", "`never` is wanted", "at least 2"),
    ("{event: A, times: at least 0}", "always so", "at least 2"),
    ("{event: A, in the last: 0 days}", "a time of nothing", "30 days"),
    ("{event: A, in the last: 0 minutes, where: {a: 1}}", "a time of nothing", "30 days"),
    ("{event: A, in the last: 1 day, since: 2026-01-01}", "beside", "keep one"),
    ("{event: A, since: 2026-01-02, until: 2026-01-02}", "empty", "exchange"),
    ("{event: A, since: soon}", "a date or a time", "2026-01-01"),
    ("{event: A, times: at least 401, in the last: 1 day}", "401 times", "ask for less"),
    ("{event: A, times: at most 401, where: {a: 1}}", "401 times", "count all events"),
    ("{event: A, where: }", "`where` is nothing", "where: {total"),
    ("{event: A, where: {}}", "`where` is a mapping", "where: {total"),
    ("{event: A, where: {total: {}}}", "nothing is compared", "where: {total"),
    ("{event: A, where: {total: {ovr: 1}}}", "unknown key `ovr`", "did you mean `over`?"),
    ("{event: A, where: {at: {in the last: 3 days}}}", "within `where`", "beside `event`"),
    ("{event: A, where: [{property: a}]}", "nothing is compared", "`is`"),
    ("{event: A, where: [{property: at, in the last: 3 days}]}", "within `where`", "beside `event`"),
    ("{event: A, where: {a: 1, a: 2}}", "`a` comes twice", "{over: 20, under: 50}"),
    ("{event: A, where: {a..b: 1}}", "a name in it is empty", "where"),
    ("{event: A, sum: total}", "nothing is compared", "`over`"),
    ("{event: A, sum: total, avg: total, over: 1}", "`sum` and `avg` in one", "each"),
    ("{event: A, sum: total, over: 1, times: never}", "`sum` and `times` in one", "each"),
    ("{event: A, sum: total, contains: a}", "unknown key `contains`", "delete it"),
    ("{event: A, sum: total, between: [2026-01-01, 2026-01-02]}", "two numbers", "[10, 20]"),
    ("{sequence: [{event: A}], within: 1 hour}", "a sequence of 1 events", "name two"),
    ("{sequence: [{event: A}, {event: B}]}", "`within` is missing", "2 hours"),
    ("{sequence: [{event: A}, {evnt: B}], within: 1 hour}", "`event` is missing", "Order Completed"),
    ("{sequence: A, within: 1 hour}", "a list is wanted", "[{event"),
    ("{interested in: a, times: never}", "counted downwards", "at least 2"),
    # messages
    ("{message: bounced}", "one of sent, delivered", "message: sent"),
    ("{message: sent, without: opened}", "`within` is missing", "3 days"),
    ("{message: sent, within: 3 days}", "`within` without `without`", "without: opened"),
    ("{message: sent, machines: true}", "unknown key `machines`", "delete it"),
    ("{message: opened, template: a b}", "A-Z", "template: welcome"),
    ("{message: opened, without: clicked}", "unknown key `without`", "delete it"),
    ("{message: sent, step: 7}", "put it in quotes", "step: Send the welcome"),
    ("{message: sent, channel: web}", "one of email, sms", "channel: email"),
    ("{message: sent, template: a b}", "A-Z", "template: welcome"),
    # the rest
    ("{segment: Other}", "1 to 40 of a-z", "segment: lapsed"),
    ("{segment: othr}", "there is no segment 'othr'", "did you mean 'other'?"),
    ("{segment: good}", "good → good", "take one"),
    ("{consent: email, is: given}", "where keys belong", "{channel: email"),
    ("{consent: {channel: email, purpose: fun}, is: given}", "one of marketing", "purpose: marketing"),
    ("{consent: {channel: email, purpose: marketing}}", "`is` is missing", "is: given"),
    ("{consent: {channel: email, purpose: marketing}, is: yes}", "one of given", "is: given"),
    ("{reachable: web}", "one of email, sms", "reachable: email"),
    ("{near: {attribute: location, point: [91, 0], within: 1 km}}", "a latitude", "[59.91, 10.75]"),
    ("{near: {attribute: location, point: [1], within: 1 km}}", "a latitude", "[59.91, 10.75]"),
    ("{near: {attribute: location, point: [1, 2], within: 0 km}}", "more than nothing", "10 km"),
    ("{near: {attribute: location, point: [1, 2], within: 5 feet}}", "m, km or miles", "10 km"),
    ("{near: here}", "where keys belong", "{attribute: location"),
    ("{anniversary: birthday}", "neither of", "season: this month"),
    ("{anniversary: birthday, season: today, in the next: 1 day}", "both of", "season: this month"),
    ("{anniversary: birthday, in the next: 3 hours}", "within a year", "7 days"),
    ("{anniversary: birthday, in the next: 400 days}", "within a year", "7 days"),
    ("{anniversary: {fact: orders}, season: today}", "one of created_at", "birthday"),
    ("{quantile: luck, is: 1}", "one of recency", "monetary"),
    ("{quantile: recency, of: 1, is: 1}", "from 2 to 100", "of: 5"),
    ("{quantile: recency, of: 5, is: 6}", "from 1 to 5", "is"),
    ("{quantile: recency, is: 1.5}", "from 1 to 5", "is"),
    ("{quantile: recency}", "nothing is compared", "`is`"),
    ("{share: 0}", "more than 0", "10 percent"),
    ("{share: 101 percent}", "at most 100", "10 percent"),
    ("{share: half}", "percent", "10 percent"),
]


@pytest.mark.parametrize(("condition", "problem", "remedy"), BAD, ids=[each[0][:70] for each in BAD])
def test_a_bad_condition_is_refused_with_its_line_and_a_remedy(condition: str, problem: str, remedy: str):
    text = f"{HEAD}  - {{event: A}}\n  - {condition}\n  - {{event: B}}\n"

    examined = examine(text, file="x.segment.yaml", known=KNOWN)

    mine = [each for each in examined.findings if problem in each.problem and remedy in each.remedy]
    assert [each.line for each in mine] == [4], [str(each) for each in examined.findings]


# The file: text, line, problem, remedy.
FILES = [
    ("", 1, "the file is empty", "segment: <name>"),
    ("rule: [{event: A}]\n", 1, "`segment` is missing", "segment: lapsed"),
    ("segment: a\n", 1, "`rule` is missing", "rule: ["),
    ("segment: A b\nrule: [{event: A}]\n", 1, "'A b'", "a-z"),
    ("segment: 5\nrule: [{event: A}]\n", 1, "the number 5", "segment: lapsed"),
    ("segment: a\nrule: []\n", 2, "empty list", "event"),
    ("segment: a\nrule: A\n", 2, "where keys belong", "event"),
    ("segment: a\nrules: [{event: A}]\nrule: [{event: A}]\n", 2, "unknown key `rules`", "`rule`?"),
    ("segment: a\ndescription: [x]\nrule: [{event: A}]\n", 2, "a list", "description"),
    (f"segment: a\ndescription: {'x' * 501}\nrule: [{{event: A}}]\n", 2, "501 characters", "500"),
    ("segment: a\nrule: {event: &x A}\nmore: *x\n", 3, "aliases", "write it out"),
    ("- a", 1, "where keys belong", "segment: <name>"),
]


@pytest.mark.parametrize(("text", "line", "problem", "remedy"), FILES)
def test_a_bad_file_is_refused(text: str, line: int, problem: str, remedy: str):
    found = examine(text).findings

    mine = [each for each in found if problem in each.problem and remedy in each.remedy]
    assert [each.line for each in mine] == [line], [str(each) for each in found]


def test_all_errors_are_named_at_once_in_the_order_of_their_lines():
    text = (
        "segment: A\nrule:\n  - {evnt: A}\n  - any:\n    - {attribute: plan}\n    - {event: B, colour: red}\n"
    )

    assert [finding.line for finding in examine(text).findings] == [1, 3, 5, 6]


def test_a_refusal_carries_every_finding():
    with pytest.raises(SegmentRefusedError, match="did you mean 'event'") as refused:
        load_segment("segment: a\nrule: [{evnt: A}, {tga: b}]")

    assert len(refused.value.findings) == 2


def nested(depth: int) -> str:
    return HEAD.replace("rule:\n", "rule: ") + "{all: [" * depth + "{event: A}" + "]}" * depth


@pytest.mark.parametrize(
    ("depth", "problem"), [(20, "21 deep"), (30, "31 deep"), (100, "nested deeper than 64")]
)
def test_a_rule_too_deep_is_refused(depth: int, problem: str):
    """S2."""
    assert [problem in finding.problem for finding in examine(nested(depth)).findings] == [True]
    assert not examine(nested(19)).findings


@pytest.mark.parametrize(("count", "is_refused"), [(200, False), (201, True), (1_000, True)])
def test_a_rule_of_too_many_conditions_is_refused(count: int, is_refused: bool):
    """S2."""
    text = HEAD + "".join(f"  - {{event: E{number}}}\n" for number in range(count))

    assert [finding.problem for finding in examine(text).findings] == (
        [f"{count} conditions; 200 are the most"] if is_refused else []
    )


def test_segments_that_refer_to_each_other_are_refused():
    """S2."""
    others: dict[str, Rule] = {"b": InSegment("c"), "c": InSegment("a"), "d": InSegment("d")}
    text = "segment: a\nrule:\n  - {event: A}\n  - {not in segment: b}\n  - {segment: d}\n"

    (finding,) = examine(text, known=Known(segments=others)).findings

    assert (finding.line, finding.problem) == (4, "the segments refer to each other: a → b → c → a")
    assert not examine(text.replace("not in segment: b", "segment: e"), known=Known()).findings


def test_files_are_checked_together():
    texts = {
        "a.yaml": "segment: a\nrule: {segment: b}",
        "b.yaml": "segment: b\nrule: {segment: a}",
        "c.yaml": "segment: c\nrule: {segment: nowhere}",
        "d.yaml": "segment: c\nrule: {event: A}",
    }

    found = {file: [each.problem for each in it.findings] for file, it in examine_all(texts).items()}

    assert found == {
        "a.yaml": ["the segments refer to each other: a → b → a"],
        "b.yaml": ["the segments refer to each other: b → a → b"],
        "c.yaml": ["there is no segment 'nowhere'"],
        "d.yaml": ["the segment 'c' stands in c.yaml too"],
    }


def test_an_attribute_that_nobody_said_is_a_warning():
    text = HEAD + "  - {attribute: plam, is: pro}\n  - {attribute: shoe, is: pro}\n"

    examined = examine(text, known=KNOWN)

    assert not examined.findings
    assert [(each.line, each.problem, each.remedy) for each in examined.warnings] == [
        (3, "nobody has said the attribute `plam` yet", "did you mean 'plan'?"),
        (
            4,
            "nobody has said the attribute `shoe` yet",
            "check its name; until somebody says it, it is missing",
        ),
    ]


@pytest.mark.parametrize(
    "name", ["#a", "tenant_id", "select", "name; DROP", "-__class__", "рlan", "a:b", "ключ"]
)
def test_hostile_names_are_names(name: str):
    """S5, S8."""
    examined = examine(f'segment: a\nrule: {{attribute: "{name}", is: x}}')

    assert not examined.findings
    assert str(getattr(examined.rule, "subject", "")) == name


HOSTILE = {
    "conditions": HEAD + "".join("  - {evnt: 1}\n" for _ in range(9_000)),
    "keys": "segment: a\nrule:\n" + "".join(f"  k{number:05}: 1\n" for number in range(24_000)),
    "tests": HEAD
    + "  - event: A\n    where:\n"
    + "".join(f"      k{number}: 1\n" for number in range(20_000)),
    "values": HEAD + "  - {attribute: a, is one of: [" + "1," * 45_000 + "]}",
    "segments": HEAD + "".join(f"  - {{segment: s{number}}}\n" for number in range(200)),
    "a long key": "? " + "x" * 400_000 + "\n: 1",
    "a long attribute": HEAD + f"  - {{attribute: {'x.' * 100_000}y, is: 1}}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_costs_little(text: str):
    began = time.process_time()

    found = examine(text, known=KNOWN).findings

    assert 1 <= len(found) <= 100
    assert time.process_time() - began < 5
