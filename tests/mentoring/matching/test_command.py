"""``academy match`` on real files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from academy.cli import main

MENTORS = """\
email address,first name,last name,organisation,grade,skills offered,region
ada@x.uk,Ada,Byron,Leeds,8,"Planning, Budgets",Wales
bob@x.uk,Bob,Hill,Kent,7,Budgets,Wales
"""
MENTEES = """\
email address,first name,last name,organisation,grade,skills wanted,grades above,choices,region
eve@x.uk,Eve,Dee,York,5,"Planning, Budgets",3,bob@x.uk,Wales
flo@x.uk,Flo,Gray,York,5,Budgets,2,,London
gil@x.uk,Gil,Moss,Leeds,7,Budgets,1,ada@x.uk,Wales
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    mentors, mentees = tmp_path / "mentors.csv", tmp_path / "mentees.csv"
    mentors.write_text(MENTORS, encoding="utf-16")
    mentees.write_text(MENTEES)
    return str(mentors), str(mentees)


def academy(*words: str) -> Result:
    return CliRunner().invoke(main, ["match", *words], catch_exceptions=False)


def test_two_files_give_pairs(files: tuple[str, str]) -> None:
    assert academy(*files).output == (
        " 53  Eve Dee (eve@x.uk) with Ada Byron (ada@x.uk)\n"
        " 45  Flo Gray (flo@x.uk) with Bob Hill (bob@x.uk)\n"
        "\n"
        "Without a mentor:\n"
        "     Gil Moss (gil@x.uk): No mentor is allowed. A level not far enough above removes 1 of 2; the same "
        "organisation removes 1 of 2.\n"
        "\n"
        "2 of 3 mentees have a mentor. Total 98, worst 45; 0 below 10, 0 below 20, 0 below 30.\n"
        "0 have their first choice, 0 one of their choices. 0 of 2 places are left.\n"
    )


def test_explained_it_says_what_speaks_for_a_pair_and_against_it(files: tuple[str, str]) -> None:
    output = academy(*files, "--explain").output

    assert output.splitlines()[:6] == [
        " 53  Eve Dee (eve@x.uk) with Ada Byron (ada@x.uk)",
        "     points: skills 30, seniority 15, region 8",
        "     for: offers 2 of 2 skills wanted, the first among them",
        "     against: not among the mentee's choices",
        "     choice 1, Bob Hill (bob@x.uk): possible, at a cost of at least 5 points less",
        "     or 48: Bob Hill (bob@x.uk), would displace Flo Gray (flo@x.uk)",
    ]


def test_json_holds_pairs_with_points_people_without_one_with_reasons_and_totals(files: tuple[str, str]) -> None:
    found = json.loads(academy(*files, "--json").output)

    assert [(one["mentor"], one["mentee"], one["score"]) for one in found["pairs"]] == [
        ("ada@x.uk", "eve@x.uk", 53),
        ("bob@x.uk", "flo@x.uk", 45),
    ]
    assert all(sum(one["points"].values()) == one["score"] for one in found["pairs"])
    assert found["unmatched"] == [
        {
            "mentee": "gil@x.uk",
            "why": "nobody_allowed",
            "sentence": "No mentor is allowed. A level not far enough above removes 1 of 2; the same organisation "
            "removes 1 of 2.",
            "would_help": [
                "1 mentor would become possible if the mentor could be fewer levels above.",
                "1 mentor would become possible if mentors of their own organisation were allowed.",
            ],
            "allowed": 0,
            "reasons": [
                {"reason": "gap_too_small", "removes": 1, "alone": 1},
                {"reason": "same_organisation", "removes": 1, "alone": 1},
            ],
        }
    ]
    assert (found["totals"]["paired"], found["totals"]["total"], found["totals"]["places"]) == (2, 98, 2)


def test_json_explained_holds_the_alternatives(files: tuple[str, str]) -> None:
    found = json.loads(academy(*files, "--json", "--explain").output)

    assert [(one["mentor"], one["free"], one["displaces"]) for one in found["pairs"][0]["alternatives"]] == [
        ("bob@x.uk", False, "flo@x.uk")
    ]


def test_a_pin_a_pair_ruled_out_and_the_last_run_are_respected(files: tuple[str, str], tmp_path: Path) -> None:
    pinned = academy(*files, "--json", "--pin", "BOB@x.uk", "eve@x.uk").output
    before = tmp_path / "before.json"
    before.write_text(pinned)

    assert pairs_of(pinned) == {"eve@x.uk": "bob@x.uk", "flo@x.uk": "ada@x.uk"}
    ruled_out = academy(*files, "--json", "--rule-out", "ada@x.uk", "eve@x.uk").output
    assert pairs_of(ruled_out) == {"eve@x.uk": "bob@x.uk", "flo@x.uk": "ada@x.uk"}
    assert "as before" in academy(*files, "--previous", str(before), "--pin", "bob@x.uk", "eve@x.uk").output


def test_criteria_and_mode_can_be_given(files: tuple[str, str], tmp_path: Path) -> None:
    criteria = tmp_path / "criteria.json"
    criteria.write_text(json.dumps({"rules": {"apart": "any", "gap_from": None}, "mode": "quality", "least": 50}))

    found = json.loads(academy(*files, "--json", "--criteria", str(criteria)).output)
    other = json.loads(academy(*files, "--json", "--criteria", str(criteria), "--mode", "stable").output)

    assert (found["mode"], other["mode"]) == ("quality", "stable")
    assert all(one["score"] >= 50 for one in found["pairs"])


def test_what_each_mode_comes_to_is_a_table(files: tuple[str, str]) -> None:
    lines = academy(*files, "--modes").output.splitlines()

    assert [line.split()[:4] for line in lines[1:]] == [
        ["floors", "2", "98", "45"],
        ["quality", "2", "98", "45"],
        ["worst", "2", "98", "45"],
        ["stable", "2", "88", "40"],
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("email address,grade\nada@x.uk,Wizard\n", "mentors.csv, row 2, column grade: “Wizard” is not a grade."),
        ("grade\n4\n", "mentors.csv, row 1: a column must be called “email address” or “id”."),
    ],
)
def test_a_bad_file_is_told_in_a_sentence(files: tuple[str, str], text: str, sentence: str) -> None:
    Path(files[0]).write_text(text)

    refused = academy(*files)

    assert (refused.exit_code, "Traceback" in refused.output) == (1, False)
    assert sentence in refused.output


def pairs_of(output: str) -> dict[str, str]:
    return {one["mentee"]: one["mentor"] for one in json.loads(output)["pairs"]}
