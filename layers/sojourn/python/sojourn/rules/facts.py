"""What a rule may ask of a contact beside attributes, of which type it is, and which events move it. Pure.

created_at   datetime  when we first heard of the person
last_seen    datetime  their latest event, of their own and not one of ours
first_order  datetime  last_order too
orders       number    how many orders
value        number    what they paid and did not get back; of one currency when the rule names it
stage        text      visitor, lead, marketing_qualified, sales_qualified, customer or lost
tags         list      that hold now; lists too
groups       list      the accounts they belong to
last_open    datetime  by people, on any channel; last_click too
identified   boolean   somebody who can vouch for it said who they are
"""

from collections.abc import Mapping

# The types by the names of the workspace's registry of attributes.
FACT_TYPES: Mapping[str, str] = {
    "created_at": "datetime",
    "last_seen": "datetime",
    "first_order": "datetime",
    "last_order": "datetime",
    "orders": "number",
    "value": "number",
    "stage": "text",
    "tags": "list",
    "lists": "list",
    "groups": "list",
    "last_open": "datetime",
    "last_click": "datetime",
    "identified": "boolean",
}
WITH_CURRENCY = "value"  # `fact: value, currency: USD` is the path ("value", "USD")

STAGES = ("visitor", "lead", "marketing_qualified", "sales_qualified", "customer", "lost")

# Calls without a name of their own fold under their type.
IDENTIFY, GROUP = "identify", "group"
ORDERED, REFUNDED = "Order Completed", "Order Refunded"

# None: any event of the person's own.
FACT_EVENTS: Mapping[str, frozenset[str] | None] = {
    "created_at": None,
    "last_seen": None,
    "first_order": frozenset({ORDERED}),
    "last_order": frozenset({ORDERED}),
    "orders": frozenset({ORDERED}),
    "value": frozenset({ORDERED, REFUNDED}),
    "stage": frozenset({IDENTIFY, ORDERED, "Stage Changed"}),
    "tags": frozenset({"Tag Added", "Tag Removed"}),
    "lists": frozenset({"List Joined", "List Left"}),
    "groups": frozenset({GROUP}),
    "last_open": frozenset({"Message Opened"}),
    "last_click": frozenset({"Message Clicked"}),
    "identified": frozenset({IDENTIFY}),
}
