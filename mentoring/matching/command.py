"""``academy match MENTORS.csv MENTEES.csv``: pairs from two files, without an academy around them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from academy.errors import DomainError

if TYPE_CHECKING:
    from mentoring.matching.criteria import Criteria
    from mentoring.matching.people import Pair, Pool
    from mentoring.matching.results import Suggestion

FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command()
@click.argument("mentors", type=FILE)
@click.argument("mentees", type=FILE)
@click.option(
    "--explain", is_flag=True, help="Say for each pair what speaks for it, against it, and who else would do."
)
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
@click.option("--mode", type=click.Choice(["floors", "quality", "worst", "stable"]), default=None)
@click.option("--pin", "pins", nargs=2, multiple=True, metavar="MENTOR MENTEE", help="Settle a pair beforehand.")
@click.option("--rule-out", "ruled_out", nargs=2, multiple=True, metavar="MENTOR MENTEE", help="Not this pair.")
@click.option("--previous", type=FILE, help="What --json gave before: its pairs are kept as far as possible.")
@click.option("--criteria", "criteria_file", type=FILE, help="Rules and weights as JSON; what is left out is usual.")
@click.option("--places", default=1, show_default=True, help="Of mentors who do not say how many they can take.")
@click.option("--seed", default=0, show_default=True, help="Another seed draws another lot between equals.")
@click.option("--modes", is_flag=True, help="Instead of pairs: what each mode would come to.")
def match(
    mentors: Path,
    mentees: Path,
    explain: bool,
    as_json: bool,
    mode: str | None,
    pins: tuple[tuple[str, str], ...],
    ruled_out: tuple[tuple[str, str], ...],
    previous: Path | None,
    criteria_file: Path | None,
    places: int,
    seed: int,
    modes: bool,
) -> None:
    """Pair the mentees of one CSV file with the mentors of another. People are named by their e-mail addresses."""
    from mentoring.matching import files
    from mentoring.matching.people import Pair, Pool
    from mentoring.matching.suggest import prices_of_modes, suggest

    try:
        pool = Pool(
            mentors=files.read_mentors(mentors.read_bytes(), mentors.name, places=places),
            mentees=files.read_mentees(mentees.read_bytes(), mentees.name),
        )
        criteria = _criteria(criteria_file, mode)
        asked: dict[str, Any] = {
            "pins": [Pair(one.casefold(), other.casefold()) for one, other in pins],
            "ruled_out": [Pair(one.casefold(), other.casefold()) for one, other in ruled_out],
            "previous": _previous(previous),
        }
        if modes:
            _show_modes(prices_of_modes(pool, criteria, seed=seed, **asked), as_json=as_json)
            return
        found = suggest(pool, criteria, seed=seed, **asked)
    except DomainError as error:
        told = getattr(error, "errors", {"": error.message})
        raise click.ClickException("\n".join(told.values())) from error
    if as_json:
        click.echo(_json(found, explain=explain))
    else:
        click.echo("\n".join(_lines(found, pool, floors=criteria.floors, explain=explain)))


def _criteria(file: Path | None, mode: str | None) -> Criteria:
    import msgspec

    from mentoring.matching import files
    from mentoring.matching.criteria import Criteria, Mode

    found: Criteria = files.read_json(file.read_bytes(), file.name, Criteria) if file else Criteria()
    return msgspec.structs.replace(found, mode=Mode(mode)) if mode else found


def _previous(file: Path | None) -> list[Pair]:
    from mentoring.matching import files
    from mentoring.matching.people import Pair

    if file is None:
        return []
    found = files.read_json(file.read_bytes(), file.name, dict[str, object])
    pairs = found.get("pairs")
    if not isinstance(pairs, list):
        raise files.BadFile({"file": f"{file.name} has no pairs. Give the file that --json wrote before."})
    return [Pair(str(one["mentor"]), str(one["mentee"])) for one in pairs if {"mentor", "mentee"} <= one.keys()]


def _json(found: Suggestion, *, explain: bool) -> str:
    import msgspec

    told = msgspec.to_builtins(found)
    if not explain:
        for one in [*told["pairs"], *told["unmatched"]]:
            for name in ("strongest", "weakest", "alternatives", "choices"):
                one.pop(name, None)
    return msgspec.json.format(msgspec.json.encode(told)).decode()


def _show_modes(rows: tuple[object, ...], *, as_json: bool) -> None:
    import msgspec

    from mentoring.matching.results import ModeRow

    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(rows)).decode())
        return
    click.echo("mode     paired   total   worst   first choices   named   both would rather have each other   below")
    for row in rows:
        if isinstance(row, ModeRow):
            below = ", ".join(f"{one.floor}: {one.pairs}" for one in row.below)
            worst = "–" if row.worst is None else row.worst
            click.echo(
                f"{row.mode:8} {row.paired:6} {row.total:7} {worst:>7} {row.first_choices:15} "
                f"{row.stated_choices:7} {row.blocking:35}   {below}"
            )


def _lines(found: Suggestion, pool: Pool, *, floors: tuple[int, ...], explain: bool) -> list[str]:
    from mentoring.matching.results import Answer
    from mentoring.matching.rules import told as told_of

    names = {one.id: f"{one.name} ({one.id})" if one.name else one.id for one in (*pool.mentors, *pool.mentees)}
    totals = found.totals
    lines = [one.sentence for one in found.warnings]
    lines += [""] if lines else []
    for pair in found.pairs:
        marks = ", pinned" if pair.pinned else ", as before" if pair.kept else ""
        lines.append(f"{pair.score:3}  {names[pair.mentee]} with {names[pair.mentor]}{marks}")
        if not explain:
            continue
        points = ", ".join(f"{name} {worth}" for name, worth in pair.points.by_criterion().items() if worth)
        lines.append(f"     points: {points or 'none'}")
        lines += [f"     for: {pair.strongest}"] if pair.strongest else []
        lines += [f"     against: {pair.weakest}"] if pair.weakest else []
        for choice in pair.choices:
            told = " ".join(told_of(choice.reasons))
            if choice.answer is Answer.POSSIBLE and choice.at_least:
                told = f"possible, at a cost of at least {choice.at_least.in_words(floors)}"
            told = told or choice.answer.value.replace("_", " ")
            lines.append(f"     choice {choice.rank}, {names.get(choice.mentor, choice.mentor)}: {told}")
        for other in pair.alternatives:
            room = "a free place" if other.free else f"would displace {names[other.displaces]}"
            lines.append(f"     or {other.score}: {names[other.mentor]}, {room}")
    lines += ["", "Without a mentor:"] if found.unmatched else []
    for one in found.unmatched:
        lines.append(f"     {names[one.mentee]}: {one.sentence}")
        lines += [f"       {told}" for told in one.would_help] if explain else []
    below = ", ".join(f"{one.pairs} below {one.floor}" for one in totals.below)
    lines += [
        "",
        f"{totals.paired} of {totals.mentees} mentees have a mentor. Total {totals.total}, worst "
        f"{'–' if totals.worst is None else totals.worst}" + (f"; {below}." if below else "."),
        f"{totals.first_choices} have their first choice, {totals.stated_choices} one of their choices. "
        f"{totals.places_left} of {totals.places} places are left.",
    ]
    return lines
