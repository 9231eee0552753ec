"""One shape for everything that is not a success: application/problem+json (RFC 9457) with `code` and `message`."""

import functools
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from chalice.app import Response

from sojourn import telemetry
from sojourn.errors import MissingSettingError, Problem, Retryable

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = "2"


def problem(
    status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None, **extra: Any
) -> Response:
    """An answer that says what was wrong, in a code for programs and a message for people."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": message,
        "code": code,
        "message": message,
        **extra,
    }
    return Response(json.dumps(body), {"Content-Type": CONTENT_TYPE, **(headers or {})}, status)


def unauthorized() -> Problem:
    """The one answer to every key that is missing, wrong, revoked or not alone: it tells a stranger nothing."""
    message = "a valid key is needed, as Basic or Bearer authorization; `sojourn keys new` makes one"
    return Problem(401, "unauthorized", message, headers={"WWW-Authenticate": 'Bearer realm="Sojourn"'})


def answering_problems(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, with our errors translated to HTTP: the only place where that happens."""

    @functools.wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except Problem as error:
            telemetry.note("request refused", status=error.status, code=error.code)
            return problem(error.status, error.code, error.message, **error.extra)
        except Retryable as error:
            telemetry.warn("request postponed", error=type(error).__name__)
            return problem(
                503,
                "try_again",
                "busy: send the same request again",
                headers={"Retry-After": RETRY_AFTER_SECONDS},
            )
        except MissingSettingError as error:
            telemetry.warn("setting missing", error=str(error))
            return problem(500, "not_configured", "the service is not configured; its log names the setting")

    return answer


def problem_of(answer: Mapping[str, Any]) -> Response:
    """What Chalice answered of itself (a failed view, a refused content type), in our shape."""
    status = int(answer["statusCode"])
    phrase = HTTPStatus(status).phrase
    code = "internal_error" if status >= 500 else phrase.lower().replace(" ", "_").replace("-", "_")
    return problem(status, code, phrase)
