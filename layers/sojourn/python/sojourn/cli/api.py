"""The admin API as the commands call it: the local cloud's unless told otherwise. Every failure names the way on."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import click

LOCAL = Path(".sojourn/local.json")
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Api:
    """Where it is, and the key."""

    url: str
    key: str

    @classmethod
    def found(cls, url: str | None, key: str | None) -> "Api":
        """As the options say, else as the local cloud of this checkout says."""
        if url and key:
            return cls(url.rstrip("/"), key)
        try:
            local = json.loads(LOCAL.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise click.ClickException(
                "no local cloud runs here: `make up` starts one; for another give --api-url and --api-key"
            ) from None
        return cls((url or local["api_url"]).rstrip("/"), key or local["api_key"])

    def get(self, *path: str, **parameters: str) -> Any:
        """The JSON at a path; each part is encoded whole."""
        return self._call("GET", path, parameters)

    def put(self, *path: str, body: bytes, headers: dict[str, str] | None = None) -> Any:
        """Save."""
        return self._call("PUT", path, body=body, more=headers)

    def post(self, *path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
        """Do."""
        return self._call("POST", path, body=body, more=headers)

    def delete(self, *path: str, body: bytes | None = None) -> Any:
        """Undo."""
        return self._call("DELETE", path, body=body)

    def _call(
        self,
        method: str,
        path: tuple[str, ...],
        parameters: dict[str, str] | None = None,
        body: bytes | None = None,
        more: dict[str, str] | None = None,
    ) -> Any:
        import requests

        url = "/".join([self.url, "api", *(quote(part, safe="") for part in path)])
        query = f"?{urlencode(parameters)}" if parameters else ""
        headers = {"Authorization": f"Bearer {self.key}", **(more or {})}
        try:
            answer = requests.request(method, url + query, data=body, headers=headers, timeout=SECONDS)
            told = answer.json()
        except requests.JSONDecodeError:
            raise click.ClickException(
                f"{self.url} does not answer as Sojourn does: check --api-url"
            ) from None
        except requests.RequestException as error:
            way = "`make up` starts the local cloud, `make status` shows it"
            raise click.ClickException(
                f"{self.url} is out of reach ({type(error).__name__}): {way}"
            ) from None
        if answer.ok:
            return told
        raise ApiRefusal(answer.status_code, told)


class ApiRefusal(click.ClickException):
    """The API said no; a command that knows the way on by itself may look at why."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(refusal(status, problem))
        self.status = status
        self.code = str(problem.get("code", ""))
        self.problem = problem


LONGEST_DIFF = 60  # lines; the rest is in `--json` answers and in `sojourn diff`
SAYS_THE_WAY = {
    "approvals_missing",
    "own_revision",
    "confirm_existing",
    "confirm_live",
    "default_host",
    "not_a_draft",
}  # their messages do
WAYS = {
    401: "give the right --api-key, or make one: `sojourn keys new api --name <you> --stack <stack>`",
    404: "`sojourn --help` names the commands that list what there is",
    409: "read it again (`sojourn journey show NAME`) and bring your changes in",
    412: "read it again (`sojourn journey show NAME`) and bring your changes in",
    429: "wait a little and repeat the command",
    503: "wait a little and repeat the command",
}
WAYS_OF_CODES = {
    "contact_not_found": "a contact goes by its id or userId",
    "journey_not_found": "`sojourn journey list` shows the journeys",
    "template_not_found": "`sojourn diff FOLDER` names the templates that are only in the workspace",
    "segment_not_found": "`sojourn segment list` shows the segments",
}


def refusal(status: int, problem: dict[str, Any]) -> str:
    """A problem document in lines: every error with its place and remedy, then the way on."""
    lines = [str(problem.get("message", "refused"))]
    for error in problem.get("errors", []):
        place = ":".join(str(error[key]) for key in ("file", "field", "line") if error.get(key))
        step = f" {error['step']}:" if error.get("step") else ""
        lines.append(f"  {place}:{step} {error.get('problem')} — {error.get('remedy')}")
    lines += (f"  {line}" for line in problem.get("diff", [])[:LONGEST_DIFF])
    code = str(problem.get("code", ""))
    way = "" if code in SAYS_THE_WAY else WAYS_OF_CODES.get(code) or WAYS.get(status)
    return "\n".join([*lines, f"→ {way}"] if way else lines)
