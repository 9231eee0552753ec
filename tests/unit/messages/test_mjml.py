"""MJML: what becomes of it, what is refused at which line, and that nothing in it ends the process."""

import re
import subprocess
import sys
import textwrap
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.messages.bare import bare_fields
from sojourn.messages.check import check, save
from sojourn.messages.faults import TemplateRefusedError
from sojourn.messages.files import read_template
from sojourn.messages.render import prepared, render
from sojourn.messages.template import Template
from tests.unit.messages.drafts import TEXT_FOOT

FOOT = """
    <mj-section><mj-column>
      <mj-text>{{ postal_address }}</mj-text>
      <mj-button href="{{ unsubscribe_url }}">Unsubscribe</mj-button>
    </mj-column></mj-section>"""


def a_mail(mjml: str, **parts: Any) -> dict[str, Any]:
    """A marketing mail of this source."""
    text = "Hello" + TEXT_FOOT
    return {"template": "letter", "channel": "email", "subject": "Hello", "mjml": mjml, "text": text, **parts}


def around(sections: str, head: str = "", foot: str = FOOT) -> dict[str, Any]:
    """A mail with these sections; the first line of `sections` is line 2."""
    return a_mail(f'<mjml lang="en"><mj-head>{head}</mj-head><mj-body>\n{sections}{foot}</mj-body></mjml>')


def of_text(text: str) -> dict[str, Any]:
    """A mail with this HTML in a column; its first line is line 2."""
    return around(f"<mj-section><mj-column><mj-text>{text}</mj-text></mj-column></mj-section>")


def sent(definition: dict[str, Any], **facts: Any) -> str:
    """The HTML as somebody who agreed to be measured gets it."""
    return render(
        save(definition, version=1),
        facts,
        link=lambda number: f"https://t/{number}",
        pixel_url="https://t/p",
        unsubscribe_url="https://t/u",
        postal_address="Street 1",
    ).html


def faults(definition: dict[str, Any]) -> list[tuple[str, int, str]]:
    return [(fault.field, fault.line, fault.problem) for fault in check(definition)]


def test_what_is_sent_has_tables_a_way_out_and_tracked_links():
    html = sent(
        around(
            """<mj-section><mj-column>
            <mj-image src="https://shop.example/{{ picture }}" href="https://shop.example/"
              alt="Tea for {{ firstName }}"/>
            <mj-text>Hello {{ firstName | default("you") }} <a href="https://shop.example/a?x=1&amp;y=2">Tea</a></mj-text>
            </mj-column></mj-section>"""
        ),
        firstName='A "b" <c>',
        picture="tea.png",
    )

    assert html.count("<table") > 5
    assert html.count('href="https://t/u"') == 1
    assert {'href="https://t/0"', 'href="https://t/2"'} <= set(re.findall(r'href="[^"]*"', html))
    assert 'src="https://shop.example/tea.png"' in html
    assert "Hello A &#34;b&#34; &lt;c&gt; <a" in html
    assert 'alt="Tea for A &#34;b&#34; &lt;c&gt;"' in html
    assert "target=" not in html
    assert "fonts.googleapis" not in html
    assert html.index('src="https://t/p"') > html.index("Street 1")


def test_what_stands_in_its_elements_stays_as_it_was_written():
    written = (
        "One <b>two</b> <i>three</i>\n<br>&nbsp;4 &lt; 5 – é\u0301 👩\u200d👩 {% if a < 1 %}six{% endif %}\n"
        " <!-- so -->"
    )

    html = save(of_text(written), version=1).html

    assert f">{written}</div>" in html


def test_loops_and_choices_stand_round_whole_elements():
    columns = "{% for item in cart %}<mj-column><mj-text>{{ item.title }}</mj-text></mj-column>{% endfor %}"
    source = around(
        f"""{{% if cart %}}<mj-section>{columns}</mj-section>{{% else %}}
        <mj-section><mj-column>{{% if vip %}}<mj-divider/>{{% endif %}}<mj-text>None</mj-text></mj-column></mj-section>
        {{% endif %}}"""
    )

    full, empty = sent(source, cart=[{"title": "Tea"}, {"title": "Jam"}]), sent(source)

    assert ("Tea" in full, "Jam" in full, "None" in full) == (True, True, False)
    assert ("Tea" in empty, "None" in empty) == (False, True)
    for html in (full, empty):
        assert [html.count(f"<{name}") for name in ("table", "tr", "td", "div")] == [
            html.count(f"</{name}>") for name in ("table", "tr", "td", "div")
        ]


def test_pictures_and_links_of_a_loop_are_others_each_time_round():
    source = around(
        """{% for item in cart %}<mj-section><mj-column>
        <mj-image src="https://shop.example/{{ item.id }}.png" alt="{{ item.title }}"/>
        <mj-button data-no-track href="https://shop.example/{{ item.id }}">Look</mj-button>
        </mj-column></mj-section>{% endfor %}"""
    )

    html = sent(source, cart=[{"id": 1, "title": "Tea"}, {"id": 2, "title": "Jam"}])

    assert re.findall(r'src="([^"]*png)"', html) == [
        "https://shop.example/1.png",
        "https://shop.example/2.png",
    ]
    assert html.count('href="https://shop.example/2"') == 1


def test_a_link_that_is_not_to_be_counted_says_so():
    row = """<mj-section><mj-column>
        <mj-image DATA-NO-TRACK="" src="https://a.example/i" href="https://a.example/1" alt="href=kept"/>
        <mj-social><mj-social-element data-no-track src="https://a.example/s" alt="" href="https://a.example/2">A</mj-social-element>
        </mj-social><mj-button href="https://a.example/3">B</mj-button></mj-column></mj-section>"""

    template = save(around(row), version=1)

    assert template.links == ("https://a.example/3",)
    assert template.html.count('href="https://a.example/2" data-no-track=""') == 2
    assert template.html.count("data-no-track") == 3
    assert check(around("<mj-section data-no-track></mj-section>"))
    assert check(around("<mj-section width></mj-section>"))


def test_a_preheader_and_a_preview_are_hidden_at_the_top():
    html = save({**around("", "<mj-preview>Two</mj-preview>"), "preheader": "One"}, version=1).html

    assert html.index("One") < html.index("Two") < html.index("<table")


def test_pictures_behind_a_section_reach_outlook_too():
    source = around('<mj-section background-url="https://shop.example/b.png"></mj-section>')

    assert save(source, version=1).html.count("https://shop.example/b.png") == 4


@pytest.mark.parametrize(
    ("mjml", "line", "problem"),
    [
        ("<mj-section>\n<mj-column>\n</mj-section>", 4, "</mj-section> where <mj-column> of line 3 is open"),
        ("<mj-section><mj-column>\n<mj-text>x</mj-column></mj-section>", 3, "<mj-text> is not closed"),
        ("\n</mj-section>", 3, "</mj-section> where <mj-body> of line 1 is open"),
        ('\n<mj-include path="/etc/passwd"/>', 3, "<mj-include> is not taken"),
        ("\n<!DOCTYPE html>", 3, "neither a tag nor"),
        ('\n<!DOCTYPE x [<!ENTITY a "b">]>', 3, "neither a tag nor"),
        ('\n<?xml version="1.0"?>', 3, "neither a tag nor"),
        ("\n<![CDATA[x]]>", 3, "neither a tag nor"),
        ("\n<!-- a -- b -->", 3, "neither a tag nor"),
        ("\n<script>alert(1)</script>", 3, "<script> outside the elements"),
        ("\nhello", 3, "outside the elements that hold text: hello"),
        ("\n{{ firstName }}", 3, "outside the elements that hold text"),
        ("\n&evil;", 3, "outside the elements that hold text: &evil;"),
        ("\n<mj-foo/>", 3, "<mj-foo> is no element"),
        ("\n<mj-text>x</mj-text>", 3, "<mj-text> in <mj-body>"),
        ("\n<mj-section width=10/>", 3, "<mj-section> is not written as"),
        ("\n<mj-section padding='1px' padding='2px'/>", 3, "an attribute of <mj-section> twice"),
        ("\n<mjml></mjml>", 3, "<mjml> in <mj-body>"),
        ("<mj-wrapper>" * 5_000 + "</mj-wrapper>" * 5_000, 2, "<mj-wrapper> in <mj-wrapper>"),
        ("<mj-section/>" * 1_001, 2, "more than 1000 elements"),
        ('\n<mj-section onclick="alert(1)"/>', 3, "the attribute onclick"),
        ('\n<mj-section background-color="{{ color }}"/>', 3, "a merge field in background-color"),
        ('\n<mj-section {% if a %}padding="0"{% endif %}/>', 3, "<mj-section> is not written as"),
        ('\n<mj-section padding="{% if a %}0{% endif %}"/>', 3, "a template tag in padding"),
        ('\n<mj-section background-url="http://shop.example/b"/>', 3, "a background that does not begin"),
        (
            "\n<mj-section background-url=\"https://a.example/')}*{x:url('http://b.example\"/>",
            3,
            "a background",
        ),
        (
            '\n<mj-section background-color="url(javascript:alert(1))"/>',
            3,
            "background-color has a character",
        ),
        ('\n<mj-section css-class="a&quot; onload=&quot;b\\"/>', 3, "css-class has a character"),
        (f'\n<mj-section css-class="{"a" * 501}"/>', 3, "css-class has more than 500"),
        ("{% if a %}<mj-section>\n{% endif %}</mj-section>", 3, "an if or for begins on one side"),
        ("<mj-section>{% if a %}\n</mj-section>{% endif %}", 3, "an if or for begins on one side"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_what_is_no_mjml_of_ours_is_refused_at_its_line(mjml: str, line: int, problem: str):
    """M8."""
    (fault,) = check(around(mjml))

    assert (fault.field, fault.line) == ("mjml", line)
    assert fault.problem.startswith(problem)
    assert fault.remedy


def test_what_ends_too_soon_is_refused_where_it_began():
    (fault,) = check(a_mail("<mjml>\n<mj-body>\n<mj-section>\n<mj-column>\n"))

    assert (fault.line, fault.problem) == (4, "<mj-column> is not closed")


@pytest.mark.parametrize("source", ["<mjml></mjml>", "<!-- a -->", "<p>x</p>", "<mj-body></mj-body>", "x"])
def test_what_has_no_body_is_no_mail(source: str):
    assert [fault.line for fault in check(a_mail(source))] == [1]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<script>alert(1)</script>", "<script> does not belong in a mail"),
        ("<b onclick='alert(1)'>x</b>", "the attribute onclick does not belong in a mail"),
        ("<a href='javascript:alert(1)'>x</a>", "href must begin with https:// and a host"),
        ("<a href='{{ url }}'>x</a>", "href must begin with https:// and a host"),
        ("<img src='https://shop.example/a.png'>", "an image without alt"),
        ("<img src='http://[::1]/' alt=''>", "src must begin with https:// and a host"),
        ("<b style='background:url(http://169.254.169.254)'>x</b>", "a style with an import"),
        ("<form>", "<form> does not belong in a mail"),
    ],
)
def test_what_no_mail_may_hold_is_refused_at_the_line_of_the_mjml(text: str, problem: str):
    found = faults(of_text(f"{{{{ firstName }}}}\n{{# a\ncomment #}}\n{text}"))

    assert {(field, line) for field, line, _ in found} == {("mjml", 5)}
    assert found[0][2].startswith(problem)


@pytest.mark.parametrize(
    ("element", "problem"),
    [
        ('<mj-button href="javascript:alert(1)">x</mj-button>', "href must begin with"),
        ('<mj-button href="//evil.example">x</mj-button>', "href must begin with"),
        ('<mj-image src="data:x" alt=""/>', "src must begin with"),
        ('<mj-image src="https://shop.example/a.png"/>', "an image without alt"),
        (
            '<mj-social><mj-social-element name="facebook" href="https://a.example/"/></mj-social>',
            "an icon without",
        ),
        ("<mj-raw></div></td><script></mj-raw>", "<script> does not"),
    ],
)
def test_what_an_element_leads_to_is_judged_at_its_line(element: str, problem: str):
    source = f"<mj-section>\n<mj-column>\n<mj-divider/>\n{element}</mj-column></mj-section>"

    (_, line, found), *_ = faults(around(source))

    assert (line, found[: len(problem)]) == (5, problem)


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ("<mj-style>@import url(https://evil.example)</mj-style>", "a style sheet with"),
        ("<mj-style>p { color: {{ color }} }</mj-style>", "a style sheet with"),
        ("<mj-style></style><script>alert(1)</script></mj-style>", "<script> does not"),
        ('<mj-font name="A" href="https://fonts.example/"/>', "<mj-font> is not taken"),
        ("<mj-title>{% if a %}A{% endif %}</mj-title>", "<div> is not written as"),
        ("<mj-attributes><mj-text>Hello</mj-text></mj-attributes>", "a text in the defaults"),
        ("<mj-column></mj-column>", "<mj-column> in <mj-head>"),
        ("<mj-raw><link href='https://evil.example/'></mj-raw>", "<link> does not"),
    ],
)
def test_a_head_is_judged_too(head: str, problem: str):
    assert problem in " ".join(found for _, _, found in faults(around("", head)))


def test_defaults_and_classes_are_used():
    head = '<mj-attributes><mj-all padding="3px"/><mj-class name="blue" color="#00f"/></mj-attributes>'
    section = '<mj-section><mj-column><mj-text mj-class="blue">x</mj-text></mj-column></mj-section>'

    assert "color:#00f;" in save(around(section, head), version=1).html


@pytest.mark.parametrize("part", [{"html": "<p>x</p>"}, {"mjml": ""}, {"mjml": None}, {"mjml": "  "}])
def test_a_mail_is_written_in_one_of_both(part: dict[str, Any]):
    assert check({**around(""), **part})


def test_a_text_message_has_none():
    (fault,) = check({"template": "ping", "channel": "sms", "text": "Hi", "mjml": "<mjml></mjml>"})

    assert fault.field == "mjml"


def test_marketing_mail_in_mjml_shows_a_way_out_and_an_address():
    assert {problem for _, _, problem in faults(around("", foot=""))} == {
        "marketing mail without unsubscribe_url",
        "marketing mail without postal_address",
        "the unsubscribe address is not a link",
    }


def test_gmail_would_clip_it():
    (fault,) = check(of_text("x" * 102_400))

    assert (fault.field, "Gmail clips" in fault.problem) == ("mjml", True)


def test_little_that_becomes_much_is_refused_in_time():
    """A long value that each of a thousand elements would repeat."""
    head = f'<mj-attributes><mj-all font-family="{"a" * 500}"/></mj-attributes>'
    source = f"<mj-section><mj-column>{'<mj-text>x</mj-text>' * 990}</mj-column></mj-section>"

    assert check(around(source, head, foot=""))


def test_fields_without_a_default_are_known():
    assert bare_fields(of_text("{{ firstName }} {{ city | default('here') }}")) == ("firstName",)


def test_a_saved_one_survives_its_row_and_holds_no_mjml():
    template = save(of_text("x"), version=1)

    assert Template.from_definition(template.to_definition()) == template
    assert "mj-text" not in template.html


def test_letters_share_a_layout(tmp_path):
    (tmp_path / "letter.layout.mjml").write_text(
        f"<mjml><mj-body>[[ content ]]{FOOT}</mj-body></mjml>", encoding="utf-8"
    )
    (tmp_path / "letter.layout.html").write_text("<p>[[ content ]]</p>", encoding="utf-8")
    file = tmp_path / "hello.template.yaml"
    file.write_text(
        textwrap.dedent("""\
        template: hello
        channel: email
        layout: letter
        subject: Hello
        mjml: |
          <mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>
        text: "{{ unsubscribe_url }} {{ postal_address }}"
        """),
        encoding="utf-8",
    )

    definition = read_template(file)

    assert definition["mjml"].startswith("<mjml><mj-body><mj-section>")
    assert check(definition) == []
    (tmp_path / "letter.layout.mjml").unlink()
    with pytest.raises(TemplateRefusedError, match=r"put letter\.layout\.mjml beside"):
        read_template(file)


PIECES = [
    "<mj-section>", "</mj-section>", "<mj-column>", "</mj-column>", "<mj-text>", "</mj-text>", "<mj-raw>", "</mj-raw>",
    "<mj-image src='https://a.example/{{ a }}' alt=\"{{ b | default('c') }}\"/>", "<mj-group>", "</mj-group>",
    "<mj-hero>", "</mj-hero>", "{% if a %}", "{% else %}", "{% endif %}", "{{ a }}", "{# c #}", "<!-- c -->", "é", "<",
    "\n", "&amp;", "kept00000", "<div>", "</div>", "<mj-social>", "</mj-social>", "<mj-table>", "</mj-table>", "<tr>",
    "<mj-button href='https://a.example'>", "</mj-button>", "<mj-spacer height='1px'/>", "<mj-wrapper>",
    "</mj-wrapper>", "<mj-navbar>", "<mj-navbar-link href='#a'>", "</mj-navbar-link>", "</mj-navbar>", "\u200d", "\\",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=25).map("".join))
def test_whatever_is_written_is_saved_or_refused_with_a_line(middle: str):
    definition = {**around(middle), "purpose": "transactional"}

    found = check(definition)

    lines = len(re.split(r"\r\n|\r|\n", definition["mjml"]))
    assert all(1 <= fault.line <= lines and fault.field == "mjml" for fault in found)
    if not found:
        template = save(definition, version=1)
        html = template.html
        prepared(template)
        assert "<mj" not in html
        assert not re.search(r"kept\d{5}(?!0)", html.replace("kept00000", ""))


def test_who_sends_does_not_load_the_compiler():
    code = (
        "import sys, sojourn.messages.render, sojourn.messages.library, sojourn.messages.check;"
        "print([name for name in sys.modules if name.startswith('mjml')])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
