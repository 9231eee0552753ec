"""Who the customers are: the file has ids only, so each is given a stable address, zone, name and consent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from infra.local.demo.chance import pick, share

WORDING = "Yes, write to me about music I may like."
MEASURED = "Yes, you may see what I open and follow."

# Area codes of each zone, and how many of the customers live there. A phone ends in 555-01xx, which is nobody's.
ZONES_WITH_PHONES: dict[str, tuple[float, tuple[int, ...]]] = {
    "America/New_York": (38, (212, 215, 202, 305, 404, 412, 516, 617, 704, 718, 804, 908)),
    "America/Chicago": (24, (214, 312, 314, 414, 504, 512, 612, 615, 713, 816)),
    "America/Los_Angeles": (18, (206, 213, 310, 408, 415, 503, 510, 619, 702, 818)),
    "America/Denver": (5, (303, 406, 505, 801)),
    "America/Phoenix": (3, (602,)),
    "Pacific/Honolulu": (1, (808,)),
    "America/Anchorage": (1, (907,)),
    "America/Toronto": (4, (416, 613)),
    "America/Vancouver": (2, (604, 250)),
    "America/Halifax": (1, (902,)),
}
ZONES_ABROAD: dict[str, float] = {
    "Europe/London": 4,
    "Europe/Berlin": 2,
    "Asia/Tokyo": 2,
    "Australia/Sydney": 1,
    "Asia/Kolkata": 1,
}
CONSENT_WITH_PHONE = [(("email", "sms"), 80.0), (("email",), 14.0), ((), 6.0)]
CONSENT_WITHOUT_PHONE: list[tuple[tuple[str, ...], float]] = [(("email",), 94.0), ((), 6.0)]
_NAMES = """
Ada Alice Amir Ana Andre Aisha Ben Bianca Carlos Carmen Chen Chloe Clara Daniel Dana David Elena Eli Emma Erik
Fatima Felix Fiona Grace Greta Hana Hector Hugo Ida Ines Isaac Ivy Jack James Jana Joao John Jose Julia Kai
Karen Kofi Laila Lars Leo Lin Linda Lucia Luis Maria Mark Maya Mei Mia Miguel Nadia Nina Noah Nora Olga Omar
Oscar Paul Petra Priya Rafael Ravi Renée Rosa Ruth Sam Sara Siân Sofia Stefan Susan Tariq Theo Tom Uma Vera
Victor Wei Yuki Zoë
"""
FIRST_NAMES = _NAMES.split()


@dataclass(frozen=True, slots=True)
class Person:
    """What the company knows of one customer."""

    customer: int
    email: str
    phone: str | None
    timezone: str
    first_name: str
    consents: tuple[str, ...]

    def traits(self) -> dict[str, Any]:
        """As `identify` takes them."""
        known = {"email": self.email, "timezone": self.timezone, "firstName": self.first_name}
        return {**known, "phone": self.phone} if self.phone else known

    def context(self) -> dict[str, Any]:
        """With one consent for each channel that was ticked in the form, and one for being measured in mails."""
        given = [
            {"channel": channel, "purpose": "marketing", "source": "sign-up form", "wording": WORDING}
            for channel in self.consents
        ]
        if "email" in self.consents:
            tracking = {"channel": "email", "purpose": "tracking", "source": "sign-up form"}
            given.append({**tracking, "wording": MEASURED})
        return {"consent": given} if given else {}


def everyone(customers: Iterable[int]) -> dict[int, Person]:
    """The person behind each id, half of them with a phone: which half, and which phone, depends on all the ids."""
    ids = sorted(customers)
    by_chance = sorted(ids, key=lambda customer: share("phone", customer))
    with_phone = set(by_chance[: len(ids) // 2])
    taken: set[str] = set()
    return {customer: _person(customer, customer in with_phone, taken) for customer in ids}


def _person(customer: int, has_phone: bool, taken: set[str]) -> Person:
    phone, zone = None, _zone_of_anyone(customer)
    if has_phone:
        zone = pick([(name, weight) for name, (weight, _) in ZONES_WITH_PHONES.items()], "zone", customer)
        phone = next(number for number in _numbers(zone, customer) if number not in taken)
        taken.add(phone)
    return Person(
        customer=customer,
        email=f"c{customer:05d}@example.org",
        phone=phone,
        timezone=zone,
        first_name=FIRST_NAMES[int(share("name", customer) * len(FIRST_NAMES))],
        consents=pick(CONSENT_WITH_PHONE if phone else CONSENT_WITHOUT_PHONE, "consent", customer),
    )


def _zone_of_anyone(customer: int) -> str:
    at_home = [(name, weight) for name, (weight, _) in ZONES_WITH_PHONES.items()]
    return pick([*at_home, *ZONES_ABROAD.items()], "zone", customer)


def _numbers(zone: str, customer: int) -> Iterator[str]:
    """Every number of the zone's pool, from a seeded place on."""
    areas = ZONES_WITH_PHONES[zone][1]
    pool = len(areas) * 100
    first = int(share("number", customer) * pool)
    for step in range(pool):
        area, line = divmod((first + step) % pool, 100)
        yield f"+1{areas[area]}55501{line:02d}"
