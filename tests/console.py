"""A browser for the console's pages, the user pool in memory, and a count of the calls that a page makes."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError
from moto.core.botocore_stubber import BotocoreStubber

from functions.api.app import handler
from functions.api.console.session import Session
from tests.unit.test_tokens import token

LINK_KEYS = {"active": "k1", "keys": {"k1": base64.b64encode(b"s" * 32).decode()}}
REST = re.compile(r'<tr class="rest" hx-get="([^"]*)".*?</tr>', re.S)
HOST = "127.0.0.1:4000"
ORIGIN = f"http://{HOST}"
PASSWORD = "Right-Horse-1"
APP_CODE, APP_SECRET = "246802", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass(slots=True)
class Page:
    """One answer."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    text: str

    @property
    def place(self) -> str:
        """Where it sends the browser."""
        return self.headers.get("Location", "") or self.headers.get("HX-Redirect", "")

    @property
    def words(self) -> str:
        """What a person reads: without tags, spaces made single."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.text)).split())

    @property
    def csrf(self) -> str:
        """The mark that its forms bear."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.text)
        return found[1] if found else ""

    def inputs(self) -> dict[str, str]:
        """Name and value of every field."""
        reader = _Inputs()
        reader.feed(self.text)
        return reader.found


class _Inputs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "input" and told.get("name"):
            self.found[str(told["name"])] = told.get("value") or ""


@dataclass(slots=True)
class Browser:
    """Keeps cookies, and sends what browsers send."""

    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Page:
        """A page."""
        return self.send("GET", path, None, headers)

    def part(self, path: str, **headers: str) -> Page:
        """A part of a page, as htmx asks for it."""
        return self.get(path, **{"hx-request": "true", **headers})

    def whole(self, path: str) -> Page:
        """A page with the rows that its list asks for by itself, piece after piece."""
        page = self.get(path)
        while found := REST.search(page.text):
            rows = self.part(unescape(found[1])).text
            page.text = page.text[: found.start()] + rows + page.text[found.end() :]
        return page

    def post(self, path: str, fields: dict[str, Any] | None = None, /, **more: Any) -> Page:
        """A form of ours, with the mark that our pages put into it."""
        said = {"csrf": self.mark, **(fields or {}), **more}
        return self.send("POST", path, urlencode(said, doseq=True), FORM)

    def send(self, method: str, path: str, body: str | bytes | None, headers: dict[str, str]) -> Page:
        """Anything else."""
        parts = urlsplit(path)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        query: dict[str, list[str]] = {}
        for name, value in pairs:
            query.setdefault(name, []).append(value)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        told = {"host": HOST, **({"cookie": cookie} if cookie else {}), **headers}
        event = {
            "path": parts.path,
            "httpMethod": method,
            "headers": told,
            "multiValueHeaders": {name: [value] for name, value in told.items()},
            "multiValueQueryStringParameters": query or None,
            "requestContext": {"path": f"/live{parts.path}", "identity": {"sourceIp": "127.0.0.1"}},
            "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
            "isBase64Encoded": isinstance(body, bytes),
        }
        return self._kept(handler(event, None))

    def _kept(self, answer: dict[str, Any]) -> Page:
        lines = (answer.get("multiValueHeaders") or {}).get("Set-Cookie", [])
        for line in lines:
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0]
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        raw = answer.get("body") or ""
        text = base64.b64decode(raw).decode("utf-8", "replace") if answer.get("isBase64Encoded") else raw
        return Page(answer["statusCode"], dict(answer["headers"]), lines, text)

    @property
    def mark(self) -> str:
        """What every form of this browser's pages bears."""
        return Session(id=self.cookies.get("session") or self.cookies.get("stranger", "")).csrf


FORM = {
    "content-type": "application/x-www-form-urlencoded",
    "origin": ORIGIN,
    "sec-fetch-site": "same-origin",
}


@dataclass(slots=True)
class Person:
    """Somebody in the pool."""

    name: str
    email: str
    role: str
    password: str
    state: str = "CONFIRMED"
    code: str = ""  # of the authenticator, where they have one
    signings: int = 0


@dataclass(slots=True)
class FakePool:
    """Cognito's own calls, as far as the login page makes them; keeps who there is."""

    people: dict[str, Person] = field(default_factory=dict)
    refreshing: dict[str, str] = field(default_factory=dict)  # refresh token → address
    codes: dict[str, str] = field(default_factory=dict)  # mailed to whoever forgot
    asked: list[str] = field(default_factory=list)

    def add(self, email: str, role: str = "editor", password: str = PASSWORD, **more: Any) -> Person:
        """Somebody who may come in."""
        name = hashlib.sha256(email.encode()).hexdigest()[:12]
        self.people[email] = Person(name, email, role, password, **more)
        return self.people[email]

    def tokens_of(self, person: Person) -> dict[str, str]:
        """What Cognito gives after a password."""
        person.signings += 1
        refresh = f"refresh-{person.name}-{person.signings}"
        self.refreshing[refresh] = person.email
        return {**self._access(person), "RefreshToken": refresh}

    def initiate_auth(self, *, ClientId: str, AuthFlow: str, AuthParameters: dict[str, str]) -> Any:  # noqa: N803
        self.asked.append("InitiateAuth")
        if AuthFlow == "REFRESH_TOKEN_AUTH":
            email = self.refreshing.get(AuthParameters["REFRESH_TOKEN"])
            if email is None:
                raise refused("NotAuthorizedException")
            return {"AuthenticationResult": self._access(self.people[email])}
        person = self.people.get(AuthParameters["USERNAME"])
        if person is None or person.password != AuthParameters["PASSWORD"]:
            raise refused("NotAuthorizedException")
        if person.state == "FORCE_CHANGE_PASSWORD":
            return self._challenge("NEW_PASSWORD_REQUIRED", person)
        return self._let_in(person)

    def respond_to_auth_challenge(
        self,
        *,
        ClientId: str,  # noqa: N803
        ChallengeName: str,  # noqa: N803
        Session: str,  # noqa: N803
        ChallengeResponses: dict[str, str],  # noqa: N803
    ) -> Any:
        self.asked.append("RespondToAuthChallenge")
        person = next(
            (one for one in self.people.values() if one.name == ChallengeResponses["USERNAME"]), None
        )
        if person is None or f"session-{person.name}" != Session:
            raise refused("NotAuthorizedException")
        if ChallengeName == "NEW_PASSWORD_REQUIRED":
            person.password, person.state = self._strong(ChallengeResponses["NEW_PASSWORD"]), "CONFIRMED"
            return self._let_in(person)
        if ChallengeResponses["SOFTWARE_TOKEN_MFA_CODE"] != person.code:
            raise refused("CodeMismatchException")
        return {"AuthenticationResult": self.tokens_of(person)}

    def revoke_token(self, *, Token: str, ClientId: str) -> Any:  # noqa: N803
        self.asked.append("RevokeToken")
        self.refreshing.pop(Token, None)
        return {}

    def global_sign_out(self, *, AccessToken: str) -> Any:  # noqa: N803
        self.asked.append("GlobalSignOut")
        email = self._owner(AccessToken).email
        self.refreshing = {key: each for key, each in self.refreshing.items() if each != email}
        return {}

    def change_password(self, *, AccessToken: str, PreviousPassword: str, ProposedPassword: str) -> Any:  # noqa: N803
        self.asked.append("ChangePassword")
        person = self._owner(AccessToken)
        if person.password != PreviousPassword:
            raise refused("NotAuthorizedException")
        person.password = self._strong(ProposedPassword)
        return {}

    def get_user(self, *, AccessToken: str) -> Any:  # noqa: N803
        self.asked.append("GetUser")
        return {"UserMFASettingList": ["SOFTWARE_TOKEN_MFA"] if self._owner(AccessToken).code else []}

    def associate_software_token(self, *, AccessToken: str) -> Any:  # noqa: N803
        self.asked.append("AssociateSoftwareToken")
        self.codes[f"app of {self._owner(AccessToken).name}"] = APP_CODE
        return {"SecretCode": APP_SECRET}

    def verify_software_token(self, *, AccessToken: str, UserCode: str) -> Any:  # noqa: N803
        self.asked.append("VerifySoftwareToken")
        if self.codes.get(f"app of {self._owner(AccessToken).name}") != UserCode:
            raise refused("EnableSoftwareTokenMFAException")
        return {"Status": "SUCCESS"}

    def set_user_mfa_preference(self, *, AccessToken: str, SoftwareTokenMfaSettings: Any) -> Any:  # noqa: N803
        self.asked.append("SetUserMFAPreference")
        person = self._owner(AccessToken)
        person.code = APP_CODE if SoftwareTokenMfaSettings["Enabled"] else ""
        return {}

    def forgot_password(self, *, ClientId: str, Username: str) -> Any:  # noqa: N803
        self.asked.append("ForgotPassword")
        if Username not in self.people:
            raise refused("UserNotFoundException")
        self.codes[Username] = "123456"
        return {}

    def confirm_forgot_password(
        self,
        *,
        ClientId: str,  # noqa: N803
        Username: str,  # noqa: N803
        ConfirmationCode: str,  # noqa: N803
        Password: str,  # noqa: N803
    ) -> Any:
        self.asked.append("ConfirmForgotPassword")
        if Username not in self.people:
            raise refused("UserNotFoundException")
        if self.codes.get(Username) != ConfirmationCode:
            raise refused("CodeMismatchException")
        self.people[Username].password = self._strong(Password)
        return {}

    def _let_in(self, person: Person) -> Any:
        if person.code:
            return self._challenge("SOFTWARE_TOKEN_MFA", person)
        return {"AuthenticationResult": self.tokens_of(person)}

    def _access(self, person: Person) -> dict[str, str]:
        groups: dict[str, Any] = {"cognito:groups": [person.role]}
        access = token(sub=person.name, username=person.name, **groups)
        claims = base64.urlsafe_b64encode(json.dumps({"email": person.email}).encode()).decode().rstrip("=")
        return {"AccessToken": access, "IdToken": f"e30.{claims}.x"}

    def _challenge(self, kind: str, person: Person) -> Any:
        told = {"USER_ID_FOR_SRP": person.name}
        return {"ChallengeName": kind, "Session": f"session-{person.name}", "ChallengeParameters": told}

    def _owner(self, access: str) -> Person:
        body = access.split(".")[1]
        name = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["username"]
        return next(person for person in self.people.values() if person.name == name)

    def _strong(self, password: str) -> str:
        if len(password) < 12:
            raise refused("InvalidPasswordException")
        return password


def refused(code: str) -> ClientError:
    """What botocore raises."""
    return ClientError({"Error": {"Code": code, "Message": "it names ada@example.org"}}, "InitiateAuth")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The names of all AWS calls that are made meanwhile, but for those of the user pool in memory."""
    made: list[str] = []
    with overheard(lambda action, request, answer: made.append(action or request.url)):
        yield made


@contextmanager
def overheard(note: Callable[[str, AWSPreparedRequest, Any], object]) -> Iterator[None]:
    """Notes each AWS call that is made meanwhile: its action, where it has one, what was asked, and moto's answer."""
    before = BotocoreStubber.process_request

    def heard(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:
        target = request.headers.get("X-Amz-Target", b"")
        answer = before(stubber, request)
        note((target.decode() if isinstance(target, bytes) else target).rpartition(".")[2], request, answer)
        return answer

    setattr(BotocoreStubber, "process_request", heard)  # noqa: B010  as tests/quick.py does
    try:
        yield
    finally:
        setattr(BotocoreStubber, "process_request", before)  # noqa: B010
