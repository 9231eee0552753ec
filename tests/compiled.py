"""What the tests of compiled machines share: functions with names for ARNs, and journeys made of a few lines."""

from typing import Any

from sojourn.journeys.compile import Target, compile_journey
from sojourn.journeys.model import Journey

NAMED = Target(
    send_function_arn="send", park_function_arn="park", step_function_arn="take", call_function_arn="call"
)
PLACEHOLDERS = Target(
    send_function_arn="${SendMessageFunctionArn}",
    park_function_arn="${ParkTokenFunctionArn}",
    step_function_arn="${TakeStepFunctionArn}",
    call_function_arn="${CallOutFunctionArn}",
)
FREE = {"attribute": "plan", "is": "free"}


def a_journey(*steps: dict[str, Any], name: str = "j") -> Journey:
    """A journey of these steps, as `to_definition` writes them; nobody has read or checked it."""
    entry = {"event": "E"}
    return Journey.from_definition(
        {"journey": name, "purpose": "marketing", "entry": entry, "steps": list(steps)}
    )


def machine_of(*steps: dict[str, Any], target: Target = NAMED) -> dict[str, Any]:
    """The machine of such a journey."""
    return compile_journey(a_journey(*steps), version=1, target=target)


def states_of(*steps: dict[str, Any], target: Target = NAMED) -> dict[str, Any]:
    """The states of its machine."""
    found: dict[str, Any] = machine_of(*steps, target=target)["States"]
    return found


def a_send(name: str, **more: Any) -> dict[str, Any]:
    """A mail."""
    return {"send": name, "template": "t", "channel": "email", **more}


def a_branch(name: str, then: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Those on the free plan go along `then`."""
    return {"branch": name, "paths": [{"if": FREE, "then": then}], **more}


EVERY_KIND = a_journey(
    a_send("Greet", **{"on skip": [a_send("Text instead")], "on fail": [{"exit": "Out of reach"}]}),
    a_branch("On the free plan?", [{"update": "Mark as free", "set": {"stage": "free"}}]),
    {"wait": "Until Monday", "until": "monday 09:00"},
    {
        "wait": "Before the renewal",
        "until": {"date": "renewal", "before": "3 days"},
        "if past": [a_send("Sorry, too late")],
        "if missing": [a_send("When is it?")],
    },
    {
        "wait for": "What do they do?",
        "answers": [
            {"any": [{"clicked": "Greet"}], "then": [a_branch("After the click?", [a_send("Thanks")])]},
            {"any": [{"event": "Bought"}], "then": [{"end": "Leave the other", "journey": "k"}]},
            {"any": [{"event": "Asked"}]},
        ],
        "up to": "5 days",
        "ranked": True,
        "otherwise": [{"start": "Into the other", "journey": "k"}],
    },
    {
        "split": "Which half?",
        "paths": [
            {"share": "40%", "then": [{"call": "Ask the shop", "url": "https://shop.example/ask"}]},
            {"share": "40%"},
            {"holdout": "20%", "then": [a_send("Not to be sent")]},
        ],
    },
    {
        "task": "Call them",
        "assign": "sales",
        "due": "2 days",
        "outcomes": {"won": [], "lost": [{"exit": "Lost"}]},
        "otherwise": [a_send("We missed you")],
    },
    {
        "repeat": "Every week",
        "times": 4,
        "until": FREE,
        "steps": [
            a_send("Weekly"),
            {"repeat": "Twice", "times": 2, "steps": [{"wait": "A day", "for": "1 day"}, a_send("Daily")]},
            {"wait": "A week", "for": "1 week"},
        ],
    },
    a_branch("Still free?", [a_send("Good bye")], otherwise=[{"wait": "A year", "for": "365 days"}]),
    {"exit": "Done with it", "reason": "the end"},
    name="every-kind",
)
