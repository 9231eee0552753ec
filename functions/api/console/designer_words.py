"""What the designer calls the keys of a journey, and how it helps with them."""

from functions.api.console.words import _


def label(kind: str, key: str) -> str:
    """Of a key, as this kind of step or part uses it."""
    known = labels()
    return known.get(f"{kind}.{key}") or known.get(key) or key.capitalize()


def help_of(kind: str, key: str) -> str:
    """One line below the field; empty where the label says it."""
    known = helps()
    return known.get(f"{kind}.{key}", known.get(key, ""))


def labels() -> dict[str, str]:
    """Every key that a form shows; tests hold it against the schema."""
    return {
        "name": _("Name"),
        "journey": _("Journey"),
        "description": _("What it does"),
        "owner": _("Owner"),
        "kpi": _("Judged by"),
        "purpose": _("Purpose"),
        "topic": _("Topic"),
        "starts": _("Opens on"),
        "ends": _("Closes on"),
        "priority": _("Priority"),
        "mode": _("Sending"),
        "holdout": _("Held out of all messages"),
        "approvals": _("Approvals before it goes live"),
        "late data grace": _("Events may come late by"),
        "entry": _("Who comes in"),
        "filter": _("Only those who"),
        "re-entry": _("How often"),
        "goal": _("Goal"),
        "exits": _("Who leaves early"),
        "hours": _("Hours"),
        "caps": _("At most so many messages"),
        "email": _("Hours for e-mail"),
        "sms": _("Hours for text messages"),
        "event": _("Event"),
        "where": _("Whose properties are"),
        "key": _("One run for each"),
        "segment": _("Segment"),
        "include": _("Those who are in it already"),
        "date": _("Date of the contact"),
        "before": _("So long before"),
        "after": _("So long after"),
        "at": _("At"),
        "yearly": _("Every year"),
        "schedule": _("Schedule"),
        "zone": _("Time zone"),
        "api": _("Request"),
        "leaves": _("Segment"),
        "rule": _("Rule"),
        "reason": _("Reason"),
        "window": _("Counts for"),
        "exit": _("Ends the journey"),
        "at entry": _("Who met it before"),
        "match": _("Same"),
        "template": _("Template"),
        "channel": _("Channel"),
        "outside": _("Outside these hours"),
        "instead": _("Instead"),
        "expires": _("Goes out within"),
        "at least once": _("May be sent twice"),
        "on skip": _("Whoever it is skipped for"),
        "on fail": _("Whoever it fails for"),
        "for": _("How long"),
        "until": _("Until"),
        "inside": _("Then until it is"),
        "since": _("Counted from when"),
        "if past": _("Whose day has passed"),
        "if missing": _("Who has no such day"),
        "any": _("One of these happens"),
        "up to": _("Waits at most"),
        "ranked": _("The first answer goes before the others"),
        "look back": _("Counts what came since"),
        "if": _("If"),
        "share": _("Share"),
        "seed": _("Seed"),
        "times": _("Rounds at most"),
        "set": _("Set"),
        "unset": _("Forget"),
        "increment": _("Count up"),
        "add": _("Add"),
        "remove": _("Take away"),
        "url": _("Address"),
        "function": _("Lambda function"),
        "call.send": _("What goes with it"),
        "timeout": _("Waits for an answer"),
        "assign": _("Assigned to"),
        "due": _("Due within"),
        "note": _("Note"),
        "outcomes": _("Outcomes"),
        "properties": _("Goes with it"),
        "clicked": _("Message"),
        "opened": _("Message"),
        "delivered": _("Message"),
    }


def helps() -> dict[str, str]:
    """Where an example says more than a label."""
    return {
        "head.journey": _("Small letters, digits and hyphens. It stays when it is saved."),
        "kpi": _("The figure that it is judged by."),
        "head.topic": _("What people can say no to; empty is the purpose itself."),
        "starts": _("A day such as 2026-12-01."),
        "ends": _("A day such as 2027-01-06."),
        "priority": _("0 to 9; the higher goes first where messages are capped."),
        "holdout": _("A share such as 10%: they walk it, and get nothing."),
        "filter": _("A rule such as “attribute: plan” and “is: pro”."),
        "re-entry": _("once, after exit, always, or {pause: 30 days}. Empty is usual."),
        "caps": _("Such as “- {at most: 3, per: week}”."),
        "hours": _("Such as mon-fri 09:00-18:00, where the person is."),
        "email": _("Such as mon-fri 09:00-18:00, where the person is."),
        "sms": _("Such as 09:00-20:00, where the person is."),
        "where": _("Such as “total: {over: 20}”."),
        "key": _("A property such as cart_id: two carts are two runs."),
        "date": _("An attribute such as birthday."),
        "at": _("Such as 09:00, where the person is."),
        "schedule": _("Minute, hour, day, month, weekday: 0 9 * * 1 is Mondays at nine."),
        "zone": _("Such as Europe/Paris."),
        "reason": _("What reports show."),
        "match": _("A property that both events share, such as cart_id."),
        "expires": _("Such as 6 hours, or end of day. Empty is 24 hours."),
        "at least once": _("When nobody knows whether it was accepted, it is sent again."),
        "instead": _("Such as {channel: email, template: offer-mail}."),
        "until": _("09:00, monday, monday 09:00, or {date: renewal_date, before: 3 days}."),
        "inside": _("Such as mon-fri 09:00-17:00."),
        "up to": _("14 days at most."),
        "if": _("A rule, as segments have them."),
        "rule": _("A rule, as segments have them."),
        "repeat.until": _("A rule that is asked before each round."),
        "share": _("Such as 50%; all together make 100%."),
        "seed": _("Another word parts people anew."),
        "set": _("Such as “plan: pro”."),
        "unset": _("Such as “- trial_ends”."),
        "increment": _("Such as “visits: 1”."),
        "add": _("Such as “tags: vip”."),
        "remove": _("Such as “lists: news”."),
        "timeout": _("Such as 10 seconds."),
        "url": _("Begins with https://"),
        "call.send": _("Such as “value: 10”."),
    }


def verbs() -> dict[str, str]:
    """The kinds of entries, goals, exits and of what is waited for."""
    return {
        "event": _("does something"),
        "segment": _("comes into a segment"),
        "date": _("has a date"),
        "schedule": _("is in a segment, on a schedule"),
        "api": _("is let in by request"),
        "leaves": _("leaves a segment"),
        "rule": _("meets a rule"),
        "clicked": _("clicks in a message"),
        "opened": _("opens a message"),
        "delivered": _("gets a message"),
        "share": _("a share"),
        "holdout": _("held out"),
    }


def values() -> dict[str, str]:
    """What the words of selects mean, where they are not plain."""
    return {
        "email": _("E-mail"),
        "sms": _("Text message"),
        "hold": _("Wait for them"),
        "skip": _("Skip it"),
        "instead": _("Send something else instead"),
        "marketing": _("Marketing"),
        "transactional": _("Transactional"),
        "service": _("Service"),
        "off": _("Off"),
        "draft": _("Drafts for a person to release"),
        "allow_list": _("Only to the allow list"),
        "live": _("To everybody"),
        "skip_entry": _("Does not come in"),
        "enter": _("Comes in"),
        "existing": _("Come in, too, when it goes live"),
        "entry": _("the entry"),
        "message": _("the newest message"),
        "none": _("nothing before"),
        "contact": _("of the contact"),
    }
