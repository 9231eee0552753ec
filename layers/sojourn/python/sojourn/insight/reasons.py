"""Why a message is held, skipped, failed or in doubt, why a run is over and why a call has no answer: in words. Pure.

docs/reasons.md is the table of all of them, and a test makes each happen. A sentence names the values that were seen;
one that is not known is left out with the part of the sentence in [brackets] that wants it.
"""

import re
from collections.abc import Mapping
from typing import Any

HELD = {
    "hours": "Its hours[ {hours}][, {zones},] are closed[; they open at {opens}].",
    "cap": "[{used} of {at_most} messages within {per} went or are planned: ]no room[ before {room}].",
    "rate": "The account sends no more mails a second[; its turn comes at {turn}].",
    "quota": "[{used} of {at_most} of ]the account's mails of the day are gone[; it is tried again at {turn}].",
    "paused": "The journey is paused[ since {since}]: it waits until somebody resumes it.",
    "draft": "It is a draft: it goes when somebody releases it[, and expires at {expires}].",
    "reputation": "Marketing is paused[ since {paused_since}]: [{of_them} of {mails} mails came back as {cause}; ]it "
    "goes when somebody resumes it[, and expires at {expires}].",
    "suspended": "The provider lets the account send nothing[; it is tried again at {until}].",
    "provider": "The provider did not take it[; it is tried again at {until}].",
}
SKIPPED = {
    "no_address": "The contact has no address[ for {channel}].",
    "invalid_number": "The contact's number is none that is given out.",
    "not_mobile": "The contact's number is no mobile's: it takes no texts.",
    "premium_number": "The contact's number is one that costs: no texts go there.",
    "suppressed": "The address is suppressed[: {suppressed}].",
    "no_consent": "The contact never agreed[ to {purpose} by {channel}].",
    "unconfirmed": "The contact has not confirmed yet[ that they want {purpose} by {channel}].",
    "unsubscribed": "The contact unsubscribed[ from {purpose} by {channel}].",
    "outside_hours": "Its hours[ {hours}][, {zones},] are closed[ until {opens}], and the step says to skip it then.",
    "no_common_hours": "The contact may be in several zones[, {zones}], and its hours[ {hours}] are never open in all.",
    "capped": "[{used} of {at_most} messages within {per} went or are planned: ]no room, and the cap says to skip.",
    "expired": "It expired[ at {expires}] before it could go[: its hours and caps open at {could_go}].",
    "late": "It was due while the journey was paused, and what was late was left out when it went on.",
    "run_ended": "It was held, and the run was over, or elsewhere, before its moment came.",
    "discarded": "It was a draft, and somebody discarded it[: {why}].",
    "holdout": "All gates were open, but the contact is of the holdout, to whom nothing is sent.",
    "journey_stopped": "Somebody stopped the journey[ at {since}]: nothing more is sent.",
    "nothing_to_confirm": "There is nothing to confirm: the contact has confirmed already.",
    "mode": "The workspace, or the journey, sends nothing now, or to named addresses alone[: its mode is {mode}].",
    "sandbox": "The account is in the provider's sandbox, and the address is not verified there.",
    "too_often": "The address was asked too often: one service mail of a kind in ten minutes, three a day.",
}
FAILED = {
    "render": "The template shows {field}, which the contact has not.",
    "unfit_field": "A value of the contact cannot stand where the template shows it.",
    "render_limit": "With this contact's values the message would be larger than any may be.",
    "provider_rejected": "The provider rejected the message.",
    "sender_not_verified": "The provider does not know the sender: its domain is not verified.",
    "provider_not_found": "The provider lacks something that the message names, such as the configuration set.",
    "provider_bad_request": "The provider found a fault in the message.",
    "opted_out": "The provider says that the number opted out.",
    "rejected": "The provider took the message, and then threw it away: it found a virus in it.",
    "rendering_failure": "The provider took the message, and then could not put it together.",
}
UNKNOWN = {
    "provider_silent": "The provider did not answer: it may have the message or not. It is not sent again.",
    "attempt_vanished": "Whoever sent it died meanwhile: the provider may have it or not. It is not sent again.",
    "claim_expired": "Whoever sent it was never heard of again: the provider may have it or not. It is not sent again.",
}
WENT = {
    "outside_hours": "It went by {channel}[ in place of {instead_of}], whose hours were closed.",
}
OF_STATE: Mapping[str, Mapping[str, str]] = {
    "planned": HELD, "skipped": SKIPPED, "failed": FAILED, "unknown": UNKNOWN, "sent": WENT,
}  # fmt: skip
SUPPRESSED_BY = {
    "unsubscribe": "its holder left all marketing",
    "import": "it stood on an imported list of such addresses",
    "manual": "somebody of yours said so",
    "stop": "its holder texted STOP",
    "soft_bounce": "it did not take mail again and again",
    "bounce": "it bounced: there is no such mailbox",
    "complaint": "its holder called a mail spam",
}
# Why a run is over. What a journey's own file says as its reason is told as it stands there.
ENDED = {
    "goal": "the contact met the goal[ {goal}]",
    "end_requested": "another journey, or somebody, took them out",
    "merged": "two contacts became one, and the other's run goes on",
    "migrated": "the word to migrate to another version said so",
    "date_past": "the date that the step waits for had passed",
    "date_missing": "the contact has no such date as the step waits for",
    "rule": "a rule of its `exits` came true",
    "exit": "the contact came to the way out",
    "journey_stopped": "somebody stopped the journey",
    "erased": "the contact is being forgotten",
    "failed": "its execution failed",
    "timed_out": "its execution took longer than it may",
    "aborted": "its execution was stopped from outside",
}
ENDED_BY = {
    "skipped:": "a message was skipped, and the step says `on skip: exit`. {why}",
    "failed:": "a message or a call failed, and the step says `on fail: exit`. {why}",
    "left ": "the contact left the segment “{rest}”",
    "entered ": "the contact came into the segment “{rest}”",
}
UNANSWERED = {
    "address_refused": "The call leads to where none may go: they go by https to hosts that everybody can reach.",
    "own_address": "The call leads back to this installation.",
    "name_unknown": "The call's host has no address.",
    "unreachable": "Nobody took the call's connection.",
    "certificate": "The certificate of the call's host is not good for its name, or over.",
    "timed_out": "The call's answer was not there, whole, within the step's `timeout`.",
    "redirected": "The call was sent elsewhere (3xx), and nobody follows.",
    "refused": "The call was refused (4xx).",
    "busy": "The call's host was too busy (408, 425, 429, 503).",
    "broken": "The call's answer was an error of the host (another 5xx), or no HTTP.",
    "reply_too_large": "The call's answer was larger than 64 KB.",
    "function_refused": "There is no such function, or none for calls.",
    "function_failed": "The function raised an error.",
}
PART = re.compile(r"\[([^][]*)\]")
UNITS = (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def said_of(state: str, reason: str, values: Mapping[str, Any]) -> str | None:
    """Why a message is where it is; None when there is nothing to say."""
    kind, _, field = reason.partition(":")
    sentence = OF_STATE.get(state, {}).get(kind)
    if sentence is None:
        return f"{reason}." if reason else None
    return filled(sentence, {"field": f"“{field}”", **in_words(values)})


def ended_by(reason: str, *, goal: str = "") -> str:
    """Why a run is over, as a part of a sentence."""
    if reason in ENDED:
        return filled(ENDED[reason], {"goal": f"“{goal}”"} if goal else {})
    for begins, sentence in ENDED_BY.items():
        if reason.startswith(begins):
            rest = reason.removeprefix(begins)
            return sentence.format(rest=rest, why=_lost(begins, rest) or f"{rest}.").rstrip(".")
    return f"“{reason}”"


def unanswered(failure: str) -> str | None:
    """Why a call has no answer."""
    return UNANSWERED.get(failure)


def filled(sentence: str, values: Mapping[str, Any]) -> str:
    """The sentence, or part of one, with its values; what stands in brackets goes where a value of it is not known."""
    known = {name: value for name, value in values.items() if value not in (None, "")}

    def part(found: re.Match[str]) -> str:
        try:
            return found[1].format_map(known)
        except KeyError:
            return ""

    whole = PART.sub(part, sentence).format_map(_Known(known))
    return f"{whole[:1].upper()}{whole[1:]}" if whole.endswith(".") else whole


def lasting(seconds: int) -> str:
    """`1 week`, `36 hours`."""
    unit, length = next((unit, length) for unit, length in UNITS if seconds % length == 0)
    return f"{seconds // length} {unit}{'' if seconds == length else 's'}"


class _Known(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "(unknown)"


def _lost(begins: str, reason: str) -> str | None:
    if begins == "skipped:":
        return said_of("skipped", reason, {})
    return unanswered(reason) or said_of("failed", reason, {})


def in_words(seen: Mapping[str, Any]) -> dict[str, Any]:
    """What the gates saw as sentences name it, with the first cap that was full beside the rest."""
    first = next(iter(seen.get("caps") or ()), None)
    cap = (
        {"used": first["counted"], "at_most": first["most"], "per": lasting(first["seconds"])}
        if first
        else {}
    )
    by = seen.get("suppressed")
    told = {"suppressed": SUPPRESSED_BY.get(by, by)} if by else {}
    zones = {"zones": str(seen["zones"]).removesuffix(" (contact)")} if seen.get("zones") else {}
    return {**cap, **seen, **zones, **told}
