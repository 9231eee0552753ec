"""Speaks SES v2 (and takes SMS from MiniStack's SNS), with the refusals that tests script."""

from __future__ import annotations

import http.client
import threading
from urllib.parse import urlsplit

from infra.local.postoffice.http import Request, Response, json_response
from infra.local.postoffice.office import Fault, PostOffice

OUTBOUND = "/v2/email/outbound-emails"
# kind: status, SES's code, SNS's code, message
REFUSALS = {
    "throttle": (429, "TooManyRequestsException", "Throttling", "Maximum sending rate exceeded."),
    "reject": (400, "MessageRejected", "InvalidParameter", "The message was rejected."),
    "error500": (500, "InternalServiceErrorException", "InternalError", "Try again."),
}
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class Provider:
    """Accepts messages. MiniStack, if given, judges identity and permission first, as SES would."""

    def __init__(self, office: PostOffice, upstream: str | None = None) -> None:
        self.office = office
        self.upstream = upstream
        self.stopping = threading.Event()
        self.calls: dict[str, int] = {}

    def send_email(self, request: Request) -> Response:
        """POST /v2/email/outbound-emails"""
        self.calls["ses:SendEmail"] = self.calls.get("ses:SendEmail", 0) + 1
        fault = self.office.fault_for("SendEmail", request.body.decode(errors="replace"))
        if fault and fault.kind in REFUSALS:
            return _ses_refusal(fault.kind)
        judged = self.forward(request) if self.upstream else json_response({})
        if judged.status >= 300:
            return judged
        kept = self.office.send_mail(request.json)
        if fault:
            return self._silence(fault)
        return json_response({"MessageId": kept.id})

    def take_sms(self, request: Request) -> Response:
        """POST /sms: the launcher hands over what SNS was given, and passes a refusal on."""
        self.calls["sns:Publish (SMS)"] = self.calls.get("sns:Publish (SMS)", 0) + 1
        fault = self.office.fault_for("Publish", request.fields["to"])
        if fault and fault.kind in REFUSALS:
            status, _, code, message = REFUSALS[fault.kind]
            return json_response({"status": status, "code": code, "message": message}, status)
        kept = self.office.send_text(request.fields["to"], request.fields["text"])
        if fault:
            failed = {"status": 500, "code": "InternalError", "message": "Accepted, and never answered."}
            return json_response(failed, 500)
        return json_response({"MessageId": kept.id})

    def forward(self, request: Request) -> Response:
        """The same bytes to MiniStack's SES: the signature covers the Host header, so that stays too."""
        if not self.upstream:
            return json_response({"message": "not served here"}, 404, x_amzn_ErrorType="NotFoundException")
        connection = http.client.HTTPConnection(urlsplit(self.upstream).netloc, timeout=60)
        try:
            connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers.items():
                connection.putheader(name, value)
            connection.endheaders(request.body)
            answer = connection.getresponse()
            headers = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
            return Response(answer.status, answer.read(), headers)
        finally:
            connection.close()

    def _silence(self, fault: Fault) -> Response:
        self.stopping.wait(fault.seconds)
        return Response(hang_up=True)


def _ses_refusal(kind: str) -> Response:
    status, code, _, message = REFUSALS[kind]
    return json_response({"message": message}, status, x_amzn_ErrorType=code)
