"""The stack, translated once for all tests of it."""

import pytest

from infra.lint.stacks import Stack, load


@pytest.fixture(scope="session")
def stack() -> Stack:
    return load()
