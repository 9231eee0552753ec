"""The same door on the local cloud: Cognito's own pool, API Gateway's way, the bytes that a browser gets there."""

import pytest

from tests.browser.conftest import Console
from tests.browser.windows import SCRIPT_BUDGET


@pytest.mark.local_cloud
def test_an_admin_comes_in_and_goes(on_cloud: Console):
    window = on_cloud.signed_in("admin", "admin.of.the.door@example.org")

    window.at("/console")
    assert sum(window.scripts.values()) <= SCRIPT_BUDGET
    window.settle()

    window.page.click(".side >> text=Sign out")
    window.page.wait_for_url("**/console/login**")
    window.go("/console")
    window.at("/console/login")
