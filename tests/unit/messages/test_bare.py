"""Fields that a template shows as they are."""

import pytest

from sojourn.messages.bare import bare_fields


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Hello", ()),
        ("{{ a }} {{ b.c | upper }} {{ a }}", ("a", "b.c")),
        ("{{ a | default('') }} {{ b | default(c) | upper }} {{ d | d('x') }}", ()),
        ("{% if a %}{{ a }}{% else %}{{ a }} {{ b }}{% endif %}", ("a", "b")),
        ("{% if a %}x{% elif b %}{{ b }}{% endif %}", ()),
        ("{% for x in xs %}{{ x.y }} {{ z }}{% endfor %}", ("z",)),
        ("{{ unsubscribe_url }} {{ postal_address }}", ()),
    ],
)
def test_a_field_is_bare_unless_something_stands_in_for_it(text: str, bare: tuple[str, ...]):
    assert bare_fields({"text": text}) == bare


def test_every_part_of_a_mail_is_asked():
    assert bare_fields({"subject": "{{ a }}", "html": "{{ b }}", "text": "{{ c }}"}) == ("a", "b", "c")
