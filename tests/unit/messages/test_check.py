"""What may be saved, what may not, and what becomes of the links."""

import time
from pathlib import Path

import pytest

from sojourn.messages.check import check, save
from sojourn.messages.faults import TemplateRefusedError
from sojourn.messages.files import read_template, template_files
from sojourn.messages.render import render
from sojourn.messages.sms import part_count
from sojourn.messages.template import Template
from sojourn.messages.urls import OURS
from tests.unit.messages.drafts import FOOT, a_mail, an_sms

SHIPPED = Path(__file__).parents[3] / "statemachines/journeys/templates"


def saved(html="<p>x</p>", text="x", **parts):
    return save(a_mail(html, text, **parts), version=1)


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java&#115;cript:alert(1)",
        "java&Tab;script:alert(1)",
        "&#1;javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/",
        "\\\\evil.example/",
        "/path",
        "https:evil.com",
        "https:/evil.com",
        "https:///evil.com",
        "https://",
        "https://shop.example@evil.example/",
        "https://shop.example\\@evil.example/",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.example/a b",
        "https://evil。example/",
        "{{ x }}",
        " {{ x }} ",
        "{{ x }}://example.com/",
        "https://{{ x }}/",
        "https://example.com{{ x }}",
        "https://example.com:{{ x }}/",
        "https://{{ x }}.example.com/",
        "https://example.com/?{{ x }}",
        "https://example.com/?{{ x }}=1",
        "https://example.com/#{{ x }}",
        "mailto:{{ x }}",
        "mailto:a@example.com?subject={{ x }}",
        "tel:{{ x }}",
        "#{{ x }}",
        "{{ unsubscribe_url }}?x={{ x }}",
        "{% if x %}javascript:alert(1){% else %}https://example.com/{% endif %}",
        "https://example.com/{{ x.y() }}",
        "",
    ],
)
def test_a_link_leads_where_its_author_wrote_and_nowhere_else(target):
    faults = check(a_mail(html=f'<p>x</p>\n<a href="{target}">x</a>'))

    assert faults
    assert {fault.field for fault in faults} == {"html"}


def test_a_fault_names_the_line_it_stands_in():
    (fault,) = check(
        a_mail(html="<p>{{ firstName }}\n\n{# a\ncomment #}\n</p>\n<a href='//evil.example/'>x</a>")
    )

    assert fault.as_json() == {
        "field": "html",
        "line": 8,
        "problem": "href must begin with https:// and a host written out (or be mailto:, tel: or #anchor)",
        "remedy": "write https:// and the host; put merge fields into a path segment or a query value",
    }


@pytest.mark.parametrize(
    "target", ["mailto:help@example.com", "mailto:a@example.com?subject=Hi", "tel:+12025550123", "#top"]
)
def test_mail_phone_and_anchor_links_stay_as_they_are(target):
    template = saved(f'<a href="{target}">x</a>')

    assert f'<a href="{target}">' in template.html
    assert template.links == ()


def test_links_leave_the_mail_and_placeholders_take_their_places():
    template = saved(
        "<a href='https://example.com/a?x=1&amp;copy=2'>a</a>"
        '<a class="b" HREF = "https://example.com/b" >b</a>'
        '<a data-no-track href="https://example.com/c">c</a>',
        text="See https://example.com/b. Or (https://example.com/d)! Not https://example.com/c, that is plain",
    )

    assert template.links == (
        "https://example.com/a?x=1&copy=2",
        "https://example.com/b",
        "https://example.com/d",
    )
    assert '<a href=\'{{ _link0 }}\'>a</a><a class="b" HREF = "{{ _link1 }}" >b</a>' in template.html
    assert '<a data-no-track href="https://example.com/c">c</a>' in template.html
    assert template.text.startswith(
        "See {{ _link1 }}. Or ({{ _link2 }})! Not https://example.com/c, that is plain"
    )
    assert '<a href="{{ unsubscribe_url }}">' in template.html
    assert template.html.endswith("{{ _pixel }}</body></html>")


@pytest.mark.parametrize("piece", ["<", "<a href='x'>", "<x>", "<img>"])
def test_whatever_is_wrong_a_hundred_times_is_told_a_hundred_times(piece):
    """Not 150,000 times, which took half a minute and was more than an answer holds."""
    began = time.process_time()

    faults = check(a_mail(piece * (150_000 // len(piece))))

    assert len(faults) == 100
    assert time.process_time() - began < 3


def test_nothing_but_the_links_is_rewritten():
    html = "<p title=\"a > b\">1 &lt; 2{% if a < 1 %} &amp;{% endif %}</p><!-- a note --><br/>\n<td valign='top'>é</td>"

    assert html in saved(html).html


@pytest.mark.parametrize("separator", ["\r", "\u2028", "\x0c", "\x85"])
def test_links_are_found_after_whatever_some_call_the_end_of_a_line(separator):
    link, picture = '<a href="https://example.com/a">x</a>', '<img src="https://example.com/{{ b }}" alt="">'

    template = saved(f"<p>a{separator}b</p>\n{link}\n{picture}")

    assert template.links == ("https://example.com/a", "https://example.com/{{ b }}")
    assert '<a href="{{ _link0 }}">x</a>\n<img src="{{ _plain1 }}" alt="">' in template.html


def test_letters_beyond_ascii_in_a_target_are_encoded():
    assert saved('<a href="https://example.com/müsli?q=ü">x</a>').links == (
        "https://example.com/m%C3%BCsli?q=%C3%BC",
    )


def test_a_preheader_is_hidden_text_at_the_top():
    html = saved(preheader="A < B & {{ firstName }}").html

    assert 'overflow:hidden;mso-hide:all" aria-hidden="true">A &lt; B &amp; {{ firstName }}&#847;' in html
    assert html.index("mso-hide") < html.index("<p>x</p>")


@pytest.mark.parametrize(
    ("html", "text", "fields"),
    [
        ("<body>x</body>", "x {{ unsubscribe_url }} {{ postal_address }}", {"html"}),
        (f"<body>{FOOT}</body>", "x", {"text"}),
        (
            "<body>{% if a %}" + FOOT + "{% endif %}</body>",
            "{{ unsubscribe_url }} {{ postal_address }}",
            {"html"},
        ),
        (f"<body>{{# {FOOT} #}}</body>", "{{ unsubscribe_url }} {{ postal_address }}", {"html"}),
        (
            "<body>{{ unsubscribe_url }} {{ postal_address }}</body>",
            "{{ unsubscribe_url }} {{ postal_address }}",
            {"html"},
        ),
    ],
)
def test_marketing_mail_shows_a_way_out_and_an_address_in_both_parts(html, text, fields):
    assert {fault.field for fault in check({**a_mail(), "html": html, "text": text})} == fields


def test_transactional_mail_need_not():
    assert check({**a_mail(), "html": "<p>x</p>", "text": "x", "purpose": "transactional"}) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"template": "Nice Name"}, "template"),
        ({"template": None}, "template"),
        ({"channel": "fax"}, "channel"),
        ({"purpose": "spam"}, "purpose"),
        ({"purpose": []}, "purpose"),
        ({"subject": ""}, "subject"),
        ({"subject": "a\nBcc: x@example.com"}, "subject"),
        ({"subject": 7}, "subject"),
        ({"text": "  "}, "text"),
        ({"html": None}, "html"),
        ({"body": "x"}, "body"),
        ({"layout": "letter"}, "layout"),
        ({"html": "<img src='https://example.com/a.png'>" + FOOT}, "html"),
        ({"html": FOOT + "x" * 102_400}, "html"),
        ({"text": "{{ unsubscribe_url }} {{ postal_address }} https://{{ x }}/"}, "text"),
    ],
)
def test_a_definition_of_the_wrong_shape_is_refused_by_field(changes, field):
    assert field in {fault.field for fault in check({**a_mail(), **changes})}


def test_an_sms_has_a_text_and_nothing_else():
    assert check({**an_sms("Hi"), "html": "<p>Hi</p>"})[0].field == "html"


def test_the_links_of_an_sms_stay_plain_for_a_tracked_one_would_cost_a_part():
    template = save(an_sms("Look: https://example.com/{{ code }} or https://example.com/"), version=1)

    assert template.text == "Look: {{ _plain0 }} or https://example.com/"
    assert template.links == ("https://example.com/{{ code }}",)


def test_saving_with_faults_raises_them():
    with pytest.raises(
        TemplateRefusedError, match="template letter is refused: html, line 3: <script>"
    ) as refused:
        saved("<script>")

    assert refused.value.faults


def test_a_saved_template_survives_its_row():
    template = saved('<a href="https://example.com/{{ code }}">x</a>')

    assert Template.from_definition(template.to_definition()) == template


@pytest.mark.parametrize("path", list(template_files(SHIPPED)), ids=lambda path: path.name)
def test_the_shipped_templates_can_be_saved_and_sent_to_somebody_unknown(path):
    definition = read_template(path)

    assert check(definition) == []
    template = save(definition, version=1)
    rendered = render(
        template,
        {},
        link=lambda n: f"https://t/{n}",
        unsubscribe_url="https://u",
        doors=dict.fromkeys(OURS, "https://p"),
        postal_address="At 1",
    )
    assert len(rendered.html.encode()) < 20_000
    assert "{{" not in rendered.html + rendered.text + rendered.subject
    if template.channel == "email":
        assert all(
            mark in rendered.html for mark in ('lang="en"', "prefers-color-scheme: dark", "mso-hide", "At 1")
        )
        assert rendered.html.count("<table") == rendered.html.count('role="presentation"')
    else:
        assert part_count(rendered.text) == 1


def test_the_shipped_welcome_leads_to_the_guide():
    links = save(read_template(SHIPPED / "welcome.template.yaml"), version=1).links

    assert "https://fieldnotes.example.com/guide" in links


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", "no readable YAML"),
        ("- a", "no template"),
        ("layout: ../secret", "no layout"),
        ("layout: x", "no layout"),
    ],
)
def test_a_template_file_that_cannot_be_read_is_refused(tmp_path, text, problem):
    file = tmp_path / "a.template.yaml"
    file.write_text(text)

    with pytest.raises(TemplateRefusedError, match=problem):
        read_template(file)
