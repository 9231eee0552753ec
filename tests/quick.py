"""moto and botocore, quicker: most of a test's seconds went into what no test looks at.

- DynamoDB's requests go straight to moto's actions. On the way there moto would try its patterns of URLs one by one,
  and translate requests and answers by botocore's model; both are DynamoDB's own JSON already.
- A transaction keeps the rows that it names, to put them back if it fails; moto copies their tables, once for each row.
- An UpdateExpression is parsed once a process, and walked through without asking at each node what to look for.
- The models of AWS's services are read from their files once a process, not once a session, and so are the names of
  events and what handlers take looked up; and nothing is signed for moto's DynamoDB, who does not look.

tests/unit/test_quick.py holds the answers against moto's own.
"""

import functools
import json
import pickle
import re
from base64 import b64decode
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from importlib import import_module
from typing import Any, cast

from botocore import hooks
from botocore.awsrequest import AWSPreparedRequest
from botocore.hooks import EventAliaser
from botocore.loaders import Loader
from botocore.signers import RequestSigner
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.exceptions import JsonRESTError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.utils import camelcase_to_underscores
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.models.utilities import dynamo_json_dump
from moto.dynamodb.responses import DynamoHandler

Answer = tuple[int, str, dict[str, str]]
DYNAMODB = re.compile(r"https://dynamodb\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/")
PROCESS: Callable[[BotocoreStubber, AWSPreparedRequest], Any] = BotocoreStubber.process_request
TRANSACT: Callable[[DynamoDBBackend, list[dict[str, Any]]], None] = DynamoDBBackend.transact_write_items
SIGN: Callable[..., Any] = RequestSigner.handler
AST, PARSING, VALIDATING = (  # mypy finds no names in them
    cast(Any, import_module(f"moto.dynamodb.parsing.{name}"))
    for name in ("ast_nodes", "expressions", "validators")
)
PARSE = PARSING.UpdateExpressionParser.make
WALK = AST.DepthFirstTraverser.traverse
COPY = VALIDATING.deepcopy
TAKES: Callable[[Any], bool] = hooks.accepts_kwargs
LOADED: dict[Any, Any] = {}  # what a loader of botocore has read
NAMED: dict[str, str] = {}  # events of botocore by the names of old
TAKING: dict[Any, bool] = {}  # whether code takes arguments by any name


def install() -> None:
    """From now on; twice does no harm."""
    setattr(Loader, "_cache", property(lambda _: LOADED, lambda *_: None))  # noqa: B010  # here and below: for mypy
    setattr(EventAliaser, "_alias_name_cache", property(lambda _: NAMED, lambda *_: None))  # noqa: B010
    setattr(hooks, "accepts_kwargs", _takes)  # noqa: B010
    setattr(RequestSigner, "handler", _sign)  # noqa: B010
    setattr(BotocoreStubber, "process_request", _process)  # noqa: B010
    setattr(DynamoDBBackend, "transact_write_items", _transact)  # noqa: B010
    setattr(Table, "__deepcopy__", lambda table, _: table)  # noqa: B010  # `_transact` keeps what may have to come back
    PARSING.UpdateExpressionParser.make = functools.cache(PARSE)  # whoever changes a tree has copied it
    AST.DepthFirstTraverser.traverse, VALIDATING.deepcopy = _traverse, _copied


def uninstall() -> None:
    """As moto does it."""
    setattr(BotocoreStubber, "process_request", PROCESS)  # noqa: B010
    setattr(DynamoDBBackend, "transact_write_items", TRANSACT)  # noqa: B010
    delattr(Table, "__deepcopy__")
    PARSING.UpdateExpressionParser.make = PARSE
    AST.DepthFirstTraverser.traverse, VALIDATING.deepcopy = WALK, COPY


def dynamodb(request: AWSPreparedRequest) -> Answer:
    """What moto's DynamoDB answers."""
    address = DYNAMODB.match(request.url)
    assert address, request.url
    handler = DynamoHandler()
    handler.current_account, handler.region = DEFAULT_ACCOUNT_ID, address["region"]
    handler.headers, handler.body = request.headers, _said(request.body)
    try:
        said = getattr(handler, _action(request.headers["X-Amz-Target"]))()
    except JsonRESTError as error:
        return error.code, error.description, dict(error.get_headers())
    return 200, said if isinstance(said, str) else dynamo_json_dump(said.result), {}


def _sign(signer: RequestSigner, request: Any = None, **what: Any) -> Any:
    return None if DYNAMODB.match(request.url) else SIGN(signer, request=request, **what)


def _copied(tree: Any) -> Any:
    return pickle.loads(pickle.dumps(tree, pickle.HIGHEST_PROTOCOL))  # noqa: S301  # our own, of this moment


def _traverse(walker: Any, root: Any) -> Any:
    wanted = walker.nodes_to_be_processed()

    def walk(node: Any, number: int) -> Any:
        parent = node.parent
        for at, child in enumerate(node.children or ()):
            walker.pre_processing_of_child(node, at)
            if isinstance(child, AST.Node):
                walk(child, at)
        if _is_one(node.__class__, wanted):
            node = walker.process(node)
            node.parent = parent
            if parent:
                parent.children[number] = node
        return node

    return walk(root, -1) if isinstance(root, AST.Node) else root


@functools.cache
def _is_one(kind: Hashable, wanted: Hashable) -> bool:
    return issubclass(cast(type, kind), cast(tuple[type, ...], wanted))


def _takes(handler: Any) -> bool:
    code = getattr(handler, "__code__", None)  # a method would be kept, and its client with it
    if code is None:
        return TAKES(handler)
    if code not in TAKING:
        TAKING[code] = TAKES(handler)
    return TAKING[code]


def _said(body: str | bytes) -> Any:
    text = body if isinstance(body, str) else body.decode()
    return json.loads(text, object_hook=_with_bytes if '"B' in text else None)


def _with_bytes(said: dict[str, Any]) -> dict[str, Any]:
    """Bytes come as base64; a thing called B, or a list of some called BS, is no text."""
    match said:
        case {"B": str(coded)} if len(said) == 1:
            return {"B": b64decode(coded)}
        case {"BS": [*coded]} if len(said) == 1:
            return {"BS": [b64decode(each) for each in coded]}
    return said


@functools.cache
def _action(target: str | bytes) -> str:
    said = target if isinstance(target, str) else target.decode()
    return str(camelcase_to_underscores(said.partition(".")[2]))


def _process(stubber: BotocoreStubber, request: AWSPreparedRequest) -> Any:
    if not DYNAMODB.match(request.url):
        return PROCESS(stubber, request)
    status, body, headers = dynamodb(request)
    return status, headers, body


def _transact(backend: DynamoDBBackend, items: list[dict[str, Any]]) -> None:
    with ExitStack() as kept:
        for said in [said for item in items for said in item.values()]:
            if table := backend.tables.get(said["TableName"]):
                kept.enter_context(_kept(table, said.get("Key") or said["Item"]))
        TRANSACT(backend, items)


@contextmanager
def _kept(table: Table, names: dict[str, Any]) -> Iterator[None]:
    """Whatever fails, the row is as it was, and the stream as long."""
    key: list[Any] = [DynamoType(names[name]) for name in (table.hash_key_attr, table.range_key_attr) if name]
    before, records = deepcopy(table.get_item(key[0], *key[1:])), len(_records(table))
    try:
        yield
    except BaseException:
        del _records(table)[records:]
        _put_back(table, key, before)
        raise


def _records(table: Table) -> list[Any]:
    return table.stream_shard.items if table.stream_shard else []


def _put_back(table: Table, key: list[DynamoType], row: Any) -> None:
    *collection, last = key
    rows = table.items[collection[0]] if collection else table.items
    if row is None:
        rows.pop(last, None)
    else:
        rows[last] = row
