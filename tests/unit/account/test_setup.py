"""Setting up is read from the account each time, does nothing twice, and overwrites nobody's records."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from botocore.stub import Stubber

from sojourn.account.model import Account, Identity, Key, Listener, Texts
from sojourn.account.setup.acts import Acts, NoZoneError
from sojourn.account.setup.records import Record, looked_up, records
from sojourn.account.setup.request import draft
from sojourn.account.setup.steps import Standing, steps
from tests.unit.account.test_doctor import DOMAIN, GOOD, NOW, domain, mail

NEW = Identity(name="example.org", is_verified=False, dkim="PENDING", tokens=("a", "b", "c"))
WANTED = records(NEW, region="eu-west-1", reports_to="hello@example.org", has_dmarc=False)
THERE = [replace(each, is_there=True) for each in WANTED]


def standing(account: Account, name: str, wanted: list[Record] = THERE) -> Standing:
    (found,) = [each for each in steps(account, wanted) if each.name == name]
    assert found.says
    assert found.standing is Standing.DONE or found.whom
    return found.standing


def test_a_domain_needs_six_records():
    assert [(each.kind, each.name) for each in WANTED] == [
        ("CNAME", "a._domainkey.example.org"),
        ("CNAME", "b._domainkey.example.org"),
        ("CNAME", "c._domainkey.example.org"),
        ("MX", "bounce.example.org"),
        ("TXT", "bounce.example.org"),
        ("TXT", "_dmarc.example.org"),
    ]
    assert WANTED[3].value == "10 feedback-smtp.eu-west-1.amazonses.com"
    assert WANTED[5].value == "v=DMARC1; p=none; rua=mailto:hello@example.org"


def test_a_policy_that_is_there_is_left_alone():
    kept = records(NEW, region="eu-west-1", reports_to="hello@example.org", has_dmarc=True)

    assert "_dmarc.example.org" not in {each.name for each in kept}


def test_dns_may_quote_and_dot_and_shout():
    zone = {
        ("a._domainkey.example.org", "CNAME"): ["A.DKIM.amazonses.com."],
        ("bounce.example.org", "MX"): ["10 feedback-smtp.eu-west-1.amazonses.com."],
        ("bounce.example.org", "TXT"): ['"v=spf1 include:amazonses.com ~all"'],
        ("_dmarc.example.org", "TXT"): ["v=DMARC1; p=reject"],
    }

    seen = looked_up(WANTED, lambda name, kind: zone.get((name, kind), []))

    assert [each.is_there for each in seen] == [True, False, False, True, True, False]


STANDINGS = {
    "no identity": (mail(identities=()), "identity", Standing.TODO),
    "no MAIL FROM": (domain(mail_from=""), "identity", Standing.TODO),
    "DKIM waits": (domain(dkim="PENDING"), "identity", Standing.WAITING),
    "all is verified": (GOOD, "identity", Standing.DONE),
    "the dear plan": (mail(plan="ESSENTIALS"), "plan", Standing.TODO),
    "à la carte": (GOOD, "plan", Standing.DONE),
    "sandbox": (mail(is_in_production=False, review=""), "production", Standing.TODO),
    "asked": (mail(is_in_production=False, review="PENDING"), "production", Standing.WAITING),
    "refused": (mail(is_in_production=False, review="DENIED"), "production", Standing.TODO),
    "granted": (GOOD, "production", Standing.DONE),
    "texts in the sandbox": (
        replace(GOOD, texts=Texts(is_in_sandbox=True, limit_usd=1)),
        "sms",
        Standing.TODO,
    ),
    "texts": (GOOD, "sms", Standing.DONE),
    "nobody told": (replace(GOOD, listeners=()), "alarms", Standing.TODO),
    "not confirmed": (
        replace(GOOD, listeners=(Listener("ops@example.org", False),)),
        "alarms",
        Standing.WAITING,
    ),
    "told": (GOOD, "alarms", Standing.DONE),
    "made-up host": (
        replace(GOOD, public_url="https://a.execute-api.x.amazonaws.com/live"),
        "host",
        Standing.TODO,
    ),
    "own host": (GOOD, "host", Standing.DONE),
    "no admin": (replace(GOOD, has_admin=False), "admin", Standing.TODO),
    "an admin": (GOOD, "admin", Standing.DONE),
    "no write key": (replace(GOOD, keys=(Key("api", "ops", NOW),)), "keys", Standing.TODO),
    "a write key": (GOOD, "keys", Standing.DONE),
}


@pytest.mark.parametrize(("account", "name", "expected"), STANDINGS.values(), ids=STANDINGS)
def test_each_step_says_how_far_it_is(account, name, expected):
    assert standing(account, name) is expected


def test_records_are_done_when_dns_has_all_of_them():
    assert standing(GOOD, "dns") is Standing.DONE
    assert standing(GOOD, "dns", WANTED) is Standing.TODO
    assert standing(mail(identities=()), "dns") is Standing.TODO


def test_the_request_says_what_aws_asks_for_and_fits():
    text = draft(sender="hello@example.org", website="https://shop.example", per_day=1_000)

    assert len(text) < 5_000
    for word in (
        "hello@example.org",
        "https://shop.example",
        "1,000",
        "double opt-in",
        "complaints",
        "RFC 8058",
    ):
        assert word in text


# ── What is done in AWS ──


@pytest.fixture
def stubs() -> Iterator[dict[str, Stubber]]:
    session = botocore.session.get_session()
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    made = {
        name: Stubber(session.create_client(name, region_name="eu-west-1", **keys))
        for name in ("sesv2", "route53", "acm")
    }
    for stub in made.values():
        stub.activate()
    yield made
    for stub in made.values():
        stub.assert_no_pending_responses()


def acts(stubs: dict[str, Stubber]) -> Acts:
    return Acts(lambda name: stubs[name].client)


def test_a_domain_that_ses_does_not_know_is_made_known(stubs):
    ses = stubs["sesv2"]
    ses.add_client_error("get_email_identity", "NotFoundException")
    ses.add_response(
        "create_email_identity",
        {},
        {"EmailIdentity": "example.org", "DkimSigningAttributes": {"NextSigningKeyLength": "RSA_2048_BIT"}},
    )
    ses.add_response(
        "put_email_identity_mail_from_attributes",
        {},
        {
            "EmailIdentity": "example.org",
            "MailFromDomain": "bounce.example.org",
            "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
        },
    )

    acts(stubs).identity("example.org")


def test_who_was_interrupted_goes_on_where_it_was(stubs):
    stubs["sesv2"].add_response("get_email_identity", {"VerifiedForSendingStatus": False})
    stubs["sesv2"].add_response("put_email_identity_mail_from_attributes", {})

    acts(stubs).identity("example.org")


def test_what_is_set_stays(stubs):
    kept = {
        "MailFromDomain": "mail.example.org",
        "MailFromDomainStatus": "SUCCESS",
        "BehaviorOnMxFailure": "REJECT_MESSAGE",
    }
    stubs["sesv2"].add_response("get_email_identity", {"MailFromAttributes": kept})

    acts(stubs).identity("example.org")


def zone(name: str, *, private: bool = False) -> dict[str, Any]:
    return {
        "HostedZones": [
            {"Id": "/hostedzone/Z1", "Name": name, "CallerReference": "c", "Config": {"PrivateZone": private}}
        ],
        "IsTruncated": False,
        "MaxItems": "1",
    }


def test_records_go_into_the_nearest_zone_and_overwrite_nothing(stubs):
    route53 = stubs["route53"]
    route53.add_response(
        "list_hosted_zones_by_name", zone("other.org."), {"DNSName": "news.example.org", "MaxItems": "1"}
    )
    route53.add_response(
        "list_hosted_zones_by_name", zone("example.org."), {"DNSName": "example.org", "MaxItems": "1"}
    )
    change = {
        "Action": "CREATE",
        "ResourceRecordSet": {
            "Name": "_dmarc.example.org",
            "Type": "TXT",
            "TTL": 300,
            "ResourceRecords": [{"Value": '"v=DMARC1; p=none; rua=mailto:hello@example.org"'}],
        },
    }
    route53.add_response(
        "change_resource_record_sets",
        {"ChangeInfo": {"Id": "1", "Status": "PENDING", "SubmittedAt": NOW}},
        {"HostedZoneId": "/hostedzone/Z1", "ChangeBatch": {"Comment": "sojourn setup", "Changes": [change]}},
    )

    assert acts(stubs).write_records("news.example.org", [WANTED[5]]) == 1


def test_nothing_missing_asks_nothing(stubs):
    assert acts(stubs).write_records("example.org", []) == 0


def test_without_a_public_zone_it_says_so(stubs):
    stubs["route53"].add_response("list_hosted_zones_by_name", zone("example.org.", private=True))

    with pytest.raises(NoZoneError, match=r"example\.org"):
        acts(stubs).write_records("example.org", WANTED)


def test_plan_and_request_are_what_the_api_takes(stubs):
    stubs["sesv2"].add_response("put_account_pricing_attributes", {}, {"Plan": "NONE"})
    stubs["sesv2"].add_response("put_account_details", {})

    acts(stubs).plan("none")
    acts(stubs).ask_production(website="https://shop.example", text="x", contact="hello@example.org")


ARN = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
PROOF = {"Name": "_x.mail.example.org.", "Type": "CNAME", "Value": "_y.acm-validations.aws."}


@pytest.mark.parametrize("is_there", [True, False], ids=["asked for before", "new"])
def test_the_certificate_of_a_host_is_asked_for_once(stubs, is_there):
    acm = stubs["acm"]
    listed = [{"CertificateArn": ARN, "DomainName": "mail.example.org"}] if is_there else []
    acm.add_response("list_certificates", {"CertificateSummaryList": listed})
    if not is_there:
        acm.add_response("request_certificate", {"CertificateArn": ARN})
    acm.add_response(
        "describe_certificate",
        {
            "Certificate": {
                "Status": "PENDING_VALIDATION",
                "DomainValidationOptions": [{"DomainName": "mail.example.org", "ResourceRecord": PROOF}],
            }
        },
        {"CertificateArn": ARN},
    )

    arn, state, record = acts(stubs).certificate("mail.example.org")

    assert (arn, state) == (ARN, "PENDING_VALIDATION")
    assert record is not None
    assert record.name == "_x.mail.example.org"
    assert DOMAIN.is_domain
