import httpx
import pytest

from academy import database as room
from tests.support.client import heading, words


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/help", "Help and contact"),
        ("/privacy", "Privacy and your data"),
        ("/accessibility", "Accessibility statement"),
    ],
)
async def test_everybody_can_read_how_to_reach_us(
    client: httpx.AsyncClient, database: room.Engine, path: str, title: str
) -> None:
    answer = await client.get(path)

    assert (answer.status_code, heading(answer)) == (200, title)
    assert "mailto:academy@localhost" in answer.text


async def test_the_credit_of_the_councils_stands_on_the_help_page(
    client: httpx.AsyncClient, database: room.Engine
) -> None:
    assert "UK Local Authorities (past and current) by mySociety, CC BY 4.0" in (await client.get("/help")).text


async def test_the_privacy_page_names_each_cookie_we_set(client: httpx.AsyncClient, database: room.Engine) -> None:
    shown = words(await client.get("/privacy"))

    assert [name for name in ("__Host-session", "__Host-csrf", "said") if name not in shown] == []
    assert [cookie.name for cookie in client.cookies.jar] == ["__Host-csrf"]
