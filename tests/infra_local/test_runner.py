"""What the runner decides before it starts anything."""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime

import pytest

from infra import install
from infra.lint.stacks import ROOT, source_of
from infra.local import processes, stack, state, ticker
from infra.local.pace import Pace
from infra.local.state import StartError

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PORTS = {"ministack": 1001, "post_office": 1002, "public": 1003}


def test_without_a_wish_the_calendar_is_the_worlds():
    pace = Pace.from_env(NOW, {})
    assert pace == Pace(1, "2026-11-21T12:00:00.000Z", "2026-11-21T12:00:00.000Z")
    assert pace.is_the_worlds


def test_the_demos_calendar():
    pace = Pace.from_env(NOW, {"PACE": "17280", "CALENDAR_START": "1997-01-01T00:00:00Z"})
    assert pace.environment() == {
        "SOJOURN_PACE": "17280",
        "SOJOURN_CALENDAR_START": "1997-01-01T00:00:00.000Z",
        "SOJOURN_CALENDAR_WALL": "2026-11-21T12:00:00.000Z",
    }
    assert not pace.is_the_worlds


@pytest.mark.parametrize(
    "wish", [{"PACE": "fast"}, {"PACE": "0"}, {"PACE": "nan"}, {"CALENDAR_START": "1 January"}]
)
def test_a_wish_that_cannot_be_met_is_refused(wish):
    with pytest.raises(StartError):
        Pace.from_env(NOW, wish)


def test_ports_are_free_ones_unless_named():
    ports = processes.choose_ports({})
    assert set(ports) == {"ministack", "post_office", "public", "shop"}
    assert len(set(ports.values())) == 4


def test_a_taken_port_is_said_with_the_remedy():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(StartError, match=rf"Port {number} is taken. Leave PUBLIC_PORT out"):
            processes.choose_ports({"PUBLIC_PORT": str(number)})


def test_ministack_stays_on_the_loopback_enforces_permissions_and_scales_waits():
    pace = Pace.from_env(NOW, {"PACE": "17280"})
    env = processes.ministack_environment(PORTS, pace)
    expected = {
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "AUTH": "true",
        "PYTHONPATH": "",
        "GATEWAY_PORT": "1001",
        "AWS_ENDPOINT_URL_SESV2": "http://127.0.0.1:1002",
        "SOJOURN_PACE": "17280",
    }
    assert expected.items() <= env.items()
    assert float(env["SFN_WAIT_SCALE"]) * 17280 == pytest.approx(1)


def test_nobodys_credentials_reach_the_local_cloud():
    env = state.aws_environment(
        "http://127.0.0.1:1", {"AWS_PROFILE": "live", "AWS_SESSION_TOKEN": "x", "HOME": "/"}
    )
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(env)
    assert (env["AWS_ACCESS_KEY_ID"], env["AWS_CONFIG_FILE"]) == ("test", os.devnull)


@pytest.mark.parametrize(
    ("pace", "sweep", "repair", "day"), [(1, 1, 60, 600), (17280, 0.2, 5, 60), (100, 0.6, 36, 600)]
)
def test_ticks_keep_step_with_the_calendar(pace, sweep, repair, day):
    outputs = {
        "SweepDueFunction": "sweep",
        "ReconcileFunction": "repair",
        "BackfillMachineArn": "arn",
        "Other": "x",
    }

    ticks = ticker.ticks(outputs, pace)

    assert [(tick.target, tick.every) for tick in ticks] == [
        ("sweep", sweep),
        ("repair", repair),
        ("arn", day),
    ]


def test_what_the_ticker_starts_daily_is_what_the_schedule_starts():
    schedule = source_of(ROOT / "template.yaml")["Resources"]["BackfillMachine"]["Properties"]["Events"][
        "EveryDay"
    ]

    (daily,) = ticker.ticks({"BackfillMachineArn": "arn"}, 1)

    assert daily.starts_with == schedule["Properties"]["Input"]


def test_the_stack_is_asked_only_for_parameters_that_the_template_has():
    parameters = stack.stack_parameters("http://127.0.0.1:1003")
    assert {"PublicUrl": "http://127.0.0.1:1003", "DueShards": "1"}.items() <= parameters.items()


def test_a_group_of_processes_that_is_not_ours_is_left_alone():
    assert state.members(os.getpgid(1)) == []


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("The virtual environment was not created because ensurepip is not available", "python3.11-venv"),
        ("Max retries exceeded with url: /simple/", "registry cannot be reached"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "differs from the lock"),
        ("something new", "An installation step failed"),
    ],
)
def test_a_failed_installation_says_what_to_do(output, advice):
    assert advice in install.remedy(output)


def test_an_environment_is_made_anew_when_its_lock_changes(tmp_path):
    lock = tmp_path / "dev.txt"
    lock.write_text("a==1\n")
    environment = install.Environment("dev", tmp_path / "venv", lock)
    before = environment.fingerprint()

    lock.write_text("a==2\n")

    assert environment.fingerprint() != before
    assert not environment.is_ready()
