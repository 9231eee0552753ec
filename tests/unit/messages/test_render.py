"""One contact's message: whatever the facts are, it is whole, inert and of bearable size."""

import pytest

from sojourn.messages.check import check, save
from sojourn.messages.faults import MissingFieldError, RenderError, RenderLimitError
from sojourn.messages.render import header_text, render
from tests.unit.messages.drafts import a_mail, an_sms


def rendered(facts=None, *, html="<p>x</p>", text="x", subject="s", **given):
    template = save(a_mail(html, text, subject=subject), version=1)
    places = {"unsubscribe_url": "https://t.example/u/1", "postal_address": "1 Street & Co"} | given
    return render(template, facts or {}, **places)


@pytest.mark.parametrize("value", [None, "", "   ", "\n"])
@pytest.mark.parametrize("part", ["html", "text", "subject"])
def test_a_field_without_value_stops_this_message_and_is_named(part, value):
    with pytest.raises(MissingFieldError) as error:
        rendered({"firstName": value, "other": 1}, **{part: "Dear {{ firstName }},"})

    assert (error.value.reason, error.value.field) == ("missing_field", "firstName")


@pytest.mark.parametrize(
    ("source", "facts", "shown"),
    [
        ("{{ firstName | default('there') }}", {}, "there"),
        ("{{ firstName | default('there') }}", {"firstName": " "}, "there"),
        ("{{ firstName | default(lastName) }}", {"lastName": "L"}, "L"),
        ("{% if firstName %}{{ firstName }}{% else %}you{% endif %}", {}, "you"),
        ("{{ 'A' if plan == 'free' else 'B' }}", {}, "B"),
        ("{{ address.city | default('town') }}", {}, "town"),
        ("{{ address.city }}", {"address": {"city": "Ulm"}}, "Ulm"),
        ("{{ address.items | default('-') }}", {"address": {"city": "Ulm"}}, "-"),
        ("{{ address.items }}", {"address": {"items": "two"}}, "two"),
        ("{{ firstName[:2] }}", {"firstName": "Ada"}, "Ad"),
        ("{{ n }} {{ f }} {{ g }} {{ b }}", {"n": 7, "f": 2.0, "g": 2.5, "b": True}, "7 2 2.5 true"),
        (
            "{% for o in orders %}{{ loop.index }}{{ o.id }}{% endfor %}",
            {"orders": [{"id": "a"}, {"id": "b"}]},
            "1a2b",
        ),
        ("{{ firstName | upper | truncate(2, true, '') }}", {"firstName": "ada"}, "AD"),
        ("{{ firstName }}", {"firstName": "{{ 7*7 }}"}, "{{ 7*7 }}"),
        ("{{ firstName }}", {"firstName": "<script>"}, "<script>"),
        ("{{ firstName }}", {"firstName": "a\x00\x07b\ud800"}, "ab"),
        ("{{ firstName }}", {"firstName": "\u202eevil"}, "\u202eevil"),
        ("{{ firstName }}", {"firstName": "A" * 10_000}, "A" * 499 + "…"),
        ("{{ unsubscribe_url }}", {"unsubscribe_url": "https://evil.example/"}, "https://t.example/u/1"),
    ],
)
def test_what_is_shown(source, facts, shown):
    assert rendered(facts, text=f"{source}|").text.partition("|")[0] == shown


@pytest.mark.parametrize(
    ("source", "facts"),
    [
        ("{{ address }}", {"address": {"city": "Ulm"}}),
        ("{{ orders }}", {"orders": [1]}),
        ("{% for o in firstName %}{{ o }}{% endfor %}", {"firstName": "Ada"}),
        ("{% for o in address %}{{ o }}{% endfor %}", {"address": {"a": 1}}),
        ("{% if n < 3 %}x{% endif %}", {"n": "two"}),
        ("{{ n | round }}", {"n": "two"}),
        ("{{ n }}", {"n": float("inf")}),
        ("{{ n }}", {"n": float("nan")}),
        ("{{ firstName.upper }}", {"firstName": "Ada"}),
        ("{{ orders.append }}", {"orders": [1]}),
    ],
)
def test_a_value_that_does_not_fit_fails_this_message_only(source, facts):
    with pytest.raises(RenderError):
        rendered(facts, text=source)


def test_a_loop_over_nothing_names_the_field():
    with pytest.raises(MissingFieldError, match="orders"):
        rendered(text="{% for o in orders %}{{ o }}{% endfor %}")


def test_html_is_escaped_wherever_a_field_stands():
    name = "<script>\"' onmouseover=alert(1)"
    page = rendered({"firstName": name}, html='<p title="{{ firstName }}">{{ firstName }}</p>').html

    assert page.count("&lt;script&gt;&#34;&#39; onmouseover") == 2
    assert "1 Street &amp; Co" in page


@pytest.mark.parametrize(
    "name", ["Ann\r\nBcc: x@y", "Ann\nBcc: x@y", "Ann\rBcc: x@y", "Ann\u2028Bcc: x@y", "Ann\x85Bcc: x@y"]
)
def test_a_name_cannot_start_a_header(name):
    subject = rendered({"firstName": name}, subject="Hi {{ firstName }}").subject

    assert subject.isprintable()
    assert "Bcc: x@y" in subject


def test_a_subject_is_one_line_of_bearable_length_that_nothing_turns_round():
    assert header_text(" a\r\n\tb\u202ec ") == "a bc"
    assert len(header_text("x" * 1000)) == 200


def test_more_than_a_mail_should_hold_is_not_rendered():
    rows = "{% for a in l %}{% for b in l %}" + "x" * 200 + "{% endfor %}{% endfor %}"

    with pytest.raises(RenderLimitError):
        rendered({"l": [1] * 5000}, html=f"<p>{rows}</p>")


def test_links_are_tracked_and_the_pixel_is_there():
    message = rendered(
        html='<a href="https://example.com/">a</a>',
        text="https://example.com/",
        link=lambda number: f"https://t.example/c/{number}",
        pixel_url="https://t.example/o/1.gif",
    )

    assert '<a href="https://t.example/c/0">' in message.html
    assert message.html.count('<img src="https://t.example/o/1.gif" width="1" height="1" alt=""') == 1
    assert message.text.startswith("https://t.example/c/0\n")
    assert message.values == {}


def test_without_consent_to_measuring_there_is_no_pixel_and_no_rewritten_link():
    message = rendered(
        {"id": "a/b"},
        html='<a href="https://example.com/?a=1&amp;i={{ id }}">a</a>',
        text="https://example.com/{{ id }}",
    )

    assert '<a href="https://example.com/?a=1&amp;i=a%2Fb">' in message.html
    assert message.text.startswith("https://example.com/a%2Fb\n")
    assert "<img" not in message.html


def test_the_personal_part_of_a_link_is_encoded_and_kept_for_the_click():
    message = rendered(
        {"id": "ü/?#&=", "n": 5},
        html='<a href="https://example.com/p/{{ id }}?n={{ n }}">a</a><a href="https://example.com/">b</a>',
        link=lambda number: f"https://t.example/c/{number}",
    )

    assert message.values == {"0": ["%C3%BC%2F%3F%23%26%3D", "5"]}
    assert "example.com" not in message.html.replace("t.example", "")


@pytest.mark.parametrize("value", [".", ".."])
def test_a_value_cannot_climb_out_of_a_path(value):
    with pytest.raises(RenderError):
        rendered({"id": value}, html='<a href="https://example.com/a/{{ id }}/b">a</a>')


def test_a_link_lacking_its_value_names_the_field():
    with pytest.raises(MissingFieldError, match="id"):
        rendered(html='<a href="https://example.com/{{ id }}">a</a>', link=str)


def test_an_sms_is_a_text():
    template = save(an_sms("Hi {{ firstName }} https://example.com/{{ id }}"), version=1)

    message = render(template, {"firstName": "<b>", "id": "a b"}, link=lambda _: "never")

    assert (message.subject, message.html, message.text) == ("", "", "Hi <b> https://example.com/a%20b")


IN_A_LOOP = """{% for item in cart %}
<img src="https://shop.example/{{ item.id }}.png" alt="">
<a data-no-track
  href="https://shop.example/p?id={{- item.id -}}&amp;n={{ loop.index }}&amp;v={{ voucher | default('') }}">x</a>
<a href="https://shop.example/cart">all</a>{% endfor %}"""


def test_an_address_in_a_loop_is_another_one_each_time_round():
    text = "{% for item in cart %}https://shop.example/{{ item.id | default('x') }}\n{% endfor %}"

    told = rendered({"cart": [{"id": "a b/../&<"}, {"id": 7}], "item": "none"}, html=IN_A_LOOP, text=text)

    for name, number in (("a%20b%2F..%2F%26%3C", 1), ("7", 2)):
        assert f'src="https://shop.example/{name}.png"' in told.html
        assert f'href="https://shop.example/p?id={name}&n={number}&v="' in told.html
        assert f"https://shop.example/{name}\n" in told.text
    assert told.html.count('href="https://shop.example/cart"') == 2


@pytest.mark.parametrize(
    ("item", "error"),
    [({}, MissingFieldError), ({"id": ".."}, RenderError), ({"id": {"a": 1}}, RenderError)],
)
def test_an_address_in_a_loop_needs_its_fields(item, error):
    with pytest.raises(error):
        rendered({"cart": [{"x": 1, **item}]}, html=IN_A_LOOP)


def test_what_is_another_address_each_time_cannot_be_counted_and_says_so():
    (fault,) = check(
        a_mail("{% for a in cart %}\n<a href='https://shop.example/{{ a.id }}'>x</a>{% endfor %}")
    )

    assert (fault.line, "add data-no-track" in fault.problem) == (4, True)
    assert check(a_mail("{% for a in b %}{% endfor %}<a href='https://shop.example/{{ a.id }}'>x</a>")) == []
    assert check(a_mail("{% for a in b %}<img alt='' src='https://x.example/{{ a.id, a }}'>{% endfor %}"))
    assert check(
        a_mail("{% for a in b %}<img alt='' src='https://x.example/{{ a | _encoded }}'>{% endfor %}")
    )


def test_a_voucher_named_like_a_loop_elsewhere_is_counted_as_ever():
    html = "<a href='https://shop.example/{{ item }}'>x</a>{% for item in cart %}.{% endfor %}"

    assert save(a_mail(html), version=1).links == ("https://shop.example/{{ item }}",)
