"""What setup does in AWS. Each act looks first and does nothing twice, so whoever was interrupted begins again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from sojourn.account.read import NO_SUCH, Clients
from sojourn.account.setup.records import BOUNCES, TTL, Record

PLANS = ("none", "essentials")


class NoZoneError(Exception):
    """Route 53 keeps no zone that the domain lies in."""


@dataclass(frozen=True, slots=True)
class Acts:
    """The services, and what is done with them."""

    clients: Clients

    def identity(self, domain: str) -> None:
        """Make SES know the domain, with keys of 2,048 bits that SES keeps and turns, and a MAIL FROM below it."""
        ses = self.clients("sesv2")
        try:
            found = ses.get_email_identity(EmailIdentity=domain)
        except ClientError as error:
            if error.response["Error"]["Code"] not in NO_SUCH:
                raise
            signing = {"NextSigningKeyLength": "RSA_2048_BIT"}
            ses.create_email_identity(EmailIdentity=domain, DkimSigningAttributes=signing)
            found = {}
        if not found.get("MailFromAttributes", {}).get("MailFromDomain"):
            ses.put_email_identity_mail_from_attributes(
                EmailIdentity=domain,
                MailFromDomain=f"{BOUNCES}.{domain}",
                BehaviorOnMxFailure="USE_DEFAULT_VALUE",  # mails go out while the records are on their way
            )

    def write_records(self, domain: str, missing: Iterable[Record]) -> int:
        """Write those into the nearest zone above the domain; how many. NoZoneError where there is none."""
        changes = [_change(each) for each in missing]
        if changes:
            route53 = self.clients("route53")
            zone = _zone(route53, domain)
            route53.change_resource_record_sets(
                HostedZoneId=zone, ChangeBatch={"Comment": "sojourn setup", "Changes": changes}
            )
        return len(changes)

    def plan(self, name: str) -> None:
        """Choose SES's price plan; what is chosen already stays."""
        self.clients("sesv2").put_account_pricing_attributes(Plan=name.upper())

    def ask_production(self, *, website: str, text: str, contact: str) -> None:
        """Ask AWS to let mail go to anybody."""
        self.clients("sesv2").put_account_details(
            MailType="MARKETING",
            WebsiteURL=website,
            ContactLanguage="EN",
            UseCaseDescription=text,
            AdditionalContactEmailAddresses=[contact],
            ProductionAccessEnabled=True,
        )

    def certificate(self, host: str) -> tuple[str, str, Record | None]:
        """ARN and state of the host's certificate, asked for where there is none, and the record that proves it."""
        acm = self.clients("acm")
        arn = _certificate_of(acm, host) or self._new_certificate(host)
        found = acm.describe_certificate(CertificateArn=arn)["Certificate"]
        return arn, found["Status"], _proof(found)

    def _new_certificate(self, host: str) -> str:
        token = "".join(char for char in host if char.isalnum())[
            :32
        ]  # asked twice within an hour is asked once
        acm = self.clients("acm")
        made = acm.request_certificate(DomainName=host, ValidationMethod="DNS", IdempotencyToken=token)
        return str(made["CertificateArn"])


def _certificate_of(acm: Any, host: str) -> str | None:
    """The one that is good, or on its way."""
    for page in acm.get_paginator("list_certificates").paginate(
        CertificateStatuses=["ISSUED", "PENDING_VALIDATION"]
    ):
        for each in page["CertificateSummaryList"]:
            if each["DomainName"] == host:
                return str(each["CertificateArn"])
    return None


def _proof(certificate: dict[str, Any]) -> Record | None:
    """ACM makes the record up a moment after it was asked."""
    for option in certificate.get("DomainValidationOptions", []):
        if record := option.get("ResourceRecord"):
            return Record(
                record["Type"], record["Name"].rstrip("."), record["Value"], "certificate of the host"
            )
    return None


def _zone(route53: Any, domain: str) -> str:
    labels = domain.split(".")
    for n in range(len(labels) - 1):
        name = ".".join(labels[n:])
        for zone in route53.list_hosted_zones_by_name(DNSName=name, MaxItems="1")["HostedZones"]:
            if zone["Name"].rstrip(".") == name and not zone.get("Config", {}).get("PrivateZone"):
                return str(zone["Id"])
    raise NoZoneError(domain)


def _change(record: Record) -> dict[str, Any]:
    value = f'"{record.value}"' if record.kind == "TXT" else record.value
    found = {"Name": record.name, "Type": record.kind, "TTL": TTL, "ResourceRecords": [{"Value": value}]}
    # CREATE, not UPSERT: what somebody else wrote under the name is refused, never overwritten.
    return {"Action": "CREATE", "ResourceRecordSet": found}
