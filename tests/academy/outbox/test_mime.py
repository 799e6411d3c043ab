"""The octets of a mail, read back by Python's parser and looked at line by line."""

import email
import re
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.invites import ical
from academy.outbox.mime import Attachment, CalendarPart, Mail, Mailbox, UnsafeHeader, build
from academy.people.rules import check_address


def invite(method: ical.Method = ical.Method.REQUEST) -> bytes:
    at = datetime(2026, 6, 24, 8, 30, tzinfo=UTC)
    event = ical.Event(
        uid="a1@academy",
        title="Day one, Zoë's",
        starts=at,
        ends=at + timedelta(hours=6),
        zone="Europe/London",
        created=at,
        changed=at,
    )
    academy, priya = ical.Person("academy@example.org"), ical.Person("priya@council.example", "Priya Shah")
    return ical.invite(event, method=method, attendee=priya, organiser=academy, sequence=0, dtstamp=at)


PLAIN = Mail(
    sender=Mailbox("academy@example.org", "Leadership Academy"),
    to=Mailbox("priya@council.example", "Priya Shah"),
    subject="Your place is confirmed",
    text="Hello Priya,\n\nYou have a place – see you there.\n.\nA line that starts with a dot.\n",
    html='<!DOCTYPE html><html lang="en-GB"><p>Hello Priya – ' + "x" * 1200 + "</p></html>\n",
    message_id="<0a1b2c@example.org>",
    date=datetime(2026, 6, 1, 12, 30, tzinfo=UTC),
)


def mail(**changes: Any) -> Mail:
    return msgspec.structs.replace(PLAIN, **changes)


def with_invite(method: ical.Method = ical.Method.REQUEST, **changes: Any) -> Mail:
    return mail(calendar=CalendarPart(invite(method), method.value), **changes)


def parsed(octets: bytes) -> EmailMessage:
    message = email.message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def shape(message: Any) -> Any:
    kind = message.get_content_type()
    return (kind, [shape(part) for part in message.iter_parts()]) if message.is_multipart() else kind


def test_a_mail_without_an_invite_is_text_and_html() -> None:
    assert shape(parsed(build(PLAIN))) == ("multipart/alternative", ["text/plain", "text/html"])


def test_an_invite_is_the_last_alternative_and_a_file() -> None:
    assert shape(parsed(build(with_invite()))) == (
        "multipart/mixed",
        [("multipart/alternative", ["text/plain", "text/html", "text/calendar"]), "application/ics"],
    )


def test_a_certificate_is_attached_after_the_text() -> None:
    message = parsed(build(mail(attachments=(Attachment("certificate.pdf", "application/pdf", b"%PDF-1.7\n\r\x00"),))))

    file = list(message.iter_attachments())[0]
    assert shape(message) == (
        "multipart/mixed",
        [("multipart/alternative", ["text/plain", "text/html"]), "application/pdf"],
    )
    assert (file.get_filename(), file.get_content()) == ("certificate.pdf", b"%PDF-1.7\n\r\x00")


@pytest.mark.parametrize("method", list(ical.Method))
def test_the_calendar_part_names_charset_and_method_and_is_no_attachment(method: ical.Method) -> None:
    part = calendar_part(parsed(build(with_invite(method))))

    assert part["Content-Type"].params == {"charset": "utf-8", "method": method.value}
    assert part["Content-Disposition"] is None
    assert part["Content-Transfer-Encoding"] == "base64"


def calendar_part(message: EmailMessage) -> Any:
    return next(part for part in message.walk() if part.get_content_type() == "text/calendar")


def test_both_copies_of_the_invite_are_the_same_octets() -> None:
    message = parsed(build(with_invite()))

    file = next(message.iter_attachments())
    assert calendar_part(message).get_payload(decode=True) == invite()
    assert (file.get_filename(), file.get_payload(decode=True)) == ("invite.ics", invite())


def test_control_the_default_policy_turns_crlf_into_lf() -> None:
    careless = EmailMessage()
    careless.set_content("Hello")
    careless.add_alternative(invite().decode(), subtype="calendar", cte="base64")

    found = calendar_part(parsed(careless.as_bytes())).get_payload(decode=True)

    assert b"\r\n" not in found
    assert found == invite().replace(b"\r\n", b"\n")


def test_a_method_that_differs_from_the_calendars_is_refused() -> None:
    with pytest.raises(UnsafeHeader, match="METHOD"):
        build(mail(calendar=CalendarPart(invite(), "CANCEL")))


@pytest.mark.parametrize(
    "letter", [PLAIN, with_invite(), mail(subject="ß" * 200, to=Mailbox("a@b.example", "é, " * 60))]
)
def test_lines_end_with_crlf_and_fit_78_columns(letter: Mail) -> None:
    octets = build(letter)

    assert octets.count(b"\n") == octets.count(b"\r\n") == octets.count(b"\r")
    assert max(map(len, octets.split(b"\r\n"))) <= 78
    assert octets.isascii()


def test_the_same_mail_is_the_same_octets() -> None:
    assert build(with_invite()) == build(with_invite())
    assert build(mail(message_id="<other@example.org>")) != build(PLAIN)


def test_control_pythons_own_boundaries_are_random() -> None:
    def theirs() -> bytes:
        message = EmailMessage(policy=SMTP)
        message.set_content("a")
        message.add_alternative("<p>a", subtype="html")
        return message.as_bytes()

    assert theirs() != theirs()


def test_headers_are_those_of_one_mail_to_one_person() -> None:
    summer = timezone(timedelta(hours=1))
    message = parsed(
        build(mail(reply_to=Mailbox("reply+abc@example.org"), date=datetime(2026, 6, 1, 13, 30, tzinfo=summer)))
    )

    assert list(message.items()) == [
        ("From", "Leadership Academy <academy@example.org>"),
        ("To", "Priya Shah <priya@council.example>"),
        ("Reply-To", "reply+abc@example.org"),
        ("Subject", "Your place is confirmed"),
        ("Date", "Mon, 01 Jun 2026 12:30:00 +0000"),
        ("Message-ID", "<0a1b2c@example.org>"),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        ("Content-Type", str(message["Content-Type"])),
    ]


def test_text_and_html_come_out_as_they_went_in() -> None:
    plain, html = (part.get_content() for part in parsed(build(PLAIN)).iter_parts())

    assert (plain.replace("\r\n", "\n"), html.replace("\r\n", "\n")) == (PLAIN.text, PLAIN.html)


BREAKS = ["\r", "\n", "\r\n", "\x00", "\x0b", "\x85", "\u2028", "\x7f"]


@pytest.mark.parametrize("breaking", BREAKS)
@pytest.mark.parametrize("field", ["subject", "sender", "to", "reply_to", "address", "message_id", "file"])
def test_a_line_break_in_a_header_is_refused(field: str, breaking: str) -> None:
    evil = f"Priya{breaking}Bcc: everybody@example.org"
    changed: dict[str, Any] = {
        "subject": {"subject": evil},
        "sender": {"sender": Mailbox("a@b.example", evil)},
        "to": {"to": Mailbox("a@b.example", evil)},
        "reply_to": {"reply_to": Mailbox("a@b.example", evil)},
        "address": {"to": Mailbox(f"a@b.example{breaking}Bcc: c@d.example")},
        "message_id": {"message_id": f"<a@b{breaking}>"},
        "file": {"attachments": (Attachment(f"a{breaking}.pdf", "application/pdf", b""),)},
    }[field]

    with pytest.raises(UnsafeHeader):
        build(mail(**changed))


@pytest.mark.parametrize("address", ["sean.o'brien@council.example", "a+b!#$%&*/=?^_`{|}~-c@council.example"])
def test_every_address_that_people_may_register_with_can_be_written_to(address: str) -> None:
    assert check_address(address) == address

    assert parsed(build(mail(to=Mailbox(address))))["To"].addresses[0].addr_spec == address


@pytest.mark.parametrize("address", ["", "a", "a@b, c@d", "a@b>", "<a@b", 'a"@b', "a b@c", "a@b@c", "a@b(c)"])
def test_what_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(UnsafeHeader):
        build(mail(to=Mailbox(address)))


ALLOWED = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"))


@given(name=st.text(ALLOWED, max_size=120), subject=st.text(ALLOWED, max_size=300))
def test_any_name_and_subject_stay_one_recipient_and_one_subject(name: str, subject: str) -> None:
    octets = build(mail(to=Mailbox("priya@council.example", name), subject=subject))

    # unfolded and decoded by the oldest and plainest of Python's readers
    old = email.message_from_bytes(octets)
    pieces = email.utils.getaddresses([str(old["To"]).replace("\r\n", "")])
    assert [address for _, address in pieces] == ["priya@council.example"]
    assert decoded(pieces[0][0]) == name.strip() or decoded(pieces[0][0]) == name
    assert decoded(str(old["Subject"])) == subject
    assert len(old.keys()) == len(set(old.keys())) == 8


def decoded(value: str) -> str:
    from email.header import decode_header, make_header

    return str(make_header(decode_header(re.sub(r"\r\n ", " ", value))))


LONG = "A" * 70 + ", everybody@example.org"


def test_a_long_name_with_an_address_in_it_is_no_second_recipient() -> None:
    octets = build(mail(to=Mailbox("priya@council.example", LONG)))

    assert [each.addr_spec for each in parsed(octets)["To"].addresses] == ["priya@council.example"]


def test_control_without_quotes_it_is_one() -> None:
    careless = f"{LONG} <priya@council.example>"

    assert len(email.utils.getaddresses([careless])) == 3


def test_a_domain_beyond_ascii_is_written_in_ascii() -> None:
    octets = build(mail(to=Mailbox("jo@bücher.example")))

    assert b"To: jo@xn--bcher-kva.example\r\n" in octets
