"""What the language cannot mean is refused: each with a word of the problem, and one of the way out."""

import pytest

from sojourn.journeys.checking.case import Known
from sojourn.journeys.load import Examined, examine, load_journey
from sojourn.journeys.model import Journey

HEAD = "journey: good\npurpose: marketing\n"
ENTRY = "entry: {event: Signed Up}\n"
SEND = "  - {send: Hello, template: hello}\n"
Bad = tuple[str, str, str]

STEPS: list[Bad] = [
    # sending
    ("{send: A, template: t, channel: sms, hours: 21:00-06:00}", "for texts", "stay within 08:00-21:00"),
    ("{send: A, template: t, channel: sms, hours: 07:59-20:00}", "for texts", "stay within"),
    ("{send: A, template: t, channel: sms, hours: 09:00-21:01}", "for texts", "stay within"),
    ("{send: A, template: t, hours: sometimes 09:00-21:00}", "days such as mon-fri", "hours: 09:00-21:00"),
    ("{send: A, template: t, outside: instead}", "without `instead`", "instead: {channel: email"),
    ("{send: A, template: t, outside: sometimes}", "one of hold, skip, instead", "outside: hold"),
    ("{send: A, template: t, outside: skip, instead: {channel: sms, template: u}}", "beside `outside", "one of them"),
    ("{send: A, template: t, instead: {channel: email, template: u}}", "by email too", "another channel"),
    ("{send: A, template: t, instead: {channel: sms}}", "`template` is missing", "template: offer-mail"),
    ("{send: A, template: t, instead: sms}", "where keys belong", "instead: {channel"),
    ("{send: A, template: t, expires: tomorrow}", "minutes, hours, days or weeks", "expires: 24 hours"),
    ("{send: A, template: t, expires: 367 days}", "366 days is the longest", "shorten"),
    ("{send: A, template: t, on skip: stop}", "`continue`, `exit` or a list", "on skip: exit"),
    ("{send: A, template: t, on fail: {a: b}}", "`continue`, `exit` or a list", "on fail: exit"),
    ("{send: A, template: t, on skip: []}", "empty", "on skip"),
    # waiting
    ("{wait: A, until: noon}", "a weekday, or both", "until: monday 09:00"),
    ("{wait: A, until: 25:00}", "a weekday, or both", "until: monday 09:00"),
    ("{wait: A, until: {date: renewal}}", "`if missing` is not said", "`if missing: exit`"),
    ("{wait: A, until: {date: renewal, if missing: exit}}", "`if missing` is not said", "`if missing: exit`"),
    ("{wait: A, until: {dat: renewal}, if missing: exit}", "`date` is missing", "date: renewal_date"),
    ("{wait: A, until: {date: r, before: 1 day, after: 1 day}, if missing: exit}", "beside one date", "one of them"),
    ("{wait: A, until: {date: r, before: 1 month}, if missing: exit}", "days or weeks", "before: 2 days"),
    ("{wait: A, until: {date: r, before: 4000 days}, if missing: exit}", "ten years", "shorten"),
    ("{wait: A, until: {date: r, at: noon}, if missing: exit}", "00:00 to 23:59", "at: 09:00"),
    ("{wait: A, until: {date: r, of: somebody}, if missing: exit}", "contact, entry", "of: entry"),
    ("{wait: A, until: {date: r, yearly: true}, if past: exit, if missing: exit}", "never passes", "one of them"),
    ("{wait: A, for: 1 day, if missing: exit}", "this wait has none", "delete it"),
    ("{wait: A, inside: 09:00-09:00}", "never opens", "leave `inside` out"),
    ("{wait: A, for: 1 day, since: {delivered: Nobody}}", "names no send step", "'Hello'"),
    ("{wait: A, for: 1 day, since: {clicked: Later}}", "does not come before", "on the way"),
    ("{wait: A, until: 09:00, since: {clicked: Hello}}", "nothing is counted", "for: 2 days"),
    ("{wait: A, for: 1 day, since: {seen: Hello}}", "0 moments", "`delivered`"),
    ("{wait for: A, any: [{event: E}], up to: 15 days, then: [{exit: B}]}", "14 days is the longest", "shorten"),
    ("{wait for: A, answers: [], up to: 1 day}", "empty list", "answers: [{any"),
    ("{wait for: A, answers: [{any: [{event: E}]}], then: [{exit: B}], up to: 1 day}", "beside `any`", "into"),
    ("{wait for: A, answers: [{then: [{exit: B}]}], up to: 1 day}", "`any` is missing", "any: [{clicked"),
    ("{wait for: A, any: [{event: E, where: {a..b: 1}}], up to: 1 day, then: [{exit: B}]}", "empty", "where"),
    ("{wait for: A, any: [{clicked: Hello, match: x}], up to: 1 day, then: [{exit: B}]}", "`match`", "known here"),
    ("{wait for: A, any: [{rule: {atribute: a}}], up to: 1 day, then: [{exit: B}]}", "no known kind", "'attribute'"),
    ("{wait for: A, any: [{event: Segment Entered}], up to: 1 day, then: [{exit: B}]}", "Sojourn itself", "rule:"),
    ("{wait for: A, any: [{event: E}], up to: 1 day, look back: always, then: [{exit: B}]}", "one of", "look back"),
    ("{wait for: A, any: [{delivered: Later}], up to: 1 day, then: [{exit: B}]}", "not come before", "on the way"),
    # forks
    ("{branch: A}", "`paths` is missing", "paths: [{if"),
    ("{branch: A, paths: []}", "empty list", "paths: [{if"),
    ("{branch: A, paths: [{then: [{exit: B}]}]}", "`if` is missing", "if: [{attribute"),
    ("{branch: A, paths: [{if: {attribute: plan}, then: [{exit: B}]}]}", "nothing is compared", "add one of"),
    ("{branch: A, paths: [{if: {attribute: entry.a, is: 1, is not: 2}}]}", "in one condition", "under `all`"),
    ("{branch: A, paths: [{if: {fact: orders, is: many}, then: [{exit: B}]}]}", "is a number", "write a number"),
    ("{branch: A, paths: [{if: {attribute: reply.nobody.x, is: 1}, then: [{exit: B}]}]}", "no call", "none yet"),
    ("{split: A, paths: [{share: 50%, then: [{exit: B}]}, {share: 49%}]}", "make 99 percent", "a hundred"),
    ("{split: A, paths: [{share: 0%}, {share: 100%}]}", "more than 0", "share: 50%"),
    ("{split: A, paths: [{share: 33.333%}, {share: 66.667%}]}", "two decimals", "share: 50%"),
    ("{split: A, paths: [{share: 50%, holdout: 50%}]}", "in one path", "one of them"),
    ("{split: A}", "`paths` is missing", "paths: [{share"),
    ("{repeat: A, times: 3, steps: [{send: B, template: t}]}", "without a wait", "put a `wait`"),
    (
        "{repeat: A, times: 3, steps: [{branch: C, paths: [{if: {tag: a}, then: [{wait: B, for: 1 day}]}]}]}",
        "without a wait",
        "put a `wait`",
    ),
    ("{repeat: A, times: 0, steps: [{wait: B, for: 1 day}]}", "from 1 to 10000", "times: 3"),
    ("{repeat: A, steps: [{wait: B, for: 1 day}]}", "`times` is missing", "times: 3"),
    ("{repeat: A, times: 3}", "`steps` is missing", "steps: […]"),
    ("{repeat: A, times: 5001, steps: [{wait: B, for: 1 day}]}", "10,000 is the most", "lower `times`"),
    (
        "{repeat: A, times: 100, steps: [{repeat: C, times: 99, steps: [{wait: B, for: 1 day}]}]}",
        "10,000 is the most",
        "lower `times`",
    ),
    # acting
    ("{update: A}", "nothing is changed", "write `set:"),
    ("{update: A, set: {}}", "empty", "set: {stage"),
    ("{update: A, set: {email: x@example.com}}", "not for journeys", "identify"),
    ("{update: A, set: {phone: '+47'}}", "not for journeys", "identify"),
    ("{update: A, set: {consent: given}}", "not for journeys", "by the person"),
    ("{update: A, unset: [user_id]}", "not for journeys", "identities"),
    ("{update: A, set: {entry.a: 1}}", "not for journeys", "take another"),
    ("{update: A, set: {tags: vip}}", "added and removed", "add: {tags: vip}"),
    ("{update: A, set: {stage: custmer}}", "no such stage", "'customer'"),
    ("{update: A, increment: {stage: 1}}", "a stage is set", "set: {stage"),
    ("{update: A, increment: {visits: many}}", "no number", "increment: {visits: 1}"),
    ("{update: A, set: {plan: null}}", "to nothing", "unset: [plan]"),
    ("{update: A, set: {plan: pro}, unset: [plan]}", "in two ways", "one of them"),
    ("{update: A, set: {plan: reply.nobody.x}}", "no call", "none yet"),
    ("{call: A}", "neither `url` nor `function`", "url: https"),
    ("{call: A, url: 'https://example.com/', function: f}", "both", "url: https"),
    ("{call: A, url: 'http://example.com/'}", "begins with 'http'", "https alone"),
    ("{call: A, url: 'https://ada:secret@example.com/'}", "a password", "take it out"),
    ("{call: A, url: 'https://localhost/x'}", "private network", "everybody can reach"),
    ("{call: A, url: 'https://shop.internal/x'}", "private network", "everybody can reach"),
    ("{call: A, url: 'https://127.0.0.1/x'}", "no public address", "everybody can reach"),
    ("{call: A, url: 'https://169.254.169.254/latest'}", "no public address", "everybody can reach"),
    ("{call: A, url: 'https://[::1]/x'}", "no public address", "everybody can reach"),
    ("{call: A, url: 'https://[::ffff:10.0.0.1]/x'}", "no public address", "everybody can reach"),
    ("{call: A, url: 'https://2130706433/x'}", "private network", "everybody can reach"),
    ("{call: A, url: 'https://0x7f.1/x'}", "no host's name", "https://example.com"),
    ("{call: A, url: 'https://exa mple.com/x'}", "letters that no address has", "https://example.com"),
    ("{call: A, url: 'https://example.com:99999/'}", "cannot be read", "https://example.com"),
    ("{call: A, url: 'https://example.com:22/'}", "other than 443 and 8443", "https://example.com"),
    ("{call: A, url: 'file:///etc/passwd'}", "begins with 'file'", "https alone"),
    ("{call: A, function: 'rm -rf'}", "`function` is", "its ARN"),
    ("{call: A, function: f, timeout: 31 seconds}", "1 to 30 seconds", "timeout: 10 seconds"),
    ("{call: A, function: f, timeout: 10}", "in quotes", "timeout: 10 seconds"),
    ("{call: '!!!', function: f}", "cannot be named", "another name"),
    ("{call: A, function: f, send: {x: reply.later.y}}", "no call", "choose one of"),
    ("{task: A, assign: sales, due: 2 days}", "`outcomes` is missing", "outcomes: {reached"),
    ("{task: A, assign: sales, due: 2 days, outcomes: {}}", "empty", "outcomes: {reached"),
    ("{task: A, assign: sales, due: 15 days, outcomes: [yes, no]}", "14 days is the longest", "shorten"),
    ("{task: A, due: 2 days, outcomes: [yes, no]}", "`assign` is missing", "assign: sales"),
    ("{task: A, assign: sales, due: 2 days, outcomes: {yes: 5}}", "the number 5", "outcomes: {reached"),
    ("{task: A, assign: sales, due: 2 days, outcomes: {yes: , Yes: }}", "two outcomes", "one of them"),
    ("{start: A, journey: No Such}", "a-z, 0-9 and -", "journey: win-back"),
    ("{start: A, journey: good}", "not entered by request", "api: true"),
    ("{end: A, journey: good}", "ends itself", "exit:"),
    ("{exit: A, reason: 5}", "in quotes", "reason: bought"),
]  # fmt: skip
AROUND: list[Bad] = [
    ("filter: []", "empty list", "another condition"),
    ("filter: {attribute: reply.x.y, is: 1}", "no call", "none yet"),
    ("starts: tomorrow", "a date or a time", "starts: 2026-12-01"),
    ("starts: 2027-01-01\nends: 2026-01-01", "does not come after", "exchange"),
    ("re-entry: sometimes", "one of", "re-entry: after exit"),
    ("re-entry: after pause", "one of", "re-entry: after exit"),
    ("re-entry: {again: after pause}", "without a pause", "pause: 30 days"),
    ("re-entry: {again: once, pause: 1 day}", "beside a pause", "one of them"),
    ("re-entry: {again: once, at most: 3}", "nobody comes in again", "one of them"),
    ("re-entry: {from: exit}", "`from` without `pause`", "leave `from` out"),
    ("re-entry: {within: 3 days}", "`within` without `at most`", "leave `within` out"),
    ("re-entry: {pause: 30 days, at most: 3, within: 60 days}", "never lie within", "limits them already"),
    ("goal: {event: E, window: 367 days}", "366 days is the longest", "shorten"),
    ("goal: {segment: s, match: a}", "which has no properties", "name an event"),
    ("goal: {event: E, key: a}", "unknown key `key`", "known here"),
    ("goal: {event: E, at entry: maybe}", "one of", "at entry: enter"),
    ("goal: {event: E, match: [a]}", "names and values", "match: {cart_id: cart_id}"),
    ("exits: {event: E}", "a list is wanted", "exits: [{event"),
    ("exits: [{reason: bought}]", "`event` is missing", "event: Order Completed"),
    ("exits: [{leaves: s, event: E}]", "in one way out", "two of it"),
    ("exits: [{segment: No!}]", "the exit segment is", "a-z, 0-9"),
    ("exits: [{segment: s, match: a}]", "which has no properties", "name an event"),
    ("exits: [{event: Segment Left}]", "segments themselves", "segment: <name>"),
    ("hours: 09:00-20:00", "where keys belong", "hours: {sms"),
    ("hours: {fax: 09:00-20:00}", "unknown key `fax`", "`email`, `sms`"),
    ("hours: {sms: 06:00-20:00}", "for texts", "stay within"),
    ("hours: {email: 09:00-09:00}", "never opens", "leave"),
    ("hours: {email: {hours: 09:00-20:00, outside: instead}}", "one of hold, skip", "outside: hold"),
    ("caps: [{at most: 0, per: 1 day}]", "from 1 to 1000", "at most: 3"),
    ("caps: [{at most: 3}]", "`per` is missing", "per: 1 week"),
    ("caps: [{at most: 3, per: 1 week, keep: 4, for priority: 5}]", "nothing is left", "keep fewer"),
    ("caps: [{at most: 3, per: 1 week, keep: 1}]", "`for priority` is missing", "for priority: 1"),
    ("caps: [{at most: 3, per: 1 week, keep: 1, for priority: 0}]", "from 1 to 9", "for priority: 1"),
    ("caps: [{at most: 3, per: 3 days, count: calendar}]", "a calendar cap per 3 days", "per: 1 day"),
    ("caps: [{at most: 3, per: 400 days}]", "366 days", "shorten"),
    ("caps: [{at most: 3, per: 1 day, topic: A B}]", "a-z, 0-9 and -", "topic: news"),
    ("caps: [{at most: 3, per: 1 day}, {at most: 3, per: day}]", "the same cap", "one of them"),
    ("priority: 10", "from 0 to 9", "priority: 1"),
    ("mode: sometimes", "one of off, draft, allow_list, live", "mode: draft"),
    ("priority: high", "a number", "priority: 1"),
    ("holdout: 110%", "at most 100 percent", "holdout: 10%"),
    ("holdout: 0%", "more than 0", "holdout: 10%"),
    ("approvals: -1", "from 0 to 10", "approvals: 1"),
    ("late data grace: soon", "minutes, hours", "late data grace: 1 hour"),
    ("owner: [a]", "a list", "owner: Ada"),
    ("purpose: tracking", "comes twice", "keep one"),
]  # fmt: skip
ENTRIES: list[Bad] = [
    ("[]", "empty list", "entry: [{event"),
    ("[{event: A}, {event: A}]", "the same entry again", "one of them"),
    ("{event: Segment Entered}", "segments themselves", "segment: <name>"),
    ("{event: Journey Requested}", "requests themselves", "api: true"),
    ("{event: A, where: {}}", "a mapping", "where: {total"),
    ("{event: A, where: {at: {in the last: 3 days}}}", "within `where`", "compare with a date"),
    ("{segment: s, key: a}", "unknown key `key`", "known here"),
    ("{date: birthday, of: entry}", "cannot let somebody in", "leave `of` out"),
    ("{date: birthday, before: 400 days}", "366 days", "shorten"),
    ("{date: birthday, at: 9}", "in quotes", "at: 09:00"),
    ("{api: false}", "none", "api: true"),
    ("{api: yes}", "true or false", "api: true"),
    ('{schedule: "0 9 * *", zone: Europe/Paris, segment: s}', "five fields", "0 9 * * 1"),
    ('{schedule: "0 0 9 * * 1", zone: Europe/Paris, segment: s}', "five fields", "0 9 * * 1"),
    ('{schedule: "61 9 * * 1", zone: Europe/Paris, segment: s}', "Bad minute", "0 9 * * 1"),
    ('{schedule: "0 0 31 2 *", zone: Europe/Paris, segment: s}', "Bad day-of-month", "0 9 * * 1"),
    ('{schedule: "@daily", zone: Europe/Paris, segment: s}', "five fields", "0 9 * * 1"),
    ('{schedule: "0 9 * * 1", segment: s}', "`zone` is missing", "zone: Europe/Paris"),
    ('{schedule: "0 9 * * 1", zone: Europe/Paris}', "`segment` is missing", "segment: active"),
    ('{schedule: "0 9 * * 1", zone: Europe/Paris, segment: S S}', "segment is 'S S'", "a-z, 0-9"),
    ('{schedule: "0 9 * * 1", zone: Mars/Phobos, segment: s}', "no zone Mars/Phobos", "zone: Europe/Paris"),
    ('{schedule: "0 9 * * 1", zone: ../../etc/passwd, segment: s}', "no zone ../../etc/passwd", "Europe/Paris"),
    ('{schedule: "0 9 * * 1", zone: europe/paris, segment: s}', "did you mean Europe/Paris?", "Europe/Paris"),
    ('{schedule: "0 9 * * 1", zone: "", segment: s}', "empty", "zone: Europe/Paris"),
    ('{schedule: "0 9 * * 1", zone: /etc/localtime, segment: s}', "no zone", "Europe/Paris"),
]  # fmt: skip
LATER = "  - {send: Later, template: hello}\n"


def whole(steps: str, around: str = "", entry: str = ENTRY) -> str:
    return f"{HEAD}{entry}{around}steps:\n{SEND}{steps}{LATER}"


def says(examined: Examined, problem: str, remedy: str) -> bool:
    return any(problem in each.problem and remedy in each.remedy and each.line for each in examined.findings)


def said(examined: Examined) -> list[str]:
    return [str(finding) for finding in examined.findings]


@pytest.mark.parametrize(("step", "problem", "remedy"), STEPS, ids=[f"{step[:60]}" for step, _, _ in STEPS])
def test_a_step_that_means_nothing_is_refused(step: str, problem: str, remedy: str):
    examined = examine(whole(f"  - {step}\n"))

    assert says(examined, problem, remedy), said(examined)
    assert 6 in {finding.line for finding in examined.findings}


@pytest.mark.parametrize(("around", "problem", "remedy"), AROUND, ids=[each[0][:60] for each in AROUND])
def test_what_stands_round_the_steps_is_refused(around: str, problem: str, remedy: str):
    examined = examine(whole("", f"{around}\n"))

    assert says(examined, problem, remedy), said(examined)


@pytest.mark.parametrize(("entry", "problem", "remedy"), ENTRIES, ids=[each[0][:60] for each in ENTRIES])
def test_an_entry_that_lets_nobody_in_is_refused(entry: str, problem: str, remedy: str):
    examined = examine(whole("", entry=f"entry: {entry}\n"))

    assert says(examined, problem, remedy), said(examined)


def test_what_the_tables_replace_is_sound():
    assert said(examine(whole(""))) == []


@pytest.mark.parametrize(
    "step",
    [
        "{exit: Out}",
        "{branch: B, paths: [{if: {tag: a}, then: [{exit: C}]}], otherwise: [{exit: D}]}",
        "{split: B, paths: [{share: 50%, then: [{exit: C}]}, {share: 50%, then: [{exit: D}]}]}",
        "{repeat: B, times: 2, steps: [{wait: C, for: 1 day}, {exit: D}]}",
        "{task: B, assign: a, due: 1 day, outcomes: {yes: [{exit: C}]}, otherwise: [{exit: D}]}",
    ],
)
def test_nobody_comes_behind_an_exit(step: str):
    (finding,) = examine(whole(f"  - {step}\n")).findings

    assert (finding.line, finding.step) == (7, "Later")
    assert "nobody comes here" in finding.problem


@pytest.mark.parametrize(
    "step",
    [
        "{branch: B, paths: [{if: {tag: a}, then: [{exit: C}]}]}",
        "{send: B, template: t, on skip: exit, on fail: [{exit: D}]}",
        "{repeat: B, times: 2, until: {tag: a}, steps: [{exit: D}]}",
        "{wait for: B, any: [{event: E}], up to: 1 day, then: [{exit: C}]}",
    ],
)
def test_who_may_go_on_does(step: str):
    assert said(examine(whole(f"  - {step}\n"))) == []


@pytest.mark.parametrize(
    ("entry", "step"),
    [
        ("{segment: s}", "{branch: B, paths: [{if: {attribute: entry.a, is: 1}, then: [{exit: C}]}]}"),
        ("{date: birthday}", "{update: B, set: {plan: entry.plan}}"),
        ("{segment: s}", "{start: B, journey: other, properties: {x: entry.y}}"),
        ("{segment: s}", "{wait: B, until: {date: d, of: entry}, if missing: exit}"),
        ("{segment: s}", "{wait for: B, any: [{event: E, match: a}], up to: 1 day, then: [{exit: C}]}"),
    ],
)
def test_a_journey_without_events_knows_nothing_of_its_entry(entry: str, step: str):
    examined = examine(whole(f"  - {step}\n", entry=f"entry: {entry}\n"))

    assert says(examined, "has properties", ""), said(examined)
    assert said(examine(whole(f"  - {step}\n", entry=f"entry: [{entry}, {{api: true}}]\n"))) == []


def test_a_reply_is_known_behind_its_call_only():
    call = "  - {call: Ask for it!, url: 'https://example.com/'}\n"
    asks = "  - {branch: B, paths: [{if: {attribute: reply.ask_for_it.code, exists: true}, then: [{exit: C}]}]}\n"

    assert said(examine(whole(call + asks))) == []
    assert "does not come before" in said(examine(whole(asks + call)))[0]


def test_in_a_round_the_round_before_lies_behind():
    steps = "[{wait for: B, any: [{clicked: C}], up to: 1 day}, {send: C, template: t}]"

    assert said(examine(whole(f"  - {{repeat: A, times: 3, steps: {steps}}}\n"))) == []


def test_two_calls_may_not_have_one_word_for_their_answers():
    call = "  - {{call: {}, function: f}}\n"

    (finding,) = examine(whole(call.format("Ask it") + call.format("ask-it"))).findings

    assert "`reply.ask_it`" in finding.problem


def test_errors_of_a_rule_name_the_step_and_the_line_of_the_condition():
    branch = (
        "  - branch: B\n    paths:\n      - if:\n          - {tag: a}\n          - {fact: orders, is: many}\n"
    )

    found = examine(whole(branch + "        then: [{exit: C}]\n")).findings

    assert [(finding.line, finding.step) for finding in found] == [(10, "B")]


def test_on_the_local_cloud_calls_may_come_to_this_machine():
    text = whole("  - {call: A, url: 'http://127.0.0.1:8080/hook'}\n")

    assert examine(text).findings
    assert said(examine(text, known=Known(loopback=True))) == []


# Journeys that let each other in.


def journey(name: str, steps: str, entry: str = "{api: true}") -> Journey:
    return load_journey(f"journey: {name}\npurpose: marketing\nentry: {entry}\nsteps:\n{steps}")


def start(of: str, name: str = "Go") -> str:
    return f"  - {{start: {name}, journey: {of}}}\n"


def circling(text: str, *others: Journey) -> list[str]:
    known = Known(journeys={other.name: other for other in others})
    found = examine(
        f"journey: a\npurpose: marketing\nentry: {{api: true}}\nsteps:\n{text}", known=known
    ).findings
    return [finding.problem for finding in found]


def test_journeys_that_start_each_other_without_a_wait_are_refused():
    assert circling(start("b"), journey("b", start("a"))) == [
        "the journeys let each other in without a wait: a → b → a"
    ]


def test_the_way_round_may_be_longer():
    assert circling(start("b"), journey("b", start("c")), journey("c", start("a"))) == [
        "the journeys let each other in without a wait: a → b → c → a"
    ]


def test_a_journey_may_not_start_itself_at_once():
    assert circling(start("a")) == ["the journeys let each other in without a wait: a → a"]


@pytest.mark.parametrize(
    "wait",
    [
        "{wait: W, for: 1 day}",
        "{wait: W, until: monday 09:00}",
        "{task: W, assign: sales, due: 1 day, outcomes: [yes]}",
    ],
)
def test_with_a_wait_between_they_may(wait: str):
    assert circling(f"  - {wait}\n{start('b')}", journey("b", start("a"))) == []
    assert circling(start("b"), journey("b", f"  - {wait}\n{start('a')}")) == []


@pytest.mark.parametrize(
    "wait",
    [
        "{wait: W, for: 1 day, since: {sent: Hello}}",
        "{wait: W, inside: 09:00-17:00}",
        "{wait: W, until: {date: d}, if missing: continue}",
        "{wait for: W, any: [{event: E}], up to: 1 day}",
        "{branch: W, paths: [{if: {tag: a}, then: [{wait: V, for: 1 day}]}]}",
    ],
)
def test_a_wait_that_may_be_none_is_none(wait: str):
    assert len(circling(f"{SEND}  - {wait}\n{start('b')}", journey("b", start("a")))) == 1


def test_silence_is_a_wait():
    text = "  - wait for: W\n    any: [{event: E}]\n    up to: 1 day\n    then: [{exit: X}]\n" + start("b")

    assert circling(text, journey("b", start("a"))) == []


def test_an_event_that_our_own_step_writes_lets_in_too():
    tagged = journey("b", start("a"), entry="{event: Tag Added}")

    assert circling("  - {update: U, add: {tags: vip}}\n", tagged) == [
        "the journeys let each other in without a wait: a → b → a"
    ]


@pytest.mark.parametrize(
    ("entry", "is_round"),
    [
        ("{event: Tag Added, where: {tag: vip}}", True),
        ("{event: Tag Added, where: {tag: gold}}", False),
        ("{event: Tag Added, where: {source: web}}", True),
        ("{event: Tag Removed}", False),
    ],
)
def test_what_the_entry_asks_of_the_event_counts_as_far_as_the_file_says(entry: str, is_round: bool):
    tagged = journey("b", start("a"), entry=entry)

    assert bool(circling("  - {update: U, add: {tags: vip}}\n", tagged)) is is_round


def test_a_value_that_only_the_run_knows_may_be_any():
    tagged = journey("b", start("a"), entry="{event: Tag Added, where: {tag: gold}}")

    assert circling("  - {update: U, add: {tags: entry.plan}}\n", tagged)


def test_ending_a_journey_is_an_event_too():
    hears = journey("b", start("a"), entry="{event: Journey End Requested}")

    assert circling("  - {end: E, journey: c}\n", hears) == [
        "the journeys let each other in without a wait: a → b → a"
    ]


def test_a_journey_that_takes_no_requests_is_not_started():
    other = journey("b", SEND, entry="{event: E}")

    assert circling(start("b"), other) == ["the journey 'b' is not entered by request"]
