"""A change that somebody made. Pure.

Neither secrets nor personal data stand in it: of people only which of their fields were named.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

LONGEST = 2_000  # characters of a value as JSON; longer ones are told by their length


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the log; `at` is the wall's, `on` names the thing by the parts of its address."""

    at: str
    who: str
    role: str
    did: str
    on: Mapping[str, str] = field(default_factory=dict)
    before: Any = None
    after: Any = None

    def to_json(self) -> dict[str, Any]:
        """As it stands in its row, and as the API shows it."""
        return {**asdict(self), "before": shortened(self.before), "after": shortened(self.after)}


def shortened(value: Any) -> Any:
    """The same, unless it is too long to be read in a log."""
    import json

    text = json.dumps(value, ensure_ascii=False, default=str)
    return value if len(text) <= LONGEST else f"({len(text):,} characters)"
