"""Chance, drawn by a hash: the same person comes along the same path whenever they enter. Pure.

    draw("welcome#Which mail?", contact)      # SHA-256 over both, as a number in [0, 100)

The arms of a split share those hundred among them in the order of the file; the holdout of a journey is a draw of its
own. Anyone can repeat it: the first eight bytes of SHA-256 over `<seed>|<contact>`, as an integer, by 2^64.
"""

import hashlib

from sojourn.journeys.compiling.carried import split_key, splits
from sojourn.journeys.model import Journey
from sojourn.journeys.steps import Split, every

SCALE = 2**64


def draw(seed: str, contact: str) -> float:
    """Where a contact falls between 0 and 100."""
    digest = hashlib.sha256(f"{seed}|{contact}".encode()).digest()
    return int.from_bytes(digest[:8]) * 100 / SCALE


def arm_of(split: Split, journey: str, contact: str) -> str:
    """The key of the contact's path: `arm 2`."""
    place, upto = draw(split.seed or f"{journey}#{split.name}", contact), 0.0
    for number, arm in enumerate(split.arms, 1):
        upto += arm.percent
        if place < upto:
            return f"arm {number}"
    return f"arm {len(split.arms)}"  # shares of thirds need not make a hundred to the last digit


def splits_of(journey: Journey, contact: str) -> dict[str, str]:
    """The arms of every split, as they travel in the start input: `{"s3": "arm 2"}`."""
    numbers = splits(journey)
    return {
        split_key(numbers[step.name]): arm_of(step, journey.name, contact)
        for step in every(journey.steps)
        if isinstance(step, Split)
    }


def is_held_out(journey: Journey, contact: str) -> bool:
    """Whether the contact belongs to those of the journey to whom nothing is sent."""
    return draw(f"{journey.name}#holdout", contact) < journey.holdout
