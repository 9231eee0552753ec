"""Where templates run: no globals, a short list of filters, and a dot that opens dictionaries only."""

import functools
from collections.abc import Callable
from typing import Any, NoReturn
from urllib.parse import quote

from jinja2 import Template, Undefined, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sojourn.messages.allowlist import ENCODED, FILTERS, TESTS, checked
from sojourn.messages.faults import MissingFieldError, RenderLimitError, UnfitFieldError

MAX_OUTPUT = 1_000_000
MAX_ROWS = 100
LOOP_NAMES = {"index", "index0", "first", "last", "length"}


class Missing(Undefined):
    """A field without a value: it may be asked about and defaulted, never shown."""

    def _refuse(self, *_: Any) -> NoReturn:
        raise MissingFieldError(str(self._undefined_name))

    __str__ = __iter__ = __len__ = __html__ = _refuse


class FactsEnvironment(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, narrower: no attribute of any Python object is ever read.

    It is as fast as a plain Environment: a look-up in a dictionary replaces `getattr` and the safety questions
    after it, and there are no calls left to intercept.
    """

    def __init__(self, *, autoescape: bool, finalize: Callable[[Any], Any]) -> None:
        super().__init__(
            autoescape=autoescape,
            finalize=finalize,
            undefined=Missing,
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=0,
        )
        self.globals.clear()
        self.policies["truncate.leeway"] = 0
        self.filters = {name: self.filters[name] for name in FILTERS} | {"_rows": rows, ENCODED: encoded}
        self.tests = {name: self.tests[name] for name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The value under a key; `loop.index` and its like."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in LOOP_NAMES:
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The value under a key, an index or a slice."""
        if isinstance(obj, dict | list | str):
            try:
                return obj[argument]
            except (LookupError, TypeError):
                pass
        return self.undefined(obj=obj, name=str(argument))


def rows(value: Any) -> list[Any]:
    """What a loop runs over: a list, and not a long one."""
    if isinstance(value, Missing):
        iter(value)  # says which field
    if not isinstance(value, list):
        raise UnfitFieldError
    return value[:MAX_ROWS]


def shown(value: Any) -> Any:
    """How a value reads in a message."""
    if isinstance(value, str | Undefined):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else str(value)
    raise UnfitFieldError


def encoded(value: Any) -> str:
    """A value in an address: in one segment of its path, or in the value of a parameter."""
    text = str(shown(value))
    if text in {".", ".."}:
        raise UnfitFieldError("a link")  # would climb out of the path that the author wrote
    return quote(text, safe="")


@functools.cache
def html_environment() -> FactsEnvironment:
    """Escapes whatever it shows."""
    return FactsEnvironment(autoescape=True, finalize=shown)


@functools.cache
def text_environment() -> FactsEnvironment:
    """For subjects, text parts, SMS and the values of links, in which nothing is escaped."""
    return FactsEnvironment(autoescape=False, finalize=shown)


def compiled(source: str, environment: FactsEnvironment) -> Template:
    """A saved source, judged once more and compiled; its loops run over short lists only."""
    tree = checked(source, environment, ours=True)
    for loop in tree.find_all(nodes.For):
        loop.iter = nodes.Filter(loop.iter, "_rows", [], [], None, None, lineno=loop.lineno)
    return environment.from_string(tree)


def run(template: Template, facts: dict[str, Any], *, limit: int = MAX_OUTPUT) -> str:
    """What the template says of these facts; stops as soon as it has said too much."""
    parts: list[str] = []
    left = limit
    for part in template.root_render_func(template.new_context(facts)):
        left -= len(part)
        if left < 0:
            raise RenderLimitError
        parts.append(part)
    return "".join(parts)
