"""Inviting is repeated without harm, a person has one role, and somebody is always left who may let others in."""

from collections.abc import Iterator
from typing import Any

import botocore.session
import click
import pytest
from botocore.stub import Stubber

from sojourn.account.people import LastAdminError, NobodyError, People, Person, has_admin
from sojourn.audit.store import changes_before
from sojourn.cli.users import address, aws_errors_told, give, invite, remove
from tests.cloud import moto_cloud

POOL = "eu-west-1_Pool"
ADA = "ada@example.org"
WHO = {"UserPoolId": POOL, "Username": ADA}
CREATED = {
    **WHO,
    "UserAttributes": [{"Name": "email", "Value": ADA}, {"Name": "email_verified", "Value": "true"}],
    "DesiredDeliveryMediums": ["EMAIL"],
}


@pytest.fixture
def stub() -> Iterator[Stubber]:
    session = botocore.session.get_session()
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    with Stubber(session.create_client("cognito-idp", region_name="eu-west-1", **keys)) as made:
        yield made
        made.assert_no_pending_responses()


@pytest.fixture
def tables() -> Iterator[None]:
    with moto_cloud():
        yield


def people(stub: Stubber) -> People:
    return People(stub.client, POOL)


def roles(stub: Stubber, *names: str) -> None:
    """What Cognito says of Ada's groups."""
    stub.add_response(
        "admin_list_groups_for_user",
        {"Groups": [{"GroupName": name, "UserPoolId": POOL} for name in names]},
        {**WHO, "Limit": 60},
    )


def in_role(stub: Stubber, role: str, *names: str) -> None:
    """What Cognito says of who has a role."""
    asked = {"UserPoolId": POOL, "GroupName": role, "Limit": 60}
    stub.add_response("list_users_in_group", {"Users": [{"Username": name} for name in names]}, asked)


def test_an_invitation_is_a_user_in_a_group(stub):
    stub.add_response("admin_create_user", {"User": {"Username": "5f0c"}}, CREATED)
    roles(stub)
    stub.add_response("admin_add_user_to_group", {}, {**WHO, "GroupName": "admin"})

    assert people(stub).invite(ADA, "admin") == (True, "")


def test_who_was_interrupted_midway_repeats_it(stub):
    stub.add_client_error("admin_create_user", "UsernameExistsException")
    roles(stub)
    stub.add_response("admin_add_user_to_group", {}, {**WHO, "GroupName": "editor"})

    assert people(stub).invite(ADA, "editor") == (False, "")


def test_a_repeated_invitation_does_nothing(stub):
    stub.add_client_error("admin_create_user", "UsernameExistsException")
    roles(stub, "editor")

    assert people(stub).invite(ADA, "editor") == (False, "editor")


def test_an_old_password_is_mailed_anew_when_asked(stub):
    stub.add_response("admin_create_user", {}, {**CREATED, "MessageAction": "RESEND"})
    roles(stub, "editor")

    assert people(stub).invite(ADA, "editor", again=True) == (False, "editor")


def test_a_new_role_takes_the_place_of_all_others(stub):
    roles(stub, "viewer", "editor", "somebody-elses")
    stub.add_response("admin_add_user_to_group", {}, {**WHO, "GroupName": "approver"})
    for name in ("viewer", "editor"):
        stub.add_response("admin_remove_user_from_group", {}, {**WHO, "GroupName": name})

    assert people(stub).give(ADA, "approver") == "editor"


def test_the_only_admin_stays(stub):
    roles(stub, "admin")
    in_role(stub, "admin", "5f0c")
    with pytest.raises(LastAdminError):
        people(stub).give(ADA, "viewer")

    roles(stub, "admin")
    in_role(stub, "admin", "5f0c")
    with pytest.raises(LastAdminError):
        people(stub).remove(ADA)


def test_one_admin_of_two_may_go(stub):
    roles(stub, "admin")
    in_role(stub, "admin", "5f0c", "77aa")
    stub.add_response("admin_delete_user", {}, WHO)

    assert people(stub).remove(ADA) == "admin"


def test_who_is_not_there_has_no_role(stub):
    stub.add_client_error("admin_list_groups_for_user", "UserNotFoundException")

    with pytest.raises(NobodyError, match=ADA):
        people(stub).give(ADA, "viewer")


def test_everybody_is_listed_by_address_over_all_pages(stub):
    for role in ("viewer", "editor", "approver"):
        in_role(stub, role)
    in_role(stub, "admin", "5f0c")
    stub.add_response(
        "list_users",
        {"Users": [user("77aa", "zoe@example.org", "FORCE_CHANGE_PASSWORD")], "PaginationToken": "more"},
        {"UserPoolId": POOL, "Limit": 60},
    )
    stub.add_response(
        "list_users",
        {"Users": [user("5f0c", ADA, "CONFIRMED")]},
        {"UserPoolId": POOL, "Limit": 60, "PaginationToken": "more"},
    )

    found = people(stub).everybody()

    assert found == [Person("5f0c", ADA, "admin", True), Person("77aa", "zoe@example.org", "", False)]
    assert [each.state for each in found] == ["active", "invited"]


def user(name: str, email: str, status: str) -> dict[str, Any]:
    return {"Username": name, "UserStatus": status, "Attributes": [{"Name": "email", "Value": email}]}


def test_an_admin_is_whoever_is_in_the_group(stub):
    in_role(stub, "admin")
    in_role(stub, "admin", "5f0c")
    stub.add_client_error("list_users_in_group", "ResourceNotFoundException")

    assert [has_admin(stub.client, POOL) for _ in range(3)] == [False, True, False]


def test_an_admin_whose_account_is_disabled_is_none(stub):
    stub.add_response("list_users_in_group", {"Users": [{"Username": "5f0c", "Enabled": False}]})

    assert not has_admin(stub.client, POOL)


# ── What the commands say and log ──


def lines() -> list[Any]:
    return [
        (line["did"], line["on"]["name"], line["before"], line["after"])
        for line in changes_before(None, 10)[0]
    ]


def test_the_log_names_people_by_id_never_by_address(stub, tables, capsys):
    stub.add_response("admin_create_user", {"User": {"Username": "5f0c"}}, CREATED)
    roles(stub)
    stub.add_response("admin_add_user_to_group", {}, {**WHO, "GroupName": "viewer"})
    stub.add_response("admin_get_user", {"Username": "5f0c"}, WHO)

    invite(people(stub), ADA, "viewer")

    assert "on its way" in capsys.readouterr().out
    assert lines() == [("user invite", "5f0c", {"role": None}, {"role": "viewer"})]
    assert ADA not in str(changes_before(None, 10))


def test_what_changes_nothing_is_not_logged(stub, tables, capsys):
    stub.add_client_error("admin_create_user", "UsernameExistsException")
    roles(stub, "viewer")
    roles(stub, "viewer")
    stub.add_client_error("admin_get_user", "UserNotFoundException")

    invite(people(stub), ADA, "viewer")
    give(people(stub), ADA, "viewer")
    remove(people(stub), ADA)

    assert capsys.readouterr().out.splitlines() == [
        f"{ADA} is there already, now as viewer: no mail was sent (--again sends one)",
        f"{ADA} is viewer already",
        f"{ADA} is not there",
    ]
    assert lines() == []


def test_a_removal_is_logged(stub, tables):
    stub.add_response("admin_get_user", {"Username": "5f0c"}, WHO)
    roles(stub, "editor")
    stub.add_response("admin_delete_user", {}, WHO)

    remove(people(stub), ADA)

    assert lines() == [("user remove", "5f0c", {"role": "editor"}, None)]


@pytest.mark.parametrize("written", ["ada", "ada@", "ada@example", "a b@example.org"])
def test_what_is_no_address_is_refused_before_aws_is_asked(written):
    with pytest.raises(click.BadParameter, match=r"you@shop\.example"):
        address(written)


def test_an_address_is_one_whatever_its_case():
    assert address("Ada@Example.ORG") == ADA


REFUSALS = {"the last": (LastAdminError(), "invite or promote"), "nobody": (NobodyError(ADA), "user invite")}


@pytest.mark.parametrize(("error", "way"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_says_the_way_out(error, way):
    with pytest.raises(click.ClickException, match=way), aws_errors_told():
        raise error
