"""How many parts an SMS takes: what it costs, and what the handset puts together again. Pure."""

from enum import StrEnum

BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = set("^{}\\[~]|€\f")  # each takes two septets, and both stay in one part


class Encoding(StrEnum):
    """How the text travels."""

    GSM_7 = "gsm-7"
    UCS_2 = "ucs-2"


SINGLE = {Encoding.GSM_7: 160, Encoding.UCS_2: 70}
JOINED = {Encoding.GSM_7: 153, Encoding.UCS_2: 67}


def encoding_of(text: str) -> Encoding:
    """GSM-7 when every character has a place in it."""
    return Encoding.GSM_7 if BASIC.issuperset(set(text) - EXTENDED) else Encoding.UCS_2


def part_count(text: str) -> int:
    """The parts of a text, counted after every merge; an empty text takes none."""
    if not text:
        return 0
    encoding = encoding_of(text)
    sizes = [_size(character, encoding) for character in text]
    if sum(sizes) <= SINGLE[encoding]:
        return 1
    parts, left = 1, JOINED[encoding]
    for size in sizes:
        if size > left:  # nothing of two units is split between parts
            parts, left = parts + 1, JOINED[encoding]
        left -= size
    return parts


def _size(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM_7:
        return 2 if character in EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1
