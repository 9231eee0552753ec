"""Verdicts that are the same for many: asked of the gates once, then known.

What refuses a message for good (delivery/decide.py) looks at whether there is an address and at what consent holds.
Where no hours, no cap and no end of a day hold besides, nothing else is asked of a message that is due now. Who has a
word against their address, a phone or a message that was held is asked about in full; and so is everybody whose diary
is written, for a diary tells what each gate saw.
"""

from typing import TYPE_CHECKING

from sojourn.consent.model import Purpose, Status
from sojourn.contacts.workspace import Workspace
from sojourn.delivery.ask import Asked
from sojourn.delivery.decide import caps_for, refuse
from sojourn.delivery.model import Facts, Verdict
from sojourn.delivery.policy import policy_of
from sojourn.planning.script import Cue

if TYPE_CHECKING:
    from sojourn.planning.stage import Stage

Key = tuple[str, bool, bool, Status | None]  # step, is a ghost, has no address, consent


class Usual:
    """What is known of a journey's messages in a workspace."""

    __slots__ = ("_known", "_workspace")

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[Key, Verdict | None] = {}

    def verdict(self, cue: Cue, stage: "Stage", *, ghost: bool) -> Verdict | None:
        """The verdict on a message that is due now; None: the gates are to be asked."""
        key = self._key(cue, stage, ghost=ghost)
        return self._known.get(key) if key else None

    def learn(self, cue: Cue, stage: "Stage", asked: Asked) -> None:
        """What the gates said, if it is what they always say."""
        request = asked.request
        key = self._key(cue, stage, ghost=request.ghost)
        if key is None or key in self._known:
            return
        refused = refuse(request, Facts(profile=stage.profile, consent=stage.consent), suppressed=None)
        self._known[key] = asked.verdict if refused or self._is_plain(asked) else None

    def _key(self, cue: Cue, stage: "Stage", *, ghost: bool) -> Key | None:
        channel, profile = cue.channel, stage.profile
        address = profile.email if channel == "email" else profile.phone
        if (address and channel != "email") or channel in stage.suppressed:
            return None
        return cue.name, ghost, not address, stage.standing(cue)

    def _is_plain(self, asked: Asked) -> bool:
        """Whether neither time nor number is asked about."""
        request, message = asked.request, asked.request.message
        window = policy_of(self._workspace.delivery).window(request.window, message.channel, message.purpose)
        is_timed = window is not None or request.expires_with_the_day or message.purpose == Purpose.SERVICE
        return not (is_timed or request.instead or caps_for(request, self._workspace))
