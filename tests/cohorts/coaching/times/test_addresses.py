"""Which addresses may be asked for, and which networks are public."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts.coaching.times.addresses import BadAddress, is_public, parse

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255",
    "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.127.255.254",
    "100.100.100.200", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255",
    "198.51.100.1", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8",
    "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378::1", "2001:2::1",
    "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1", "2002:808:808::1", "3fff::1", "5f00::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "2606:4700::1%1", "fec0::1", "ff02::1", "ff0e::1",
    "", "calendar.example.org", "127.1", "0x7f000001", "2130706433", "8.8.8.8 ", "[::1]",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8", "51.140.1.1", "99.255.255.255", "100.63.255.255", "100.128.0.1", "172.15.255.255", "172.32.0.1",
    "192.167.255.255", "223.255.255.255", "2606:4700::1111", "2a00:1450:4009::200e", "2001:4860:4860::8888",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_known(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_never_more_than_python_itself_calls_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert not is_public(str(address)) or (address.is_global and not address.is_multicast)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("https://calendar.example.org/a/b.ics", "https://calendar.example.org/a/b.ics"),
        ("  webcal://Calendar.Example.org/a.ics \n", "https://calendar.example.org/a.ics"),
        ("webcals://calendar.example.org/a.ics", "https://calendar.example.org/a.ics"),
        ("HTTPS://calendar.example.org:443/a.ics?x=1&y=%20#part", "https://calendar.example.org/a.ics?x=1&y=%20"),
        ("https://calendar.example.org", "https://calendar.example.org/"),
        ("https://calendar.example.org?x=1", "https://calendar.example.org/?x=1"),
        ("https://calendar.example.org./a", "https://calendar.example.org/a"),
        ("https://bücher.example/ä.ics", "https://xn--bcher-kva.example/%C3%A4.ics"),
        ("https://calendar.example.org/ical/ana%40x.example/private-0a/basic.ics",
         "https://calendar.example.org/ical/ana%40x.example/private-0a/basic.ics"),
    ],
)  # fmt: skip
def test_an_address_is_written_in_one_way(typed: str, asked: str) -> None:
    assert parse(typed).address == asked
    assert parse(asked).address == asked


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Paste the address of your published calendar."),
        ("http://calendar.example.org/a.ics", "Enter an address that starts with https:// or webcal://"),
        ("calendar.example.org/a.ics", "Enter an address that starts with https:// or webcal://"),
        ("file:///etc/passwd", "Enter an address that starts with https:// or webcal://"),
        ("gopher://calendar.example.org/", "Enter an address that starts with https:// or webcal://"),
        ("https:/calendar.example.org/", "Enter an address that starts with https:// or webcal://"),
        ("https://ana:secret@calendar.example.org/",
         "The address holds a user name or password. Publish the calendar with an address that needs none."),
        ("https://calendar.example.org@10.0.0.1/",
         "The address holds a user name or password. Publish the calendar with an address that needs none."),
        ("https://calendar.example.org:8443/",
         "The address names a port. Only https:// addresses without one can be read."),
        ("https://calendar.example.org:0/",
         "The address names a port. Only https:// addresses without one can be read."),
        ("https://calendar.example.org:x/",
         "This is not an address. Copy the one that your calendar shows, with https://"),
        ("https://[::1/", "This is not an address. Copy the one that your calendar shows, with https://"),
        ("https://calendar.example.org/a b",
         "The address has a space or another character that cannot be in it. Copy it again as a whole."),
        ("https://calendar.example.org/a\r\nHost: other",
         "The address has a space or another character that cannot be in it. Copy it again as a whole."),
        ("https://calendar.example.org\\@10.0.0.1/",
         "The address has a space or another character that cannot be in it. Copy it again as a whole."),
        ("https://calendar.example.org/" + "a" * 1000, "The address must be 1000 characters or fewer."),
        ("https://calendar.example.org/" + "ä" * 400, "The address must be 1000 characters or fewer."),
    ],
)  # fmt: skip
def test_what_is_no_address_of_ours_is_refused_with_a_way_out(typed: str, sentence: str) -> None:
    with pytest.raises(BadAddress) as refused:
        parse(typed)

    assert refused.value.message == sentence


@pytest.mark.parametrize(
    "host",
    ["localhost", "metadata", "127.0.0.1", "[::1]", "[fe80::1%25eth0]", "2130706433", "127.1", "0177.0.0.1", "a..org",
     "-a.example.org", "a_b.example.org", "a" * 64 + ".org", "ⅷ.", ".", "xn--.org\u3002"],
)  # fmt: skip
def test_a_server_is_named_by_its_name(host: str) -> None:
    with pytest.raises(BadAddress):
        parse(f"https://{host}/a.ics")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_address_or_refused(text: str) -> None:
    try:
        found = parse(f"https://calendar.example.org/{text}")
    except BadAddress:
        return
    assert found.host == "calendar.example.org"
    assert found.target.isascii() and not any(ord(each) < 33 for each in found.target)
