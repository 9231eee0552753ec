"""What a call through a browser's key proves. The key is public; only the site's own server can make a user's hash.

user_hash(secret, "42")                what that server writes into the user's page
trust_of(item, payload, ids, …)        proved, or only said; the hashes themselves are taken out, never stored
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from sojourn.events.model import Trust
from sojourn.events.rejections import Rejection

PROOF_OF = {"userHash": "userId", "previousHash": "previousId"}
WAY_OUT = (
    "{field} must be the hex HMAC-SHA256 of {id} under this stack's secret; try `sojourn keys user-hash`"
)


def user_hash(secret: str, user_id: str) -> str:
    """The hash that proves a user id."""
    return hmac.new(secret.encode(), user_id.encode(), hashlib.sha256).hexdigest()


def trust_of(
    item: Mapping[str, Any],
    payload: dict[str, Any],
    ids: Mapping[str, str],
    *,
    trust: Trust,
    secrets: Sequence[str],
) -> tuple[Trust, list[Rejection]]:
    """How far the event can be believed; a wrong hash is told, and the event stays as one that anybody may send."""
    hashes = {field: said for field, said in _taken(item, payload).items() if PROOF_OF[field] in ids}
    if trust is Trust.SERVER:
        return trust, []
    wrong = [field for field, said in hashes.items() if not _is_right(said, ids[PROOF_OF[field]], secrets)]
    if wrong:
        return Trust.BROWSER, [_refusal(field) for field in wrong]
    # An alias joins two people: who proves to be one of them has not proved to be the other.
    needed = {field for field, named in PROOF_OF.items() if named in ids}
    is_proved = "userId" in ids and hashes.keys() >= needed
    return (Trust.PROVED if is_proved else Trust.BROWSER), []


def _taken(item: Mapping[str, Any], payload: dict[str, Any]) -> dict[str, Any]:
    """The hashes of a call, from its top or its context."""
    context = payload.get("context", {})
    hashes = {}
    for field in PROOF_OF:
        said = context.get(field) if item.get(field) is None else item[field]
        if said is not None:
            hashes[field] = said
    if context.keys() & PROOF_OF.keys():
        payload["context"] = {name: value for name, value in context.items() if name not in PROOF_OF}
    return hashes


def _is_right(said: Any, id: str, secrets: Sequence[str]) -> bool:  # noqa: A002  the event's own word
    if not isinstance(said, str):
        return False
    given = said.lower().encode(errors="replace")
    # All of them, so that timing does not tell which secret is in use.
    return sum(hmac.compare_digest(user_hash(secret, id).encode(), given) for secret in secrets) > 0


def _refusal(field: str) -> Rejection:
    return Rejection("invalid_user_hash", WAY_OUT.format(field=field, id=PROOF_OF[field]), field)
