"""What a fresh local cloud starts with: keys, and what ships: journeys and segments. The same doors as on AWS."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from infra.local.stack import client
from infra.local.state import ROOT, SENDER, STACK, StartError, aws_environment
from sojourn import config
from sojourn.clock import Clock
from sojourn.http.keys import KIND, key_row_id
from sojourn.journeys.files import journey_files, load_file
from sojourn.journeys.versions import Draft, get_draft, save_draft
from sojourn.messages.check import save
from sojourn.messages.files import read_template, template_files
from sojourn.messages.library import save_template
from sojourn.segments import publish as segments
from sojourn.segments.runs.machine import BackfillMachine
from sojourn.settings import Settings
from sojourn.tables import bind

SHIPPED = ROOT / "statemachines" / "journeys"
# The other presets wait as drafts: whoever wants one publishes it, and the demo's figures are those of these.
AT_WORK = {"welcome", "cart", "double-opt-in", "data-link", "erasure-link", "preferences-link"}
SEGMENTS = ROOT / "statemachines" / "segments"
TABLES = {
    "events_table": "EventsTable",
    "people_table": "PeopleTable",
    "identity_table": "IdentityTable",
    "suppression_table": "SuppressionTable",
    "due_table": "DueTable",
    "config_table": "ConfigTable",
    "rejected_events_table": "RejectedEventsTable",
    "counters_table": "CountersTable",
}


def seed(outputs: Mapping[str, str], clock: Clock) -> dict[str, str]:
    """Make keys and publish what ships; the answer holds the keys in clear, this once."""
    os.environ.update(aws_environment(os.environ["AWS_ENDPOINT_URL"]))
    bind(settings_of(outputs), region="us-east-1")
    keys = {"write_key": secrets.token_urlsafe(32), "api_key": secrets.token_urlsafe(32)}
    keys |= {"browser_key": secrets.token_urlsafe(32), "identify_secret": secrets.token_urlsafe(32)}
    config.put(
        KIND, key_row_id("write", keys["write_key"]), {"name": "local", "active": True, "kind": "server"}
    )
    config.put(
        KIND, key_row_id("write", keys["browser_key"]), {"name": "web", "active": True, "kind": "browser"}
    )
    keys["shop_key"] = secrets.token_urlsafe(32)  # the demo shop's own (infra/local/shop)
    config.put(
        KIND, key_row_id("write", keys["shop_key"]), {"name": "shop", "active": True, "kind": "browser"}
    )
    config.put(KIND, "identify", {"active": "i1", "keys": {"i1": keys["identify_secret"]}})
    config.put(KIND, key_row_id("api", keys["api_key"]), {"name": "local", "active": True})
    config.put(KIND, "link", _link_keys())
    for path in template_files(SHIPPED / "templates"):
        source = read_template(path)
        save_template(save(source, version=0), source=source)
    for path in journey_files([SHIPPED]):
        _publish(path, outputs)
    if clock.pace == 1:  # days that last seconds would let people come and go all the time
        _publish_segments(outputs, clock)
    return keys


def settings_of(outputs: Mapping[str, str]) -> Settings:
    """The settings that the functions have, as far as the tables go."""
    others = {
        "stack_name": STACK,
        "email_from": SENDER,
        "from_name": "",
        "postal_address": "",
        "configuration_set": "",
        "public_url": "",
        "due_shards": "1",
        "events_kept_days": "400",
        "rejected_events_kept_days": "30",
        "restored_suffix": "",
    }
    return Settings(**{field: outputs[name] for field, name in TABLES.items()}, **others)


def _link_keys() -> dict[str, object]:
    """Two active keys, as after a rotation: what the older one signed is still read."""
    both = {kid: base64.b64encode(secrets.token_bytes(32)).decode() for kid in ("k1", "k2")}
    return {"active": "k2", "keys": both}


def _publish_segments(outputs: Mapping[str, str], clock: Clock) -> None:
    """Nobody is there yet, so the machine has little to do; it does so while the cloud is used already."""
    machine = BackfillMachine(
        client("stepfunctions", os.environ["AWS_ENDPOINT_URL"]), outputs["BackfillMachineArn"]
    )
    for path in sorted(SEGMENTS.glob("*.segment.yaml")):
        name = path.name.removesuffix(".segment.yaml")
        segments.save(name, path.read_text(encoding="utf-8"), revision=0)
        segments.publish(name, desk=segments.Desk(machine, clock))


def _publish(path: Path, outputs: Mapping[str, str]) -> None:
    """Save the draft, and let it go live if it is one of those that are at work from the first day."""
    journey = load_file(path)
    there = get_draft(journey.name)
    source = path.read_text(encoding="utf-8")
    revision = there.revision if there else 0
    save_draft(Draft(name=journey.name, revision=revision, source=source, definition=journey.to_definition()))
    if journey.name not in AT_WORK:
        return
    answer = client("lambda", os.environ["AWS_ENDPOINT_URL"]).invoke(
        FunctionName=outputs["PublishJourneyFunction"], Payload=json.dumps({"journey": journey.name}).encode()
    )
    told = json.loads(answer["Payload"].read())
    if "version" not in told:
        raise StartError(f"{path.name} could not be published: {json.dumps(told)[:2000]}")
