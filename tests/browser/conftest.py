"""Chromium before the console: in this process for what a page owes, on the local cloud for what people do.

def test_a_page(console):                                  moto's tables, milliseconds a page
    window = console.signed_in("editor", scheme="dark")
    window.go("/console/journeys")
    good(window)
    pictures(window, "journeys")

def test_a_story(on_cloud): …                              the same, on MiniStack: mark it local_cloud
    window = on_cloud.signed_in("admin")
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser

from functions.api.app import handler
from tests.browser.served import served
from tests.browser.windows import Window, Windows, started
from tests.clients.chromium import need_chromium
from tests.console import PASSWORD
from tests.functions.console.conftest import clock, people, tables
from tests.stories import stage
from tests.stories.cloud import Cloud

__all__ = ["clock", "people", "tables"]  # the console's world, as its other tests know it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    with started(need_chromium()) as browser:
        yield browser


@pytest.fixture
def windows(chromium: Browser) -> Iterator[Windows]:
    """Windows that are closed when the test is over."""
    opened = Windows(chromium)
    yield opened
    opened.close()


@dataclass(slots=True)
class Console:
    """A console, and how to get in."""

    origin: str
    windows: Windows
    invite: Callable[[str, str], None]  # address, role: somebody with PASSWORD

    def stranger(self, **how: Any) -> Window:
        """A window that nobody signed in with."""
        return self.windows.open(self.origin, **how)

    def signed_in(self, role: str = "editor", email: str = "", **how: Any) -> Window:
        """A window of somebody who has this role, by the login page."""
        address = email or f"{role}@example.org"
        self.invite(address, role)
        window = self.windows.open(self.origin, **how)
        window.sign_in(address, PASSWORD)
        return window


@pytest.fixture
def console(people: Any, windows: Windows) -> Iterator[Console]:
    """The console of this process, with moto's tables and a user pool in memory."""
    with served(handler) as origin:
        yield Console(origin, windows, people.add)


@pytest.fixture(scope="session")
def cloud() -> Cloud:
    """The local cloud of this test run, which the stories play on too."""
    local, _ = stage.find(owner=os.environ["SOJOURN_OWNER"])
    return Cloud(local)


@pytest.fixture
def on_cloud(cloud: Cloud, windows: Windows) -> Console:
    """The console of the local cloud; people stand in its user pool."""
    return Console(cloud.local.collect_url, windows, lambda email, role: _invite(cloud, email, role))


def _invite(cloud: Cloud, email: str, role: str) -> None:
    cognito = cloud.aws("cognito-idp")
    person = {"UserPoolId": cloud.local.outputs["UserPoolId"], "Username": email}
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    try:
        cognito.admin_create_user(**person, UserAttributes=attributes, MessageAction="SUPPRESS")
    except cognito.exceptions.UsernameExistsException:
        return
    cognito.admin_set_user_password(**person, Password=PASSWORD, Permanent=True)
    cognito.admin_add_user_to_group(**person, GroupName=role)
