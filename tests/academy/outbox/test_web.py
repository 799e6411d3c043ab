"""The outbox page, one mail, sending again, and the mailbox of a demonstration."""

import asyncio
import csv
import io
import re
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from uuid import UUID

import httpx
import msgspec
import pytest

from academy import database as room
from academy.app import create_app
from academy.audit.tables import Entry
from academy.invites import service as invites
from academy.outbox import delivery, rules, service
from academy.outbox.tables import Message, MessageState
from academy.settings import Settings
from tests.support.client import browser, post, sign_in, words
from tests.support.makers import a_coordinator, a_person


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, demo=True)


async def an_invite(now: datetime, *, person: UUID | None = None) -> UUID:
    person = person or await a_person(name="Ana Petrova", address="ana@council.example", now=now)
    event = await invites.create_event(
        title="Top Talent, day one",
        starts_at=now + timedelta(days=20),
        ends_at=now + timedelta(days=20, hours=6),
        place="County Hall",
        link="https://meet.example.org/1",
        now=now,
        context={"cohort": "Top Talent Essex"},
    )
    await invites.invite(event, [person], now=now, paths={person: "/r/secret"})
    return event


async def the_mail(**where: object) -> dict:
    rows = await Message.select().order_by(Message.queued_at, ascending=False)
    return next(row for row in rows if all(row[name] == value for name, value in where.items()))


@pytest.fixture
async def cora(client: httpx.AsyncClient, clock: object, now: datetime) -> UUID:
    person = await a_coordinator(name="Cora", address="cora@academy.example", now=now)
    await sign_in(client, person)
    return person


async def test_an_empty_outbox_says_so(client: httpx.AsyncClient, cora: UUID) -> None:
    answer = await client.get("/outbox")

    assert answer.status_code == 200
    assert "Nothing has been sent yet" in answer.text


async def test_the_list_filters_by_state_kind_person_and_words(
    client: httpx.AsyncClient, cora: UUID, now: datetime
) -> None:
    await an_invite(now)
    ben = await a_person(name="Ben Okafor", address="ben@council.example", now=now)
    await an_invite(now, person=ben)
    await Message.update({Message.state: MessageState.FAILED, Message.error: "550 no"}).where(Message.person == ben)

    async def shown(query: str) -> list[str]:
        page = (await client.get(f"/outbox{query}")).text
        return sorted(set(re.findall(r"(\w+)@council\.example</span>", page)))

    assert await shown("") == ["ana", "ben"]
    assert await shown("?state=failed") == ["ben"]
    assert await shown("?q=PETROVA") == ["ana"]
    assert await shown("?q=100%25") == []
    assert await shown(f"?person={ben}") == ["ben"]
    assert await shown("?kind=sign-in-link") == []
    assert await shown("?state=nonsense&page=999999&person=x") == []
    assert await shown("?page=0") == ["ana", "ben"]


async def test_the_list_asks_the_same_number_of_queries_for_one_and_for_fifty(
    client: httpx.AsyncClient, cora: UUID, database: room.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_invite(now)
    counted: list[str] = []
    run = database.run

    async def counting(sql: str, *args: object, **kwargs: object) -> object:
        counted.append(sql)
        return await run(sql, *args, **kwargs)

    monkeypatch.setattr(database, "run", counting)
    await client.get("/outbox")
    counted.clear()
    await client.get("/outbox")
    few = len(counted)
    for number in range(50):
        await an_invite(now, person=await a_person(address=f"p{number}@council.example", now=now))
    counted.clear()
    await client.get("/outbox")

    assert len(counted) == few


async def test_the_export_has_every_mail_of_the_view(client: httpx.AsyncClient, cora: UUID, now: datetime) -> None:
    await an_invite(now)

    answer = await client.get("/outbox?export=csv")

    assert list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))) == [
        ["Written", "State", "Kind", "To", "Address", "Subject", "Sent", "Tries", "Last answer of the mail server"],
        [
            "2026-06-01 09:00",
            "Queued",
            "Session invite",
            "Ana Petrova",
            "ana@council.example",
            "Invitation: Top Talent, day one, Sunday 21 June",
            "",
            "0",
            "",
        ],
    ]


async def test_one_mail_shows_its_words_its_invite_and_its_file(
    client: httpx.AsyncClient, cora: UUID, now: datetime
) -> None:
    await an_invite(now)
    mail = await the_mail()

    page = await client.get(f"/outbox/{mail['id']}")
    file = await client.get(f"/outbox/{mail['id']}/mail.eml")
    html = await client.get(f"/outbox/{mail['id']}/html")

    assert page.status_code == 200
    assert "SEQUENCE 0" in page.text
    assert "BEGIN:VEVENT" in page.text
    assert 'href="/r/secret"' in page.text
    assert 'href="https://meet.example.org' not in page.text
    parsed = message_from_bytes(file.content, policy=policy.default)
    assert (parsed["To"], file.headers["content-type"]) == ("Ana Petrova <ana@council.example>", "message/rfc822")
    assert html.headers["content-security-policy"].startswith("sandbox ")
    assert "script-src" not in html.headers["content-security-policy"]
    assert (await client.get(f"/outbox/{UUID(int=5)}")).status_code == 404


async def test_a_mail_that_was_sent_goes_again_with_a_new_message_id_and_the_same_invite(
    client: httpx.AsyncClient, cora: UUID, now: datetime, settings: Settings
) -> None:
    await an_invite(now)
    await delivery.postman(settings).send_due(now)
    first = await the_mail()

    answer = await post(client, "/outbox/send-again", {"mail": str(first["id"])}, page=f"/outbox/{first['id']}")

    second = await the_mail(resend_of=first["id"])
    assert answer.status_code in (200, 303)
    assert (second["state"], second["calendar"], second["context"]) == ("queued", first["calendar"], first["context"])
    assert second["message_id"] != first["message_id"]
    entry = (await Entry.select().where(Entry.verb == "mail sent again"))[0]
    assert (entry["actor"], entry["person"]) == (cora, first["person"])


async def test_a_failed_mail_is_tried_anew_at_the_address_of_now(
    client: httpx.AsyncClient, cora: UUID, now: datetime
) -> None:
    await an_invite(now)
    mail = await the_mail()
    await Message.update(
        {Message.state: MessageState.FAILED, Message.to_address: "old@x.example", Message.attempts: 1}
    ).where(Message.id == mail["id"])

    page = await client.get(f"/outbox/{mail['id']}")
    assert f'href="/people/{mail["person"]}/edit"' in page.text
    await post(client, "/outbox/retry-failed", {}, page="/outbox")

    again = await the_mail()
    assert await Message.count() == 1
    assert (again["state"], again["to_address"], again["attempts"], again["message_id"]) == (
        "queued",
        "ana@council.example",
        0,
        mail["message_id"],
    )


async def test_who_presses_twice_sends_one_more_mail(
    client: httpx.AsyncClient, cora: UUID, now: datetime, settings: Settings
) -> None:
    await an_invite(now)
    await delivery.postman(settings).send_due(now)
    first, her = (await the_mail())["id"], service.Actor(cora, "Cora")

    both = await asyncio.gather(*(service.send_again([first], actor=her, now=now) for _ in range(2)))
    await delivery.postman(settings).send_due(now)
    copy = (await the_mail(resend_of=first))["id"]
    late = await service.send_again([first, copy], actor=her, now=now + timedelta(seconds=20))
    wanted = await service.send_again([first], actor=her, now=now + timedelta(seconds=90))

    told = "It was sent again a moment ago."
    assert sorted(both, key=lambda each: each.queued) == [service.Again(0, {first: told}), service.Again(1, {})]
    assert late == service.Again(0, {first: told, copy: told})
    assert wanted == service.Again(1, {})


async def test_an_overtaken_invite_is_not_sent_again(
    client: httpx.AsyncClient, cora: UUID, now: datetime, settings: Settings
) -> None:
    event = await an_invite(now)
    await invites.change_event(event, now=now, place="Town Hall")
    await delivery.postman(settings).send_due(now)
    old, new = [row["id"] for row in await Message.select(Message.id).order_by(Message.number)]

    again = await service.send_again([old, new], actor=service.Actor(cora, "Cora"), now=now)

    assert again == service.Again(
        1, {old: "There is a later mail about the same session. Send that one again instead."}
    )


async def test_staff_never_see_the_words_of_a_sign_in_mail(
    client: httpx.AsyncClient, cora: UUID, now: datetime, settings: Settings
) -> None:
    ana = await a_person(name="Ana Petrova", address="ana@council.example", now=now)
    await service.queue(
        "sign-in-link",
        key="sign-in:1",
        to=(await service.contacts([ana]))[ana],
        context={"link": "/sign-in/the-secret", "minutes": 10},
        about=service.About("person", ana),
        now=now,
    )
    mail = await the_mail()

    page = await client.get(f"/outbox/{mail['id']}")
    answers = [(await client.get(f"/outbox/{mail['id']}/{what}")).status_code for what in ("mail.eml", "html")]
    box = await client.get(f"/demo/mailbox/{ana}")

    assert "the-secret" not in page.text
    assert answers == [404, 404]
    assert "the-secret" in box.text  # in the demonstration everybody may be anybody
    again = await service.send_again([mail["id"]], actor=service.Actor(cora, "Cora"), now=now)
    assert again.queued == 0


async def test_the_mailbox_of_a_demonstration_shows_mails_and_invites(
    client: httpx.AsyncClient, clock: object, now: datetime
) -> None:
    await an_invite(now)
    mail = await the_mail()

    boxes = await client.get("/demo/mailbox?q=ana")
    box = await client.get(f"/demo/mailbox/{mail['person']}")
    html = await client.get(f"/demo/mailbox/mails/{mail['id']}/html")

    assert f'href="/demo/mailbox/{mail["person"]}"' in boxes.text
    assert "Invite, asks for an answer" in words(box) or "Invite, asks for an answer" in box.text
    assert html.headers["content-security-policy"].startswith("sandbox ")


async def test_outside_a_demonstration_there_is_no_mailbox(
    database: room.Engine, settings: Settings, clock: object, now: datetime
) -> None:
    real = msgspec.structs.replace(settings, demo=False)
    await an_invite(now)
    mail = await the_mail()
    async with browser(create_app(real, engine=database), real) as client:
        paths = ("/demo/mailbox", f"/demo/mailbox/{mail['person']}", f"/demo/mailbox/mails/{mail['id']}/html")
        assert [(await client.get(path)).status_code for path in paths] == [404, 404, 404]


async def test_old_words_are_forgotten_and_old_rows_leave(database: room.Engine, now: datetime) -> None:
    await an_invite(now)
    await Message.update({Message.state: MessageState.SENT}).where(Message.state == MessageState.QUEUED)
    starts = now + timedelta(days=20)

    await service.purge(starts + rules.WORDS_KEPT)
    kept = (await the_mail())["context"]
    await service.purge(starts + rules.WORDS_KEPT + timedelta(seconds=1))
    forgotten = await the_mail()
    await service.purge(now + rules.ROW_KEPT + timedelta(seconds=1))

    assert kept != ""
    assert (forgotten["context"], forgotten["calendar"], forgotten["subject"] != "") == ("", None, True)
    assert await Message.count() == 0
