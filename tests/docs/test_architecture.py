"""The picture is what the template says today."""

from infra.docs.draw import PICTURE, picture


def test_the_picture_is_up_to_date():
    assert PICTURE.read_text(encoding="utf-8") == picture(), "run: .venv/bin/python -m infra.docs.draw"
