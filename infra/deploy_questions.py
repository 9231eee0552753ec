"""What `make deploy` asks, and nothing else: each with why it matters and what a good answer is. Asks no AWS."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sojourn.account.model import BIG_THREE

Answers = Mapping[str, str]
SERVICES = ("lambda", "stepfunctions", "sesv2", "cognito-idp")  # those that are not in every Region
HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
CERTIFICATE = re.compile(r"arn:aws[a-z-]*:acm:(?P<region>[a-z0-9-]+):\d{12}:certificate/[\w-]+")
DOLLARS = re.compile(r"\d{1,9}(\.\d{1,2})?")


class WrongAnswerError(Exception):
    """What was typed cannot be; the message says what can."""


Check = Callable[[str, Answers], str]


@dataclass(frozen=True, slots=True)
class Question:
    """A parameter of the template, or the Region. `needs` names the answer without which it is not asked."""

    name: str
    asks: str
    why: str
    checked: Check
    default: str = ""
    needs: str = ""

    def applies(self, answers: Answers) -> bool:
        """Whether it is asked after these answers."""
        return not self.needs or bool(answers.get(self.needs))


def region(typed: str, _: Answers) -> str:
    """A Region in which everything is that a stack needs."""
    import botocore.session

    session = botocore.session.get_session()
    lacks = [name for name in SERVICES if typed not in session.get_available_regions(name)]
    if len(lacks) == len(SERVICES):
        raise WrongAnswerError(f"{typed or 'nothing'} is no Region: write it like {BIG_THREE[0]}")
    if lacks:
        raise WrongAnswerError(f"{typed} has no {', '.join(lacks)}: choose another, like {BIG_THREE[0]}")
    return typed


def email(typed: str, _: Answers) -> str:
    """An address by its shape."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(typed, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise WrongAnswerError(f"{error} Write it like hello@example.org.") from None


def words(typed: str, _: Answers) -> str:
    """Something on one line."""
    if not typed or not typed.isprintable():
        raise WrongAnswerError("write it on one line; it may not be empty")
    return typed


def dollars(typed: str, _: Answers) -> str:
    """US dollars; 0 is no budget, however it is written."""
    if not DOLLARS.fullmatch(typed):
        raise WrongAnswerError("write US dollars like 50, or 0 for none")
    return typed if float(typed) else "0"


def host(typed: str, _: Answers) -> str:
    """A host, or nothing."""
    if typed and not HOST.fullmatch(typed):
        raise WrongAnswerError("write a host like mail.example.org, without https://, or - for none")
    return typed


def certificate(typed: str, answers: Answers) -> str:
    """A certificate of the answered Region: API Gateway takes no other."""
    found = CERTIFICATE.fullmatch(typed)
    if not found:
        way = f"`sojourn setup --host {answers['PublicHost']}` asks for one and prints it"
        raise WrongAnswerError(f"write the ARN of the host's certificate: {way}")
    if found["region"] != answers["Region"]:
        raise WrongAnswerError(
            f"this certificate is in {found['region']}, and the stack in {answers['Region']}"
        )
    return typed


QUESTIONS = (
    Question(
        "Region",
        "Region",
        f"Where it runs, and where people's data stays. In {', '.join(BIG_THREE)} Step Functions starts\n"
        "300 runs a second (1,300 at once), elsewhere half as many.",
        region,
        BIG_THREE[0],
    ),
    Question(
        "Sender",
        "Sender's address",
        "What mails come from; `sojourn setup` has SES verify its domain.",
        email,
    ),
    Question("FromName", "Sender's name", "Shown beside the address.", words, "Sojourn"),
    Question(
        "PostalAddress",
        "Postal address",
        "At the foot of every marketing mail: CAN-SPAM and others demand it.",
        words,
    ),
    Question(
        "OpsEmail",
        "Who is told when an alarm rings",
        "An address that somebody reads; AWS asks it to confirm once.",
        email,
    ),
    Question(
        "MonthlyBudget",
        "Budget of the AWS account, US dollars a month",
        "The same address hears at 80 % and when 100 % are foreseen; 0 = no budget.",
        dollars,
        "50",
    ),
    Question(
        "PublicHost",
        "Your own host for links",
        "Links live as long as the mails. Empty until `sojourn setup --host` has shown its certificate; - empties it.",
        host,
    ),
    Question(
        "CertificateArn",
        "Its certificate's ARN",
        "`sojourn setup --host` prints it.",
        certificate,
        needs="PublicHost",
    ),
)
