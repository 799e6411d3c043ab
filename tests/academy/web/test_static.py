import gzip
import re
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.datastructures import State
from litestar.testing import TestClient

from academy.settings import Settings
from academy.web import static
from academy.web.failures import HANDLERS
from academy.web.theme import stylesheet

FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient[Litestar]]:
    app = Litestar(
        static.routes,
        state=State({"settings": Settings(brand_colour="#00703c"), "page_context": lambda request: {}}),
        exception_handlers=HANDLERS,
        openapi_config=None,
    )
    with TestClient(app) as client:
        yield client


def test_the_address_of_a_file_names_its_content() -> None:
    assert re.fullmatch(r"/static/app\.[0-9a-f]{8}\.css", static.static_url("app.css"))


def test_the_address_changes_with_the_content() -> None:
    one, other = (static.make_file(content, name="app.css").url for content in (b"a{}", b"b{}"))

    assert one != other
    assert static.make_file(b"a{}", name="app.css").url == one


def test_a_vendored_file_keeps_its_name_so_that_scripts_can_import_it() -> None:
    address = "/static/vendor/govuk-6.6.0/govuk.min.js"

    assert static.static_url("vendor/govuk-6.6.0/govuk.min.js") == address
    assert f"from '{address}'" in (static.FOLDER / "start.js").read_text()


def test_a_wrong_name_fails_where_it_is_written() -> None:
    with pytest.raises(KeyError):
        static.static_url("nothing.css")


@pytest.mark.parametrize("name", sorted(static.files()))
def test_every_file_is_served_whole_for_a_year(client: TestClient[Litestar], name: str) -> None:
    answer = client.get(static.static_url(name))

    assert answer.status_code == 200
    assert answer.content == (static.FOLDER / name).read_bytes()
    assert answer.headers["cache-control"] == FOR_EVER


@pytest.mark.parametrize("address", ["/static/app.css", "/static/app.00000000.css"])
def test_an_older_address_gets_today_s_file_and_is_not_kept(client: TestClient[Litestar], address: str) -> None:
    answer = client.get(address)

    assert answer.content == (static.FOLDER / "app.css").read_bytes()
    assert answer.headers["cache-control"] == "public, no-cache"


def test_a_browser_that_has_the_file_gets_304(client: TestClient[Litestar]) -> None:
    tag = client.get("/static/app.css").headers["etag"]

    again = client.get("/static/app.css", headers={"If-None-Match": f'"other", {tag}'})
    other = client.get("/static/app.css", headers={"If-None-Match": '"other"'})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [("gzip, br", "gzip"), ("br;q=1, gzip;q=0.5", "gzip"), ("identity", None), ("", None), ("gzip;q=0", None)],
)
def test_a_file_is_compressed_for_browsers_that_can_read_it(
    client: TestClient[Litestar], accepts: str, encoding: str | None
) -> None:
    answer = client.get(static.static_url("app.css"), headers={"Accept-Encoding": accepts})

    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.content == (static.FOLDER / "app.css").read_bytes()


def test_both_forms_are_the_same_text() -> None:
    assert [name for name, file in static.files().items() if gzip.decompress(file.compressed) != file.content] == []


@pytest.mark.parametrize(
    "address",
    ["/static/nothing.css", "/static/../static.py", "/static/%2e%2e/static.py", "/static//etc/passwd"],
)
def test_what_is_not_in_the_folder_is_not_found(client: TestClient[Litestar], address: str) -> None:
    assert client.get(address).status_code == 404


def test_types_are_those_that_browsers_insist_on(client: TestClient[Litestar]) -> None:
    types = {
        name: client.get(static.static_url(name)).headers["content-type"]
        for name in ("app.css", "start.js", "favicon.svg")
    }

    assert types == {
        "app.css": "text/css; charset=utf-8",
        "start.js": "text/javascript; charset=utf-8",
        "favicon.svg": "image/svg+xml",
    }


def test_the_theme_is_that_of_the_setting_and_kept_for_ten_minutes(client: TestClient[Litestar]) -> None:
    answer = client.get("/theme.css")

    assert answer.text == stylesheet("#00703c")
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=600"
    assert client.get("/theme.css", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
