"""The guide to the API does what it says: every command in it is run against the product."""

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.conftest import Clock
from tests.support import makers
from tests.support.matched import three
from tests.support.programs import program

GUIDE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()


def commands() -> list[list[str]]:
    """The curl commands of the guide, each as its words, with their variables still in them."""
    shell = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL))
    found: list[list[str]] = []
    for words in [shlex.split(part) for part in re.split(r"(?m)^(?=curl )", shell.replace("\\\n", " "))]:
        if words and words[0] == "curl":
            found.append(words)
    return found


class Curl:
    """Just enough of curl: -X, -H, -d and the address."""

    def __init__(self, client: httpx.AsyncClient, **variables: str) -> None:
        self.client = client
        self.variables = variables

    async def run(self, words: list[str]) -> httpx.Response:
        method, headers, body, address = "GET", {}, None, ""
        rest = iter(self.filled(word) for word in words[1:])
        for word in rest:
            if word == "-X":
                method = next(rest)
            elif word == "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            elif word == "-d":
                body = next(rest)
            elif word != "-s":
                address = word
        return await self.client.request(method, address, headers=headers, content=body)

    def filled(self, word: str) -> str:
        for name, value in self.variables.items():
            word = word.replace(f"${name}", value)
        assert "$" not in word, word
        return word


async def test_every_command_of_the_guide_works(client: httpx.AsyncClient, clock: Clock) -> None:
    person = await makers.a_coordinator()
    cora = await program(client, person, "read", "enrol", "manage")
    await makers.a_programme(name="Top Talent")
    await makers.a_cohort(code="tt-essex")
    curl = Curl(client, ACADEMY="https://academy.example.org", TOKEN=cora.token)
    who = await makers.coaching(person=person)
    curl.variables |= {"PLACE": str(who.enrolment), "COACH": str(who.coach)}
    round = await three(clock.now)
    curl.variables |= {"ROUND": round.slug, "MENTOR": str(round.people["Mia"]), "MENTEE": str(round.people["Ana"])}
    answers: list[tuple[str, int]] = []

    for words in commands():
        if words[-1].startswith("{") and '"marks"' in words[-1]:
            clock.now = datetime(2026, 6, 26, 9, 0, tzinfo=UTC)  # the register is open
        answer = await curl.run(words)
        answers.append((f"{answer.request.method} {answer.request.url.path}", answer.status_code))
        told = answer.json()
        if answer.request.url.path == "/api/my/enrolments":
            (mine,) = (each for each in told["enrolments"] if each["cohort"] == "tt-essex")
            curl.variables["ENROLMENT"] = mine["id"]
            curl.variables["SESSION"] = mine["sessions"][0]["id"]
        elif answer.request.url.path == "/api/cohorts" and answer.status_code == 201:
            curl.variables["SESSION"] = told["sessions"][0]["id"]
        elif answer.request.url.path.endswith("/times"):
            curl.variables["START"] = told["starts"][0]
        elif answer.request.url.path.startswith("/api/my/coaching/") and answer.status_code == 201:
            curl.variables["BOOKED"] = told["id"]
        elif answer.request.url.path.endswith("/people"):
            curl.variables["ENROLMENT"] = told["enrolment"]

    assert [status for _, status in answers] == [
        *[200, 201, 200, 200, 200],
        *[201, 201, 200, 200, 200, 200],
        *[200, 200, 200, 201, 200, 200],
        *[200, 201, 200, 200, 201, 200, 200],
    ], answers


def test_the_guide_names_every_scope_and_the_problem_it_shows_is_one() -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)

    assert re.findall(r"(?m)^\| `(\w+)` \|", GUIDE.partition("## Every call")[0]) == ["read", "enrol", "manage"]
    assert set(json.loads(shown)) == {"type", "title", "status", "detail", "rule", "fields"}
