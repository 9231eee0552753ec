"""A scan of the local cloud answers as MiniStack alone does, page by page, part by part; only sooner."""

from __future__ import annotations

import pytest

from infra.local.processes import MINISTACK_PYTHON
from tests.infra_local.test_quirks import within_ministack

pytestmark = [
    pytest.mark.local_cloud,
    pytest.mark.skipif(not MINISTACK_PYTHON.exists(), reason="needs: make install"),
]

TABLE = """
import json
from infra.local import scans
from ministack.services import dynamodb

KEYS = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
TYPES = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")]
dynamodb._create_table(
    {"TableName": "People", "BillingMode": "PAY_PER_REQUEST", "KeySchema": KEYS, "AttributeDefinitions": TYPES}
)
for number in range(40):
    for sk in ("CONSENT", "PROFILE"):
        item = {"pk": {"S": f"C#{number * 7919 % 40}"}, "sk": {"S": sk}, "n": {"N": str(number)}}
        item["deep"] = {"M": {"a": {"S": "x"}, "b": {"S": "y"}}}
        dynamodb._put_item({"TableName": "People", "Item": item})

def asked(**more):
    request, pages = {"TableName": "People", **more}, []
    while True:
        status, _, body = dynamodb._scan(request)
        answer = json.loads(body)
        pages.append([status, answer])
        if "LastEvaluatedKey" not in answer:
            return pages
        request = {**request, "ExclusiveStartKey": answer["LastEvaluatedKey"]}

def answers():
    profile = {":p": {"S": "PROFILE"}}
    only = {"FilterExpression": "sk = :p AND n > :n", "ExpressionAttributeValues": {**profile, ":n": {"N": "7"}}}
    names = {"#n": "n", "#pk": "pk"}
    return [
        asked(),
        asked(Limit=7),
        [asked(Limit=3, Segment=part, TotalSegments=3, **only) for part in range(3)],
        asked(ProjectionExpression="#pk, #n, nothing", ExpressionAttributeNames=names),
        asked(ProjectionExpression="deep.b, sk", **only),
        asked(ProjectionExpression="#n, n", ExpressionAttributeNames={"#n": "n"}),
        asked(ProjectionExpression="deep, deep.a"),
        asked(FilterExpression="sk = = :p", ExpressionAttributeValues=profile),
    ]
"""


def test_every_answer_is_as_it_was():
    bare, quick, again = within_ministack(
        f"{TABLE}\nbare = answers(); scans.install(); print(json.dumps([bare, answers(), answers()]))"
    )

    assert quick == bare
    assert again == bare
    assert [page[0] for page in bare[-1]] == [400]


def test_a_filter_is_still_parsed_for_each_row_without_our_help():
    program = """
parse, seen = dynamodb._condition_syntax_error, []
dynamodb._condition_syntax_error = lambda *asked: seen.append(asked) or parse(*asked)
asked(FilterExpression="sk = :p", ExpressionAttributeValues={":p": {"S": "PROFILE"}})
print(json.dumps(len(seen)))
"""
    assert within_ministack(TABLE + program) >= 80
