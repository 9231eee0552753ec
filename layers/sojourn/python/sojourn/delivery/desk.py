"""Everything that sending needs and that is not the message itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sojourn.clock import Clock
from sojourn.consent.suppression import Suppression
from sojourn.delivery.caps import Ledger
from sojourn.delivery.compose import Composer
from sojourn.delivery.ledger.store import read_ledger
from sojourn.delivery.model import EmailSender, SmsSender
from sojourn.delivery.turns.model import Turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The collaborators of `deliver`. Without `turns` the account sends as fast as it is asked to."""

    clock: Clock
    email: EmailSender
    sms: SmsSender
    composer: Composer
    suppression: Callable[[str, str], Suppression | None]  # channel, address
    may_ask: Callable[[str, str, str, str], bool]  # channel, address, message, its journey: not too often
    measured_unasked: Callable[[], bool]  # who never said a word of being measured
    turns: Turns | None = None
    ledger: Callable[[Sequence[str]], Ledger] = read_ledger  # of a contact's collections: what the caps count
