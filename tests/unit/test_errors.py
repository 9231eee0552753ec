"""Errors whose names the machines know."""

import json

import pytest

from sojourn import errors
from sojourn.errors import (
    FailedError,
    Parked,
    PathMissing,
    PathPast,
    PathTakenError,
    SkippedError,
    path_error,
)


def test_a_path_has_one_class_of_its_number():
    assert path_error(2) is path_error(2)
    assert (path_error(2).__name__, path_error(12).__name__) == ("Path2", "Path12")


@pytest.mark.parametrize("error", [path_error(2), PathPast, PathMissing, SkippedError, FailedError])
def test_a_path_says_what_was_judged_beyond_it(error: type[PathTakenError]):
    assert issubclass(error, PathTakenError)
    assert json.loads(str(error({"b3": "if 1"}))) == {"path": {"b3": "if 1"}}
    assert json.loads(str(error())) == {"path": {}}


def test_the_names_are_those_of_the_tree_at_the_top():
    named = {PathTakenError, SkippedError, FailedError, Parked, PathPast, PathMissing}

    assert all(error.__name__ in str(errors.__doc__) for error in named)
