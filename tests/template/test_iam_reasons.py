"""The proof of permissions on small records: what fails it, what is only told, and when nothing is proved."""

from types import SimpleNamespace
from typing import Any

import pytest

from infra.lint.grants import Grant, grants
from infra.lint.iam_reasons import CHANCE, ELSEWHERE, NEVER, SORTS, Reason, faults, idle, reasons
from infra.lint.stacks import ROOT, Stack
from infra.local.proof import Proof
from tests.stories import proving

READ = Grant("ApiRole", "dynamodb:GetItem", "PeopleTable")
LOG = Grant("ApiRole", "logs:PutLogEvents", "ApiLog")
KNOWN = [READ, LOG]


def about(grant: Grant, sort: str) -> Reason:
    return Reason(sort=sort, actions=(grant.action,), says="so they say")


def test_every_reason_of_ours_is_about_a_grant_that_stands_and_says_who_walks_there(stack: Stack):
    known, given = grants(stack), reasons()

    assert not list(faults(known, known, [each for each in given if each.sort != NEVER]))
    assert not [each for each in faults(known, [], given) if "is about no grant" in each]
    for reason in given:
        assert bool(reason.tests) == (reason.sort == ELSEWHERE), (
            f"{reason}: `elsewhere` names tests, no other"
        )
        assert all((ROOT / path).exists() for path in reason.tests), reason
        assert reason.roles or reason.resources or reason.sort == NEVER, f"{reason} is about every function"


def test_a_grant_that_no_story_used_fails_the_proof_under_its_function_s_name():
    [fault] = faults(KNOWN, {READ}, [])

    assert fault.startswith("ApiRole: logs:PutLogEvents on ApiLog: no story used it. Take it out,")
    assert list(faults(KNOWN, {READ, LOG}, [])) == []


@pytest.mark.parametrize("sort", SORTS)
def test_a_reason_excuses_it_and_no_other(sort: str):
    assert list(faults(KNOWN, {READ}, [about(LOG, sort)])) == []
    assert len(list(faults(KNOWN, set(), [about(LOG, sort)]))) == 1


@pytest.mark.parametrize("sort", SORTS)
def test_a_reason_for_a_grant_that_is_gone_fails_the_proof(sort: str):
    assert "is about no grant of the template any more" in next(faults([READ], {READ}, [about(LOG, sort)]))


def test_a_grant_that_is_used_now_says_so_by_the_sort_of_its_reason():
    never, elsewhere, chance = (about(LOG, sort) for sort in (NEVER, ELSEWHERE, CHANCE))

    assert "is not so: a story used ApiRole: logs:PutLogEvents" in next(faults([LOG], {LOG}, [never]))
    assert list(faults([LOG], {LOG}, [elsewhere, chance])) == []
    assert "is used in a story now: take it out of elsewhere" in next(idle([LOG], {LOG}, [elsewhere]))
    assert list(idle([LOG], {LOG}, [chance, elsewhere])) == []
    assert list(idle([LOG], set(), [elsewhere])) == []


def found(*used: Grant, refused: tuple[str, ...] = ()) -> Proof:
    return Proof(known=tuple(KNOWN), used=frozenset(used), refused=refused, given=())


def test_the_list_says_of_each_function_what_became_of_each_grant():
    told = Proof(known=tuple(KNOWN), used=frozenset([READ]), refused=(), given=(about(LOG, CHANCE),))

    assert list(told.listing()) == [
        "ApiRole: 1 of 2 used",
        "  used       dynamodb:GetItem on PeopleTable",
        "  chance     logs:PutLogEvents on ApiLog",
    ]
    assert "  UNUSED     logs:PutLogEvents on ApiLog" in found(READ).listing()


def test_a_whole_green_run_fails_on_an_idle_grant_and_on_a_refusal_and_says_the_way_out():
    idle_grant, refusal = (
        proving.verdict(each) for each in (found(READ), found(*KNOWN, refused=("ApiRole: a:B on c",)))
    )

    assert idle_grant.is_failed
    assert f"{LOG}: no story used it" in idle_grant.words
    assert proving.HOW_TO_MEND in idle_grant.words
    assert refusal.is_failed
    assert "refused: ApiRole: a:B on c" in refusal.words
    assert not proving.verdict(found(*KNOWN), skipped=1).is_failed
    assert "2 tests were skipped" in proving.verdict(found(READ), skipped=2).words


def test_where_a_story_failed_nothing_is_proved_and_a_refusal_may_be_why():
    told = proving.void(["SendMessageRole: ses:SendEmail on *"], is_whole=True)

    assert not told.is_failed
    assert told.words == f"refused: SendMessageRole: ses:SendEmail on *\n{proving.VOID}"
    assert proving.void([], is_whole=False).words == ""


def config(**said: Any) -> Any:
    """What pytest knows of `make test`'s second run, but for what is said."""
    told = {"keyword": "", "deselect": None, "ignore": None, "ignore_glob": None, "lf": False, **said}
    args = told.pop("args", ["tests/stories", "tests/infra_local", "tests/browser"])
    return SimpleNamespace(option=SimpleNamespace(markexpr="local_cloud", **told), args=args)


@pytest.mark.parametrize(
    ("said", "is_whole"),
    [
        ({}, True),
        ({"args": ["tests/stories/", "tests/infra_local", "tests/browser"]}, True),
        ({"args": ["tests/stories", "tests/infra_local"]}, False),
        ({"args": ["tests/stories/test_door.py", "tests/infra_local", "tests/browser"]}, False),
        ({"keyword": "door"}, False),
        ({"deselect": ["tests/stories/test_door.py"]}, False),
        ({"ignore": ["tests/stories/test_door.py"]}, False),
        ({"lf": True}, False),
    ],
)
def test_only_the_whole_run_proves_anything(said: dict[str, Any], is_whole: bool):
    assert proving.is_whole(config(**said)) is is_whole


def test_a_helper_of_the_run_judges_nothing():
    helper = config()
    helper.workerinput = {}

    assert not proving.is_whole(helper)
