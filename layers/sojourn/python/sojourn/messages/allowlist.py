"""What a template may say, judged on its syntax tree when it is saved.

Jinja2's sandbox keeps code away from Python's insides but not from the machine's memory and time: `{{ "x" * 10**9 }}`
passes it. So a source may show fields, choose and loop (two deep); it may not call, calculate, define or import.
"""

import re
from collections.abc import Callable, Iterator

from jinja2 import Environment, TemplateSyntaxError, nodes

from sojourn.messages.faults import TemplateFaultError

MAX_SOURCE = 200_000
MAX_TAGS = 300
MAX_TAG_LENGTH = 1_000
MAX_TAG_TOTAL = 8_000
MAX_BLOCKS = 10
MAX_NODES = 5_000
MAX_DEPTH = 60
MAX_LOOPS = 2
MAX_NUMBER = 1_000

FILTERS = {
    "capitalize", "count", "d", "default", "e", "escape", "first", "float", "int", "join", "last", "length",
    "lower", "round", "title", "trim", "truncate", "upper",
}  # fmt: skip
TAKES_FIELDS = {"d", "default"}  # the arguments of other filters are constants
TESTS = {"defined", "undefined", "number", "string", "even", "odd"}
PLAIN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Slice, nodes.If, nodes.Keyword, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr,
)  # fmt: skip
NOT_FIELDS = {
    "self", "super", "caller", "varargs", "kwargs",  # Jinja2's own
    "range", "dict", "lipsum", "cycler", "joiner", "namespace", "env", "environ", "os", "sys",
    "config", "request", "session", "url_for",
}  # fmt: skip
# What `links` puts into a saved template; an author's own names never begin with an underscore.
OURS = re.compile(r"_(link|plain)\d+|_pixel")
ENCODED = "_encoded"
TAG_START = re.compile(r"(?P<opening>\{[{%#])(?:[-+]?\s*(?P<word>\w+))?")
DEEPER = {"if": 1, "for": 1, "endif": -1, "endfor": -1}
TAG_END = {"{{": "}}", "{%": "%}", "{#": "#}"}


def checked(source: str, environment: Environment, *, ours: bool = False) -> nodes.Template:
    """The syntax tree of a source that keeps to the allow-list; raises TemplateFaultError at the first slip."""
    measure(source)
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        raise TemplateFaultError(error.lineno, str(error.message), "mend the syntax") from None
    except (RecursionError, ValueError, OverflowError):
        raise TemplateFaultError(1, "nested too deeply, or an unreadable number", "simplify it") from None
    for node in _sized(tree):
        judge(node, ours=ours)
    return tree


def measure(source: str) -> None:
    """Refuse by size before any parser sees the source: Jinja2's parser takes its time over what is large or deep."""
    if len(source) > MAX_SOURCE:
        raise TemplateFaultError(1, f"longer than {MAX_SOURCE} characters", "shorten it")
    tags = total = depth = position = 0
    while start := TAG_START.search(source, position):
        end = source.find(TAG_END[start["opening"]], start.end())
        length = end - start.start()
        length = min(length, 0) if start["opening"] == "{#" else length  # a comment costs nothing
        tags, total, depth = tags + 1, total + length, depth + DEEPER.get(start["word"], 0)
        if problem := _size_problem(length, tags, total, depth):
            line = source.count("\n", 0, start.start()) + 1
            raise TemplateFaultError(line, problem, "close, shorten or split it")
        position = end + 2


def _size_problem(length: int, tags: int, total: int, depth: int) -> str:
    if length < 0:
        return "a tag is not closed"
    if length > MAX_TAG_LENGTH:
        return f"a tag is longer than {MAX_TAG_LENGTH} characters"
    if tags > MAX_TAGS or total > MAX_TAG_TOTAL:
        return f"more than {MAX_TAGS} tags, or more than {MAX_TAG_TOTAL} characters in them"
    return f"more than {MAX_BLOCKS} blocks within each other" if depth > MAX_BLOCKS else ""


def _sized(tree: nodes.Template) -> Iterator[nodes.Node]:
    """Every node of a tree of bearable size."""
    stack: list[tuple[nodes.Node, int, int]] = [(tree, 0, 0)]
    count = 0
    while stack:
        node, depth, loops = stack.pop()
        count += 1
        loops += isinstance(node, nodes.For)
        if count > MAX_NODES or depth > MAX_DEPTH or loops > MAX_LOOPS:
            raise TemplateFaultError(
                node.lineno or 1, "too large, too deep, or loops three deep", "simplify it"
            )
        yield node
        stack.extend((child, depth + 1, loops) for child in node.iter_child_nodes())


def judge(node: nodes.Node, *, ours: bool) -> None:
    """Refuse a node that is not on the list, or not in this shape."""
    if isinstance(node, PLAIN):
        return
    if isinstance(node, nodes.Name) and ours and OURS.fullmatch(node.name):
        return
    if isinstance(node, nodes.Filter) and ours and node.name == ENCODED:
        return
    verdict = JUDGES.get(type(node))
    problem = verdict(node) if verdict else f"{type(node).__name__} is not allowed in a template"
    if problem:
        raise TemplateFaultError(node.lineno or 1, problem, "use fields, if, for and the listed filters")


def _name(node: nodes.Name) -> str:
    private = node.name.startswith("_") or node.name in NOT_FIELDS
    return f"{node.name} is not a field" if private else ""


def _attribute(node: nodes.Getattr) -> str:
    return f"{node.attr} is not a field" if node.attr.startswith("_") else ""


def _item(node: nodes.Getitem) -> str:
    parts = list(node.arg.iter_child_nodes()) if isinstance(node.arg, nodes.Slice) else [node.arg]
    if not all(isinstance(part, nodes.Const) for part in parts):
        return "an index must be a constant"
    return "a field's name never begins with _" if str(getattr(node.arg, "value", "")).startswith("_") else ""


def _constant(node: nodes.Const) -> str:
    large = isinstance(node.value, int | float) and abs(node.value) > MAX_NUMBER**3
    return "the number is too large" if large else ""


def _loop(node: nodes.For) -> str:
    if node.recursive:
        return "a loop cannot be recursive"
    return "" if isinstance(node.target, nodes.Name) else "a loop names one thing at a time"


def _filter(node: nodes.Filter) -> str:
    if node.name not in FILTERS:
        return f"the filter {node.name} is not allowed"
    if node.node is None or node.dyn_args or node.dyn_kwargs:
        return f"the filter {node.name} is used in a way that is not allowed"
    return (
        ""
        if node.name in TAKES_FIELDS or _small(node)
        else f"the filter {node.name} takes small constants only"
    )


def _small(node: nodes.Filter) -> bool:
    values = [*node.args, *(keyword.value for keyword in node.kwargs)]
    return all(isinstance(value, nodes.Const) and not _exceeds(value.value) for value in values)


def _exceeds(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) > MAX_NUMBER


def _test(node: nodes.Test) -> str:
    return "" if node.name in TESTS and not node.args else f"the test {node.name} is not allowed"


JUDGES: dict[type[nodes.Node], Callable[..., str]] = {
    nodes.Name: _name,
    nodes.Getattr: _attribute,
    nodes.Getitem: _item,
    nodes.Const: _constant,
    nodes.For: _loop,
    nodes.Filter: _filter,
    nodes.Test: _test,
}
