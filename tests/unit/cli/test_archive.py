"""`sojourn archive verify`: what it finds, what it leaves out, how it ends."""

import pytest
from click.testing import CliRunner, Result

from sojourn.cli.main import main
from sojourn.privacy.compact import compact
from tests.archive import BUCKET, a_line, an_archive, put
from tests.cloud import REGION
from tests.insight_rows import ADA, an_event


def verify(*words: str) -> Result:
    return CliRunner().invoke(main, ["archive", "verify", *words, "--bucket", BUCKET])


def test_it_names_what_holds_a_word_and_is_content_when_nothing_does(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with an_archive() as archive:
        line = a_line(an_event(f"u#{ADA}", message_id="m1"), contact=ADA)
        name = put(archive, "2026-11-20", [line])
        archive.s3.put_object(Bucket=BUCKET, Key=f"erasures/{ADA}.json", Body=ADA.encode())

        before = verify(ADA)
        compact(archive, contacts=[ADA])
        after = verify(ADA, "ada@example.org")

    assert before.exit_code == 1
    assert name in before.output
    assert "1 objects hold one of these words" in before.output
    assert (after.exit_code, after.output) == (0, "No object holds any of these words.\n")


def test_a_bucket_that_cannot_be_read_is_no_clean_bucket(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with an_archive() as archive:
        archive.s3.delete_bucket(Bucket=BUCKET)
        result = verify("ada@example.org")

    assert result.exit_code == 1
    assert "the bucket cannot be read" in result.output


def test_it_wants_to_know_where():
    result = CliRunner().invoke(main, ["archive", "verify", "ada@example.org"])

    assert (result.exit_code, "name --stack or --bucket" in result.output) == (2, True)
