"""DynamoDB's units from requests and the sizes of real rows."""

import json
from collections.abc import Mapping
from typing import Any


def write_units_of(operation: str, request: Mapping[str, Any]) -> int:
    return 0
