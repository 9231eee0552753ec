"""Where calls may go: hostile URLs, and the addresses that names lead to."""

import pytest

from sojourn.calling.addresses import Target, is_public
from sojourn.calling.model import CallFailedError, Failure, Request
from sojourn.calling.webhook import Webhooks
from sojourn.clock import SystemClock

REQUEST = Request(id="call_1", body=b"{}", seconds=5)
HOSTILE = (
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com:70/_x",
    "javascript:alert(1)",
    "//example.com/hook",
    "https://",
    "https:///hook",
    "https://user:password@example.com/",
    "https://user@example.com/",
    "https://example.com:22/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example.com:port/",
    "https://exa mple.com/",
    "https://example.com\\@127.0.0.1/",
    "https://example.com/\r\nHost: 127.0.0.1",
    "https://①②⑦.⓪.⓪.①/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://2130706433/",
    "https://0/",
    "https://localhost/",
    "https://localhost./",
    "https://10.0.0.8/",
    "https://192.168.1.1/",
    "https://172.16.0.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "https://168.63.129.16/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[::1",
    f"https://example.com/{'a' * 2_000}",
)


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_refused_before_anything_is_sent(url: str):
    webhooks = Webhooks(clock=SystemClock(), secrets=tuple)

    with pytest.raises(CallFailedError) as raised:
        webhooks.call(url, REQUEST)

    assert raised.value.failure is Failure.ADDRESS_REFUSED


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "0.1.2.3", "240.0.0.1", "192.0.0.9", "192.0.2.1", "198.18.0.1",
     "203.0.113.5", "::1", "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "2002:808:808::1",
     "2001::1", "2001:db8::1", "3fff::1", "ff02::1", "fe80::1%eth0", "fc00::1", "4000::1", "not an address", ""],
)  # fmt: skip
def test_an_address_that_is_not_of_the_public_internet(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_an_address_of_the_public_internet(address: str):
    assert is_public(address)


def test_one_private_address_among_those_of_a_name_is_one_too_many():
    target = Target.of("https://example.com/")

    assert target.allowed(["8.8.8.8", "8.8.8.8"]) == ("8.8.8.8",)
    with pytest.raises(CallFailedError, match="address_refused"):
        target.allowed(["8.8.8.8", "127.0.0.1"])
    with pytest.raises(CallFailedError, match="name_unknown"):
        target.allowed([])


@pytest.mark.parametrize("own", ["https://mail.example.org", "https://mail.example.org/live"])
@pytest.mark.parametrize(
    "url", ["https://mail.example.org/v1/track", "https://MAIL.example.org.:8443/hooks/a"]
)
def test_a_call_does_not_lead_back_to_us(own: str, url: str):
    with pytest.raises(CallFailedError, match="own_address"):
        Webhooks(clock=SystemClock(), own=own, secrets=tuple).call(url, REQUEST)


def test_on_the_local_cloud_this_machine_may_be_called_but_its_own_door_not():
    webhooks = Webhooks(clock=SystemClock(), own="http://127.0.0.1:4000", loopback=True, secrets=tuple)

    with pytest.raises(CallFailedError, match="own_address"):
        webhooks.call("http://localhost:4000/hook", REQUEST)
    with pytest.raises(CallFailedError, match="address_refused"):
        webhooks.call("http://192.168.0.1:4000/hook", REQUEST)


def test_the_local_cloud_opens_no_name_that_leads_to_this_machine():
    webhooks = Webhooks(
        clock=SystemClock(), loopback=True, secrets=tuple, resolve=lambda *asked: ("127.0.0.1",)
    )

    with pytest.raises(CallFailedError, match="address_refused"):
        webhooks.call("https://rebound.example.com/", REQUEST)
