"""docs/webhooks.md says what the mappings do."""

from __future__ import annotations

import pytest

from sojourn.intake.mapping import PROVIDERS, table
from tests.agreements.code import ROOT

TEXT = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_topic_and_event_is_told(provider: str):
    told = "\n".join(row for row in ROWS if row.startswith(f"| {provider} "))

    for topic, said in table(provider)["topics"].items():
        assert topic == "*" or f"`{topic}`" in told
        for saying in said if isinstance(said, list) else [said]:
            event = saying.get("event")
            assert not isinstance(event, dict) or f"`{event['value']}`" in told
