"""Which request does what: the provider's side, the recipient's side, and the pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields, replace
from urllib.parse import quote, unquote

from infra.local.postoffice import pages
from infra.local.postoffice.http import Request, Response, json_response, problem
from infra.local.postoffice.office import Config, Fault, NotKeptError, PostOffice, text_as_json
from infra.local.postoffice.provider import OUTBOUND, Provider
from infra.local.postoffice.recipient import NothingThereError
from sojourn.clock import parse_iso

REPORTS = {"deliver", "bounce", "complain"}
Route = Callable[..., Response]


class Routes:
    """All of the post office's HTTP."""

    def __init__(self, office: PostOffice, provider: Provider) -> None:
        self.office, self.provider = office, provider
        self.table: list[tuple[str, re.Pattern[str], Route]] = [
            ("POST", re.compile(re.escape(OUTBOUND)), provider.send_email),
            ("POST", re.compile("/sms"), provider.take_sms),
            ("POST", re.compile("/config"), self.configure),
            ("POST", re.compile("/faults"), self.script_fault),
            ("GET", re.compile("/health"), self.health),
            ("GET", re.compile("/messages"), self.list_mails),
            ("GET", re.compile("/messages/([^/]+)"), self.show_mail),
            ("GET", re.compile("/messages/([^/]+)/raw"), self.show_raw),
            (
                "POST",
                re.compile("/messages/([^/]+)/(deliver|bounce|complain|open|click|unsubscribe)"),
                self.act,
            ),
            ("GET", re.compile("/sms"), self.list_texts),
            ("POST", re.compile("/sms/([^/]+)/reply"), self.reply),
            ("GET", re.compile("/"), self.front_page),
            ("GET", re.compile("/mail/([^/]+)"), self.mail_page),
            ("GET", re.compile("/phone/([^/]+)"), self.phone_page),
        ]

    def answer(self, request: Request) -> Response:
        """The response to any request; what is not ours goes to MiniStack's SES."""
        for method, pattern, route in self.table:
            match = pattern.fullmatch(request.path)
            if match and method == request.method:
                return self._guarded(route, request, [unquote(part) for part in match.groups()])
        if request.path.startswith("/v2/"):
            return self.provider.forward(request)
        return problem(404, "not_found", f"nothing at {request.path}")

    def configure(self, request: Request) -> Response:
        if "calendar_wall" in request.json:
            self.office.start_calendar(parse_iso(request.json["calendar_wall"]))
        known = {field.name for field in fields(Config)}
        self.office.config = replace(
            self.office.config, **{name: value for name, value in request.json.items() if name in known}
        )
        return json_response({"ok": True})

    def script_fault(self, request: Request) -> Response:
        self.office.faults.append(Fault(**request.json))
        return json_response({"ok": True})

    def health(self, request: Request) -> Response:
        office = self.office
        kept = {"mails": len(office.mails), "texts": len(office.texts)}
        return json_response({"ok": True, **kept, "aws_calls": self.provider.calls})

    def list_mails(self, request: Request) -> Response:
        found = self.office.find_mails(request.query.get("to", ""), request.query.get("since", ""))
        start, limit = int(request.query.get("next", 0)), int(request.query.get("limit", len(found) or 1))
        more = str(start + limit) if start + limit < len(found) else None
        return json_response({"items": [one.as_json() for one in found[start : start + limit]], "next": more})

    def show_mail(self, request: Request, mail_id: str) -> Response:
        return json_response(self.office.mail(mail_id).as_json())

    def show_raw(self, request: Request, mail_id: str) -> Response:
        return Response(200, self.office.mail(mail_id).raw, {"Content-Type": "message/rfc822"})

    def act(self, request: Request, mail_id: str, what: str) -> Response:
        kept, given = self.office.mail(mail_id), request.fields
        done: object
        if what in REPORTS:
            how = {"kind": given.get("type", "Permanent"), "subtype": given.get("subtype", "General")}
            done = self.office.report(kept, what, **(how if what == "bounce" else {}))
        else:
            agent = given.get("user_agent", "")
            done = self.office.act(kept, what, link=int(given.get("link", 0)), user_agent=agent)
        return _back(f"/mail/{quote(mail_id)}") if request.wants_html else json_response(done)

    def list_texts(self, request: Request) -> Response:
        texts = self.office.find_texts(request.query.get("to", ""))
        sent = [text_as_json(sms) for sms in texts if sms.direction == "out"]
        return json_response({"items": sent, "next": None})

    def reply(self, request: Request, number: str) -> Response:
        text = request.fields.get("text") or request.body.decode()
        message = self.office.reply(number, text)
        return _back(f"/phone/{quote(number)}") if request.wants_html else json_response(message)

    def front_page(self, request: Request) -> Response:
        return pages.front(self.office, request.query.get("to", ""))

    def mail_page(self, request: Request, mail_id: str) -> Response:
        return pages.mail(self.office.mail(mail_id))

    def phone_page(self, request: Request, number: str) -> Response:
        return pages.phone(number, self.office.find_texts(number))

    def _guarded(self, route: Route, request: Request, parts: list[str]) -> Response:
        try:
            return route(request, *parts)
        except NotKeptError as missing:
            return problem(404, "message_not_found", f"no message {missing}")
        except NothingThereError as error:
            return problem(409, "nothing_there", str(error))
        except (OSError, ConnectionError) as error:
            return problem(502, "no_answer", f"the address in the mail did not answer: {error}")
        except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            return problem(400, "bad_request", f"{type(error).__name__}: {error}")


def _back(where: str) -> Response:
    return Response(303, b"", {"Location": where})
