import hashlib
import json
import re

import pytest

from academy.web.static import FOLDER
from tools import vendor_govuk

FOLDERS = sorted((FOLDER / "vendor").iterdir())
A_RELEASE = (
    ":root{}"
    "/*! Copyright (c) 2011 by Margaret Calvert & Henrik Kubel. All rights reserved. */"
    "@font-face{font-family:GDS Transport;src:url(/assets/fonts/light.woff2)}"
    "@font-face{font-family:GDS Transport;src:url(/assets/fonts/bold.woff2)}"
    ".govuk-footer__logo{background-image:url(/assets/images/govuk-crest.svg)}"
    + ".a{font-family:GDS Transport,arial,sans-serif}" * 40
    + "/*# sourceMappingURL=govuk-frontend.min.css.map */"
)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_vendored_files_are_those_that_were_recorded(folder) -> None:
    record = json.loads((folder / "VENDOR.json").read_text())

    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    del there["VENDOR.json"]

    assert there == record["sha256"]
    assert folder.name == f"govuk-{record['version']}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_brand_of_others_is_left(folder) -> None:
    text = (folder / "govuk.min.css").read_text()

    assert [word for word in ("GDS Transport", "Calvert", "govuk-crest", "@font-face") if word in text] == []
    assert re.findall(r"url\((?!data:)[^)]*\)", text) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_nothing_points_to_another_site_or_to_a_file_that_is_not_there(folder) -> None:
    texts = [(folder / name).read_text() for name in ("govuk.min.css", "govuk.min.js")]

    assert [text.count("sourceMappingURL") for text in texts] == [0, 0]
    assert re.findall(r"""(?:import|from)\s*["']([^"']+)["']""", texts[1]) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_licence_travels_with_the_files(folder) -> None:
    assert (folder / "LICENCE.txt").read_text() == vendor_govuk.LICENCE
    assert json.loads((folder / "VENDOR.json").read_text())["licence"] == "MIT"


def test_one_version_is_vendored() -> None:
    assert [folder.name for folder in FOLDERS] == ["govuk-6.6.0"]


def test_the_tool_takes_out_typeface_crest_and_notice() -> None:
    made = vendor_govuk.unbrand(A_RELEASE)

    assert made == (
        ":root{}.govuk-footer__logo{background-image:none}" + f".a{{font-family:{vendor_govuk.FONT}}}" * 40 + "\n"
    )


@pytest.mark.parametrize(
    ("was", "became", "named"),
    [
        ("@font-face{font-family:GDS Transport;src:url(/assets/fonts/bold.woff2)}", "", "faces"),
        ("GDS Transport,arial,sans-serif", "GDS Transport, Helvetica", "stacks, GDS Transport"),
        ("url(/assets/images/govuk-crest.svg)", "url(/assets/images/crest-2.svg)", "crests"),
        ("/*! Copyright (c) 2011 by Margaret Calvert & Henrik Kubel. All rights reserved. */", "", "notices"),
        (":root{}", ".x{background:url(https://example.org/x.png)}", "url(https://example.org/x.png)"),
    ],
)
def test_the_tool_stops_when_a_release_has_another_shape(was: str, became: str, named: str) -> None:
    assert was in A_RELEASE

    with pytest.raises(vendor_govuk.ChangedShape, match=re.escape(named)):
        vendor_govuk.unbrand(A_RELEASE.replace(was, became))
