"""Parts are what an SMS costs: counted as handsets and carriers count them."""

import pytest

from sojourn.messages.sms import Encoding, encoding_of, part_count


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 159 + "€", 2),
        ("€" * 152, 2),
        ("€" * 153, 3),  # 76 fit into a part of 153: two units are never split
        ("a" * 152 + "€" + "a" * 153, 3),
        ("\f" * 80, 1),
        ("ü" * 70, 1),
        ("ü" * 160, 1),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),  # 33 fit into a part of 67
        ("a" * 66 + "😀" + "a" * 66, 3),
        ("’" + "a" * 69, 1),
        ("’" + "a" * 70, 2),
    ],
)
def test_parts(text, parts):
    assert part_count(text) == parts


@pytest.mark.parametrize("text", ["Ç é à", "^{}\\[~]|€", "ΔΦ", "\n\r"])
def test_what_travels_as_seven_bits(text):
    assert encoding_of(text) is Encoding.GSM_7


@pytest.mark.parametrize("text", ["’", "`", "ç", "ê", "😀", "\u00a0", "\t"])
def test_what_forces_two_bytes_a_letter(text):
    assert encoding_of(text) is Encoding.UCS_2
