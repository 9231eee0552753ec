"""`make deploy` asks what only a person knows, once, and keeps whatever else stands in samconfig.toml."""

import tomllib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import NobodyAnswersError, Remembered, at_the_terminal, overrides, run
from infra.deploy_questions import QUESTIONS
from infra.install import ROOT
from infra.lint.stacks import source_of

ARN = "arn:aws:acm:eu-west-1:123456789012:certificate/1a-2b"
STREET = '1 "Old" Street, Town\'s End = here \\ there'
TYPED = {
    "Region": "eu-west-1",
    "Sender": "hello@example.org",
    "FromName": "Field & Notes",
    "PostalAddress": STREET,
    "OpsEmail": "ops@example.org",
    "MonthlyBudget": "75",
    "PublicHost": "mail.example.org",
    "CertificateArn": ARN,
}


class Terminal:
    """Types what it was given, by question, and keeps what it was told."""

    def __init__(self, **typed: Any) -> None:
        answers = {**TYPED, **typed}
        self.lines: dict[str, list[str]] = {
            question.asks: [answers[question.name]]
            if isinstance(answers[question.name], str)
            else list(answers[question.name])
            for question in QUESTIONS
        }
        self.asked: list[str] = []
        self.told: list[str] = []

    def ask(self, prompt: str) -> str:
        name = next(asks for asks in sorted(self.lines, key=len, reverse=True) if prompt.startswith(asks))
        self.asked.append(next(question.name for question in QUESTIONS if question.asks == name))
        return self.lines[name].pop(0)

    def say(self, line: str) -> None:
        self.told.append(line)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "samconfig.toml"
    path.write_text((ROOT / "samconfig.toml").read_text())
    return path


def deployed(config: Path, terminal: Terminal, **options: bool) -> str:
    """What a check says; nothing is run."""
    wanted = {"guided": False, "check": True, **options}
    assert run(config, ask=terminal.ask, say=terminal.say, **wanted) == 0
    return "\n".join(terminal.told)


def answered(config: Path, terminal: Terminal) -> None:
    """Asked and remembered, as before a deploy."""
    from infra.deploy import gather

    answers, _ = gather(Remembered(config).read(), guided=False, ask=terminal.ask, say=terminal.say)
    Remembered(config).write(answers)


def test_it_asks_for_what_only_a_person_knows_and_nothing_else(config):
    terminal = Terminal()

    told = deployed(config, terminal)

    assert terminal.asked == list(TYPED)
    assert "would run: sam build" in told
    assert "--confirm-changeset" in told


def test_a_check_writes_nothing(config):
    before = config.read_text()

    deployed(config, Terminal())

    assert config.read_text() == before


def test_what_was_answered_once_is_not_asked_again(config):
    answered(config, Terminal())
    again = Terminal()

    told = deployed(config, again)

    assert again.asked == []
    assert "--no-confirm-changeset" in told
    assert Remembered(config).read() == TYPED


def test_guided_asks_anew_and_enter_keeps_what_was(config):
    answered(config, Terminal())
    before = Remembered(config).read()
    terminal = Terminal(**dict.fromkeys(TYPED, ""))

    deployed(config, terminal, guided=True)

    assert terminal.asked == list(TYPED)
    assert Remembered(config).read() == before


def test_what_somebody_else_wrote_stays_comments_too(config):
    text = config.read_text()
    config.write_text(text + 'parameter_overrides = "LogLevel=\\"DEBUG\\" FromName=\\"Old\\""\n')

    answered(config, Terminal())

    kept = tomllib.loads(config.read_text())["default"]
    assert kept["deploy"]["parameters"]["parameter_overrides"]["LogLevel"] == "DEBUG"
    assert kept["deploy"]["parameters"]["capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    assert kept["deploy"]["parameters"]["region"] == "eu-west-1"
    assert kept["build"] == tomllib.loads(text)["default"]["build"]
    assert all(line in config.read_text() for line in text.splitlines() if line.startswith("#"))


def test_only_what_is_no_longer_good_is_asked_again(config):
    answered(config, Terminal())
    Remembered(config).write({**Remembered(config).read(), "Region": "us-east-1"})
    terminal = Terminal(CertificateArn=ARN.replace("eu-west-1", "us-east-1"))

    deployed(config, terminal)

    assert terminal.asked == ["CertificateArn"]


WRONG = {
    "no Region": ("Region", "eu-west-9", "is no Region"),
    "a Region without SES": ("Region", "ap-east-1", "has no sesv2"),
    "no address": ("Sender", "hello", "hello@example.org"),
    "no name": ("FromName", "\t\x07", "on one line"),
    "no listener": ("OpsEmail", "-", "hello@example.org"),
    "no number": ("MonthlyBudget", "a lot", "US dollars"),
    "below nothing": ("MonthlyBudget", "-5", "US dollars"),
    "an address for a host": ("PublicHost", "https://mail.example.org", "without https://"),
    "no certificate": ("CertificateArn", "-", "sojourn setup --host mail.example.org"),
    "a certificate of elsewhere": (
        "CertificateArn",
        ARN.replace("eu-", "us-"),
        "this certificate is in us-west-1",
    ),
}


@pytest.mark.parametrize(("name", "wrong", "way"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_told_and_asked_again(config, name, wrong, way):
    terminal = Terminal(**{name: [wrong, TYPED[name]]})

    told = deployed(config, terminal)

    assert terminal.asked.count(name) == 2
    assert way in told


def test_without_a_host_no_certificate_is_asked_for(config):
    terminal = Terminal(PublicHost="", MonthlyBudget="0.00")

    answered(config, terminal)

    assert "CertificateArn" not in terminal.asked
    found = Remembered(config).read()
    assert (found["PublicHost"], found["CertificateArn"], found["MonthlyBudget"]) == ("", "", "0")


def test_a_minus_takes_a_host_away(config):
    answered(config, Terminal())

    assert "PublicHost      -" in deployed(
        config, Terminal(**{**dict.fromkeys(TYPED, ""), "PublicHost": "-"}), guided=True
    )


@pytest.mark.parametrize(
    "written",
    [{"A": "b c", "D": 1}, 'A="b c" D=1', ['A="b c"', "D=1"]],
    ids=["a table", "a text", "a list"],
)
def test_parameters_are_read_however_sam_takes_them(written):
    assert overrides(written) == {"A": "b c", "D": "1"}


def test_every_question_is_a_parameter_of_the_template():
    parameters = source_of(ROOT / "template.yaml")["Parameters"]

    assert {question.name for question in QUESTIONS} - {"Region"} <= set(parameters)


def test_where_nobody_sits_nobody_is_asked():
    with pytest.raises(NobodyAnswersError, match="Region"):
        at_the_terminal("Region: ", keyboard=StringIO("eu-west-1\n"))
