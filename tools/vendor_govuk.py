"""For maintainers: fetch a release of GOV.UK Frontend, take its brand out and write the files that we commit.

    python tools/vendor_govuk.py 6.6.0

GOV.UK Frontend is MIT licensed, but its typeface and the royal crest are not, and may be used on GOV.UK only.
The tool stops when a release looks unlike what it knows, so that the brand can't come back by an update.
It needs npm (``npm pack``); people who install or test the product never run it.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess  # noqa: S404
import sys
import tarfile
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "academy" / "web" / "static" / "vendor"
FONT = "var(--app-font,system-ui,sans-serif)"
"""What stands in place of the font stack of GOV.UK: our own token, set in ``app.css``."""
BRAND = ("GDS Transport", "Calvert", "crest", "/assets/")
"""Words that may not be left in a file that we ship."""
USED = ("package.json", "dist/govuk/govuk-frontend.min.css", "dist/govuk/govuk-frontend.min.js")
LICENCE = """\
The MIT License (MIT)

Copyright (c) 2017 Crown Copyright (Government Digital Service)

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


class ChangedShape(Exception):
    """The release is built unlike the ones this tool knows; the message names what differs."""


def unbrand(css: str) -> str:
    """The stylesheet with typeface, crest and outside addresses removed. Raises ChangedShape."""
    css, notices = re.subn(r"/\*![^*]*Calvert.*?\*/", "", css, flags=re.DOTALL)
    css, faces = re.subn(r"@font-face\{font-family:GDS Transport;[^}]*\}", "", css)
    css, stacks = re.subn(r"GDS Transport,\s*arial,\s*sans-serif", FONT, css)
    css, crests = re.subn(r"url\(/assets/images/govuk-crest\.svg\)", "none", css)
    css = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)

    counted = {"notices": notices == 1, "faces": faces == 2, "stacks": stacks >= 40, "crests": crests >= 1}
    odd = [name for name, ok in counted.items() if not ok]
    odd += [word for word in BRAND if word in css]
    odd += re.findall(r"url\((?!data:)[^)]*\)", css)
    if odd:
        raise ChangedShape(f"not as expected: {', '.join(odd)}")
    return css.rstrip() + "\n"


def _member(package: tarfile.TarFile, name: str) -> bytes:
    found = package.extractfile(f"package/{name}")
    if found is None:
        raise ChangedShape(f"without {name}")
    return found.read()


def fetch(version: str) -> tuple[dict[str, bytes], str]:
    """The package's files that we use, and npm's own checksum of the package, which npm has verified."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--json", f"govuk-frontend@{version}"]
        answer = subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603
        entry = json.loads(answer.stdout)[0]
        with tarfile.open(Path(folder, entry["filename"])) as package:
            files = {name: _member(package, name) for name in USED}
    return files, entry["integrity"]


def write(version: str, *, folder: Path = FOLDER) -> Path:
    """Write the folder ``govuk-<version>``: stylesheet, script, licence, VENDOR.json with checksums."""
    files, integrity = fetch(version)
    licence = json.loads(files["package.json"])["license"]
    if licence != "MIT":
        raise ChangedShape(f"licence is {licence!r}")
    script = re.sub(rb"\n?//# sourceMappingURL=.*", b"", files["dist/govuk/govuk-frontend.min.js"])

    made = {
        "govuk.min.css": unbrand(files["dist/govuk/govuk-frontend.min.css"].decode()).encode(),
        "govuk.min.js": script.rstrip() + b"\n",
        "LICENCE.txt": LICENCE.encode(),
    }
    target = folder / f"govuk-{version}"
    target.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        (target / name).write_bytes(content)
    record = {
        "package": "govuk-frontend",
        "version": version,
        "licence": licence,
        "source": "https://github.com/alphagov/govuk-frontend",
        "npm_integrity": integrity,
        "changed": "typeface, crest and source maps removed by tools/vendor_govuk.py",
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in made.items()},
    }
    (target / "VENDOR.json").write_text(json.dumps(record, indent=2) + "\n")
    return target


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        print(write(sys.argv[1]))
    except ChangedShape as reason:
        sys.exit(f"govuk-frontend {sys.argv[1]} is {reason}")
