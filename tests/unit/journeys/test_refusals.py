"""Every bad journey file is refused with its line, its step, what is wrong and what to do."""

import json
import time
from pathlib import Path

import pytest

from sojourn.journeys.load import JourneyRefusedError, examine, load_journey
from sojourn.rules.findings import Finding

WELCOME = Path(__file__).parents[3] / "statemachines/journeys/welcome.journey.yaml"
TEMPLATES = {"welcome": "email", "chapter": "email", "reminder": "email", "feedback": "email", "offer": "sms"}

GOOD = """\
journey: welcome
purpose: marketing
topic: onboarding
entry: {event: Signed Up}
goal: {event: Order Completed}
steps:
  - send: Greet
    template: welcome
  - wait: Wait two days
    for: 2 days
  - wait for: Clicked?
    any: [{clicked: Greet}]
    up to: 2 days
    then: [{send: Tell more, template: chapter}]
    otherwise: [{send: Remind, template: reminder}]
  - send: Text
    channel: sms
    template: offer
    hours: 09:00-21:00
"""

HEAD = GOOD[: GOOD.index("  - send: Greet")]

# What is replaced in GOOD, by what, and then: the line, the step, a word of the problem, a word of the remedy.
Bad = tuple[str, str, int, str, str, str]
BAD: dict[str, Bad] = {
    # the journey itself
    "no name": ("journey: welcome\n", "", 1, "", "`journey` is missing", "write `journey: welcome`"),
    "name with capitals": ("journey: welcome", "journey: Welcome", 1, "", "'Welcome'", "a-z, 0-9 and -"),
    "name too long": ("journey: welcome", f"journey: {'w' * 41}", 1, "", "`journey` is", "1 to 40"),
    "name is a number": ("journey: welcome", "journey: 2030", 1, "", "the number 2030", "journey: welcome"),
    "name is a list": ("journey: welcome", "journey: [a]", 1, "", "a list", "journey: welcome"),
    "no purpose": ("purpose: marketing\n", "", 1, "", "`purpose` is missing", "purpose: marketing"),
    "unknown purpose": ("purpose: marketing", "purpose: fun", 2, "", "'fun'", "purpose: marketing"),
    "bad topic": ("topic: onboarding", "topic: a|b", 3, "", "'a|b'", "a-z, 0-9 and -"),
    "no entry": ("entry: {event: Signed Up}\n", "", 1, "", "`entry` is missing", "{event: Signed Up}"),
    "entry is a text": (
        "entry: {event: Signed Up}",
        "entry: Signed Up",
        4,
        "",
        "where keys",
        "`entry: {event",
    ),
    "entry without event": ("{event: Signed Up}", "{}", 4, "", "`event` is missing", "event: Signed Up"),
    "entry with an unknown key": ("{event: Signed Up}", "{event: A, evnt: B}", 4, "", "`evnt`", "`event`"),
    "goal is empty": ("{event: Order Completed}", "", 5, "", "nothing where keys", "goal: {event"),
    "goal event is empty": (
        "{event: Order Completed}",
        '{event: ""}',
        5,
        "",
        "empty",
        "event: Order Completed",
    ),
    "entry event too long": ("Signed Up", "S" * 201, 4, "", "201 characters", "event's name"),
    "unknown key": ("topic: onboarding", "topics: onboarding", 3, "", "`topics`", "did you mean `topic`?"),
    "duplicate key": ("topic: onboarding", "journey: again", 3, "", "comes twice", "line 1"),
    "merge key": ("topic: onboarding", "<<: {a: 1}", 3, "", "unknown key `<<`", "known here"),
    # steps
    "steps is a mapping": ("steps:\n", "steps:\n  a: b\nx:\n", 6, "", "a mapping", "steps"),
    "a step is a text": (
        "  - send: Greet\n    template: welcome\n",
        "  - Greet\n",
        7,
        "step 1",
        "keys",
        "- send:",
    ),
    "a step of no kind": ("wait: Wait two days", "sleep: Long", 9, "step 2", "no kind", "- wait:"),
    "a step of two kinds": (
        "  - wait: Wait",
        "  - send: B\n    wait: Wait",
        9,
        "step 2",
        "`send` and `wait`",
        "one",
    ),
    "unknown key in a send": (
        "template: welcome",
        "template: welcome\n    subjct: x",
        9,
        "Greet",
        "subjct",
        "known",
    ),
    "near key in a send": ("template: offer", "templates: offer", 18, "Text", "`templates`", "`template`?"),
    "send without template": ("    template: welcome\n", "", 7, "Greet", "`template` is missing", "template"),
    "template is a list": ("template: welcome", "template: [a]", 8, "Greet", "a list", "template: welcome"),
    "template is null": ("template: welcome", "template:", 8, "Greet", "nothing", "template: welcome"),
    "unknown template": (
        "template: welcome",
        "template: welcom",
        8,
        "Greet",
        "no template",
        "did you mean 'welcome'",
    ),
    "template of another channel": (
        "template: offer",
        "template: chapter",
        18,
        "Text",
        "for email",
        "for sms",
    ),
    "hostile template name": ("template: welcome", "template: a#live", 8, "Greet", "'a#live'", "A-Z"),
    "unknown channel": ("channel: sms", "channel: fax", 17, "Text", "'fax'", "channel: email"),
    "flag is a text": ("channel: sms", "at_least_once: maybe", 17, "Text", "'maybe'", "true"),
    "name is empty": ("send: Greet\n", 'send: ""\n', 7, "step 1", "empty", "name of the step"),
    "name too long by one": ("send: Remind", f"send: {'r' * 81}", 15, "r" * 79 + "…", "81", "up to 80"),
    "name with a line break": ("send: Text", 'send: "Te\\nxt"', 16, "Te·xt", "control", "plain"),
    "name with a text direction": ("send: Text", 'send: "Te\\u202ext"', 16, "Te·xt", "control", "plain"),
    "name that ends an expression": ("send: Text", 'send: "{% 1 %}"', 16, "{% 1 %}", "{%", "plain"),
    "name of the machine": ("send: Text", "send: Hold", 16, "Hold", "machine's own", "another name"),
    "name of the machine in small": ("send: Text", "send: resume", 16, "resume", "machine's own", "another"),
    "name that means the end": ("send: Text", "send: (end)", 16, "(end)", "machine's own", "another"),
    "duplicate name": ("send: Text", "send: Greet", 16, "Greet", "second step", "name of its own"),
    "duplicate name in a path": ("send: Remind", "send: Tell more", 15, "Tell more", "line 14", "its own"),
    "empty list of steps": (
        "then: [{send: Tell more, template: chapter}]",
        "then: []",
        14,
        "Clicked?",
        "empty",
        "then",
    ),
    # time
    "no duration": ("    for: 2 days\n", "", 9, "Wait two days", "`for` is missing", "for: 2 days"),
    "duration of words": ("for: 2 days", "for: two days", 10, "Wait two days", "'two days'", "for: 2 days"),
    "duration of zero": ("for: 2 days", "for: 0 days", 10, "Wait two days", "wait of nothing", "for: 2 days"),
    "duration below zero": ("for: 2 days", "for: -2 days", 10, "Wait two days", "'-2 days'", "for: 2 days"),
    "duration in part": ("for: 2 days", "for: 1.5 days", 10, "Wait two days", "'1.5 days'", "for: 2 days"),
    "duration in seconds": ("for: 2 days", "for: 90 seconds", 10, "Wait two days", "minutes", "for: 2 days"),
    "duration is a number": ("for: 2 days", "for: 2", 10, "Wait two days", "the number 2", "for: 2 days"),
    "duration over ten years": ("for: 2 days", "for: 3654 days", 10, "Wait two days", "ten years", "shorten"),
    "wait for over 14 days": ("up to: 2 days", "up to: 15 days", 13, "Clicked?", "14 days", "`wait` into"),
    "wait for without end": (
        "    up to: 2 days\n",
        "",
        11,
        "Clicked?",
        "`up to` is missing",
        "up to: 2 days",
    ),
    "up to twice": ("up to: 2 days", "up to: 2 days\n    up_to: 3 days", 14, "Clicked?", "twice", "line 13"),
    "window of nothing": ("09:00-21:00", "09:00-09:00", 19, "Text", "never opens", "leave `hours` out"),
    "hour 24": ("09:00-21:00", "09:00-24:00", 19, "Text", "00:00 to 23:59", "09:00-21:00"),
    "hour of one digit": ("09:00-21:00", "9-21", 19, "Text", "two times", "09:00-21:00"),
    "hours with a zone": (
        "09:00-21:00",
        "09:00-21:00 Europe/Berlin",
        19,
        "Text",
        "own time zone",
        "09:00-21:00",
    ),
    "hours are a mapping": ("09:00-21:00", "{from: 9}", 19, "Text", "a mapping", "09:00-21:00"),
    # waits for events
    "no conditions": ("    any: [{clicked: Greet}]\n", "", 11, "Clicked?", "`any` is missing", "clicked"),
    "empty conditions": ("[{clicked: Greet}]", "[]", 12, "Clicked?", "empty list", "clicked"),
    "condition is a text": ("[{clicked: Greet}]", "[clicked]", 12, "Clicked?", "where keys", "clicked"),
    "condition of no kind": ("{clicked: Greet}", "{bounced: Greet}", 12, "Clicked?", "bounced", "`opened`"),
    "condition of two kinds": (
        "{clicked: Greet}",
        "{clicked: Greet, event: X}",
        12,
        "Clicked?",
        "event",
        "each",
    ),
    "clicked an unknown step": ("{clicked: Greet}", "{clicked: Gret}", 12, "Clicked?", "no send", "'Greet'?"),
    "clicked a wait": ("clicked: Greet", "clicked: Wait two days", 12, "Clicked?", "no send step", "'Greet'"),
    "clicked a later send": (
        "{clicked: Greet}",
        "{clicked: Text}",
        12,
        "Clicked?",
        "not come before",
        "on the way",
    ),
    "clicked in its own path": (
        "{clicked: Greet}",
        "{clicked: Remind}",
        12,
        "Clicked?",
        "before",
        "on the way",
    ),
    "event with a line break": (
        "{clicked: Greet}",
        '{event: "a\\nb"}',
        12,
        "Clicked?",
        "control",
        "event's name",
    ),
    "a wait at the end": (
        "    hours: 09:00-21:00\n",
        "    hours: 09:00-21:00\n  - wait: Rest\n    for: 1 day\n",
        20,
        "Rest",
        "nothing follows",
        "delete it",
    ),
    # the file
    "no YAML": ("topic: onboarding", "topic: a: b", 3, "", "not YAML", "quotes"),
    "a tab": ("topic: onboarding", "\ttopic: onboarding", 3, "", "not YAML", "mend"),
    "an open quote": ("send: Text", 'send: "Text', 16, "", "what begins here is not closed", "mend"),
    "a space that is none": (
        "topic: onboarding",
        "topic:\u00a0onboarding",
        3,
        "",
        "(U+00A0) in this line",
        "anew",
    ),
    "a line break that is none": ("send: Text", "send: Te\u2028xt", 16, "", "(U+2028) in this line", "anew"),
    "an alias": ("entry: {event: Signed Up}", "entry: &a {event: *a}", 4, "", "aliases", "write it out"),
    "a tag": ("topic: onboarding", "topic: !!python/name:os.system x", 3, "", "tag", "leave the tag out"),
    "two documents": ("entry:", "---\nentry:", 4, "", "second document", "one of them"),
    "a list as a key": ("topic: onboarding", "? [a]\n: b", 3, "", "key is a list", "word"),
    "a control character": (
        "topic: onboarding",
        "topic: on\x07board",
        3,
        "",
        "control character",
        "delete it",
    ),
    "half a character": (
        "topic: onboarding",
        "topic: on\ud800board",
        3,
        "",
        "control character",
        "delete it",
    ),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_with_its_line_and_a_remedy(bad: Bad):
    old, new, line, step, problem, remedy = bad
    assert GOOD.count(old) >= 1

    found = examine(GOOD.replace(old, new, 1), file="x.journey.yaml", templates=TEMPLATES).findings

    mine = [each for each in found if problem in each.problem and remedy in each.remedy]
    assert [(each.line, each.step) for each in mine] == [(line, step)], [str(each) for each in found]


def test_the_good_file_has_no_findings():
    assert examine(GOOD, templates=TEMPLATES).findings == ()


def test_the_journey_that_ships_has_no_findings():
    assert examine(WELCOME.read_text(), templates=TEMPLATES).findings == ()


def test_all_errors_of_a_file_are_named_at_once_in_the_order_of_their_lines():
    text = GOOD.replace("purpose: marketing", "purpose: fun").replace("for: 2 days", "for: ever")
    text = text.replace("clicked: Greet", "clicked: Nobody").replace(
        "channel: sms", "channel: sms\n    colour: red"
    )

    found = examine(text, templates=TEMPLATES).findings

    assert [finding.line for finding in found] == [2, 10, 12, 18]


def test_a_finding_reads_as_file_line_step_problem_and_remedy():
    finding = Finding("a.journey.yaml", 7, "Greet", "`template` is missing", "write `template: welcome`")

    assert str(finding) == "a.journey.yaml:7: Greet: `template` is missing — write `template: welcome`"
    assert set(finding.to_json()) == {"file", "line", "step", "problem", "remedy"}


def test_a_refusal_carries_every_finding():
    with pytest.raises(JourneyRefusedError, match="the file is empty") as refused:
        load_journey("", file="empty.journey.yaml")

    assert [finding.line for finding in refused.value.findings] == [1]


@pytest.mark.parametrize("text", ["", "   \n", "# only a comment\n", "---\n...\n"])
def test_a_file_of_nothing_is_refused(text: str):
    assert examine(text).findings


@pytest.mark.parametrize("text", ["null", "42", "[]", "'x'", "- a", "true"])
def test_a_file_that_is_no_mapping_is_refused(text: str):
    assert "where keys belong" in examine(text).findings[0].problem


def test_a_journey_without_steps_is_refused():
    text = GOOD[: GOOD.index("steps:")]

    assert [finding.problem for finding in examine(text).findings] == ["`steps` is missing"]


def test_five_hundred_steps_are_the_most():
    text = HEAD + "".join(f"  - {{send: S{number}, template: welcome}}\n" for number in range(501))

    (finding,) = examine(text).findings

    assert (finding.line, finding.problem) == (507, "501 steps; a journey has 500 at most")
    assert examine(text.replace("  - {send: S500, template: welcome}\n", "")).findings == ()


def test_a_journey_too_large_for_step_functions_is_refused():
    rows = (f"  - {{send: '{number:03}{'😀' * 77}', template: welcome}}\n" for number in range(500))

    (finding,) = examine(HEAD + "".join(rows)).findings

    assert "Step Functions takes 1,000,000" in finding.problem


def test_a_send_on_the_way_may_lie_in_an_earlier_path():
    text = GOOD + (
        "  - wait for: Read on?\n    any: [{opened: Remind}, {event: Visited}]\n    up_to: 1 hour\n"
        "    then: [{send: Thanks, template: welcome}]\n"
    )

    assert examine(text, templates=TEMPLATES).findings == ()


def test_a_text_message_is_never_seen_opened():
    text = GOOD + "  - wait for: Read?\n    any: [{opened: Text}]\n    up to: 1 hour\n"
    text += "    then: [{send: Thanks, template: welcome}]\n"

    assert ["nobody sees one opened" in finding.problem for finding in examine(text).findings] == [True]


def test_without_known_templates_any_name_will_do():
    assert examine(GOOD.replace("template: welcome", "template: anything")).findings == ()


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_a_file_nested_a_hundred_thousand_deep_is_refused(opening: str):
    assert "nested deeper" in examine(opening * 100_000).findings[0].problem


def test_a_billion_laughs_are_refused_at_the_first_alias():
    laughs = 'a0: &a0 ["lol"]\n' + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
    )

    (finding,) = examine(laughs).findings

    assert (finding.line, finding.problem) == (2, "anchors and aliases (& and *) are not read")


@pytest.mark.parametrize("text", ["x" * 600_000, "a: " + "[" + "1," * 60_000 + "]"])
def test_a_file_out_of_proportion_is_refused(text: str):
    (finding,) = examine(text).findings

    assert "larger than" in finding.problem or "more than" in finding.problem


def test_json_is_read_like_yaml_and_keeps_its_lines():
    definition = load_journey(GOOD).to_definition()
    definition["steps"][0]["template"] = "nobody"
    text = json.dumps(definition, indent="\t")

    (finding,) = examine(text, templates=TEMPLATES).findings

    assert finding.step == "Greet"
    assert "nobody" in text.splitlines()[finding.line - 1]


def test_json_writes_rare_characters_as_two_escapes():
    text = json.dumps(load_journey(GOOD.replace("send: Text", "send: Text 😀")).to_definition())

    assert "\\ud83d\\ude00" in text
    assert load_journey(text).steps[-1].name == "Text 😀"


def test_words_that_yaml_once_took_for_truth_are_names():
    text = GOOD.replace("send: Text", "send: On").replace("event: Signed Up", "event: No")

    journey = load_journey(text)

    assert (journey.steps[-1].name, journey.triggers[0].event) == ("On", "No")


HOSTILE = {
    "keys": "".join(f"k{number:05}x: 1\n" for number in range(24_000)),
    "steps": "steps:\n" + "".join(f"  - {{templates{number:04}: 1}}\n" for number in range(9_000)),
    "templates": HEAD
    + "".join(f"  - {{send: s{number}, template: template-{number}}}\n" for number in range(500)),
    "backslashes": '{"a": "' + "\\" * 500_000 + '"}',
    "a long key": "? " + "x" * 500_000 + "\n: 1",
    "tags": "!" * 500_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_costs_little(text: str):
    began = time.process_time()

    found = examine(text, templates={f"template-x{number}": "email" for number in range(100)}).findings

    assert 1 <= len(found) <= 100
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('{"journey": "a"}\n{"journey": "b"}', 2, "not JSON: Extra data at column 1"),
        ('{"journey": "a",\n "steps": [}', 2, "not JSON: Expecting value at column 12"),
        ('{"journey": "a" // mine\n}', 1, "not JSON: Expecting ',' delimiter at column 17"),
    ],
)
def test_of_what_was_meant_as_json_the_error_is_one_of_json(text: str, line: int, problem: str):
    (finding,) = examine(text).findings

    assert (finding.line, finding.problem) == (line, problem)
