"""A publisher without machines, drafts and letters, for the tests of publishing."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sojourn.clock import iso
from sojourn.journeys.drafts import Draft, get_draft, save_draft
from sojourn.journeys.hearing import heard_by
from sojourn.journeys.live import LiveJourney, live
from sojourn.journeys.model import Journey
from sojourn.journeys.versions import Version, put_version, set_live
from sojourn.messages.check import save
from sojourn.messages.files import read_template
from sojourn.messages.library import save_template
from tests.functions.console.journeys_there import ARN, SECOND, definition
from tests.insight_rows import NOW

LETTERS = Path(__file__).parents[3] / "statemachines" / "journeys" / "templates"
THIRD = SECOND.replace("Wait a week", "Wait a fortnight").replace("1 week", "2 weeks")


@dataclass
class Publisher:
    """The publisher as the API meets it, without machines."""

    asked: list[str] = field(default_factory=list)

    def publish(self, name: str) -> dict[str, Any]:
        self.asked.append(name)
        draft, number = get_draft(name), live()[name].version + 1 if name in live() else 1
        assert draft
        version = Version(
            name=name, number=number, source=draft.source, definition=draft.definition, content_hash=f"{number}",
            version_arn=f"{ARN}:{number}", published_at=iso(NOW), templates={},
        )  # fmt: skip
        journey = Journey.from_definition(draft.definition)
        put_version(version)
        set_live(
            LiveJourney(
                name=name,
                version=number,
                version_arn=version.version_arn,
                entries=journey.entries,
                heard=heard_by(journey),
            )
        )
        return {"version": number, "version_arn": version.version_arn, "changed": True, "warnings": []}


def letters() -> None:
    """Those that the drafts send."""
    for name in ("welcome", "reminder", "chapter", "offer", "feedback"):
        letter = read_template(LETTERS / f"{name}.template.yaml")
        save_template(save(letter, version=0), source=letter)


def a_draft(source: str, by: str = "someone") -> int:
    """Saved; its revision."""
    name = source.partition("\n")[0].removeprefix("journey: ")
    known = get_draft(name)
    draft = Draft(
        name=name, revision=known.revision if known else 0, source=source, definition=definition(source),
        saved_by=by, saved_at=iso(NOW),
    )  # fmt: skip
    return save_draft(draft).revision
