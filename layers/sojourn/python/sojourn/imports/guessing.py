"""A mapping guessed from the names of the columns and some of their cells, for a person to look at. Pure."""

import re
from collections.abc import Iterable, Sequence

from sojourn.imports.mapping import IGNORE, Mapping, Target
from sojourn.imports.model import Kind
from sojourn.imports.values import guess

# What a name is when its letters and digits are all that is looked at, in lower case.
WHO = {
    "userId": "userid id customerid customer contactid externalid uid memberid customernumber clientid user",
    "anonymousId": "anonymousid visitorid",
}
KNOWN = {
    "email": "email emailaddress mail emailid courriel correo correoelectronico emailadresse adresseemail",
    "phone": "phone phonenumber mobile mobilephone mobilenumber cell cellphone tel telephone telefon sms smsnumber",
    "firstName": "firstname givenname forename fname prenom vorname nombre",
    "lastName": "lastname surname familyname lname nachname apellido",
    "name": "name fullname",
    "timezone": "timezone tz timezonename",
    "language": "language lang locale",
    "birthday": "birthday birthdate dateofbirth dob",
    "company": "company companyname organization organisation",
    "postalCode": "postalcode zip zipcode postcode",
}
SAYS = {
    "consent.email": "consent optin optedin marketingconsent marketingoptin subscribed subscribe newsletter "
    "emailconsent emailoptin emailsubscribed acceptsmarketing acceptsemailmarketing emailmarketingconsent gdprconsent",
    "consent.sms": "smsconsent smsoptin acceptssmsmarketing smssubscribed smsmarketingconsent",
    "unsubscribed.email": "unsubscribed unsubscribe optout optedout emailoptout emailunsubscribed",
    "unsubscribed.sms": "smsoptout smsunsubscribed",
    "evidence.at": "consentat consentdate consenttime consenttimestamp optindate optinat optintime optintimestamp "
    "subscribedat subscriptiondate confirmtime confirmedat",
    "evidence.how": "consenthow consentmethod optinmethod",
    "evidence.source": "consentsource optinsource signupsource subscriptionsource",
    "evidence.form": "consentform signupform optinform",
    "evidence.wording": "consentwording consenttext optintext",
    "evidence.ip": "consentip optinip confirmip",
}
DID = {
    "event": "event eventname action",
    "timestamp": "timestamp time date datetime at occurredat happenedat eventtime orderdate purchasedate createdat",
}


def _table(kind: Kind) -> dict[str, str]:
    tables = [WHO, {f"traits.{name}": words for name, words in KNOWN.items()}, SAYS]
    if kind is Kind.EVENTS:
        tables = [WHO, {"traits.email": KNOWN["email"]}, DID]
    return {word: to for table in tables for to, words in table.items() for word in words.split()}


def guess_mapping(
    kind: Kind, headers: Sequence[str], samples: Sequence[Sequence[str]], *, event: str = ""
) -> Mapping:
    """What a person would most likely say; a column that repeats another's target is left to them."""
    table, taken, columns = _table(kind), set[str](), dict[str, Target]()
    for place, header in enumerate(headers):
        cells = [row[place].strip() for row in samples if place < len(row)]
        target = _target(kind, header, cells, table)
        if target.to in taken or header in columns:
            columns.setdefault(header, Target(IGNORE))
            continue
        taken.add(target.to)
        columns[header] = target
    return Mapping(kind, columns, event)


def _target(kind: Kind, header: str, cells: Iterable[str], table: dict[str, str]) -> Target:
    place, _, rest = header.partition(".")
    kin = {Kind.CONTACTS: "traits", Kind.EVENTS: "properties"}[kind]
    if rest and place.lower() == kin:
        known = table.get(_letters(rest), "") if kind is Kind.CONTACTS else ""
        return _typed(known if known.startswith("traits.") else f"{kin}.{rest}", cells)
    if to := table.get(_letters(header)):
        return _typed(to, cells) if to == "traits.birthday" else Target(to)
    return _typed(f"{kin}.{_named(header, kind)}", cells)


def _typed(to: str, cells: Iterable[str]) -> Target:
    """Ids and addresses are texts, whatever they look like."""
    is_id = to.lower().endswith(("id", "phone", "code", "zip", "email"))
    return Target(to) if is_id else Target(to, guess(cells))


def _letters(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", header.lower())


def _named(header: str, kind: Kind) -> str:
    """`Favourite colour` → favouriteColour of a person, favourite_colour of a deed; a name that is one stays."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", header):
        return header
    words = re.findall(r"\w+", header.lower()) or ["column"]
    return "_".join(words) if kind is Kind.EVENTS else words[0] + "".join(word.title() for word in words[1:])
