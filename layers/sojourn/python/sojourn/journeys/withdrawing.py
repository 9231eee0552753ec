"""A message that waits for its moment, when its run is over or has left the step: it is skipped, and its place among
the caps is free again. Nothing stays planned that nobody will ask for.
"""

from sojourn.contacts.store import get_profile
from sojourn.delivery import store as delivery
from sojourn.delivery.ledger.store import given_back
from sojourn.journeys.enrolment import Enrolment, WaitKind
from sojourn.journeys.rounds import round_of
from sojourn.journeys.versions import published
from sojourn.messages.model import MessageState, message_digest
from sojourn.messages.store import get_message, move

RUN_ENDED = "run_ended"


def withdraw(run: Enrolment, reason: str = RUN_ENDED) -> None:
    """Skip the message that the run is held for, if it is still planned. Before the run's own end is written: who dies
    in between comes here again."""
    if run.wait is None or run.wait.kind is not WaitKind.HOLD:
        return
    journey, _ = published(run.journey, run.version)
    digest = message_digest(run.id, run.wait.step, round_of(journey, run.rounds, run.wait.step))
    message = get_message(run.contact, digest)
    if message is None or message.state not in {MessageState.PLANNED, MessageState.SKIPPED}:
        return
    move(message, MessageState.SKIPPED, only_from={MessageState.PLANNED}, reason=reason)
    if message.reserved:
        for contact in sorted(
            {run.contact, get_profile(run.contact).contact}
        ):  # who became another counts there
            delivery.return_unit(given_back(contact, digest))
