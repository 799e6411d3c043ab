"""Invented people look like people, and can be written to."""

from random import Random

from academy.demo import names
from academy.demo.people import FACILITATOR, FACILITATORS, KNOWN, MENTOR, PARTICIPANT, Cast, invent
from academy.demo.plan import Days
from academy.people import imports
from academy.people.rules import check_address, check_name
from tests.conftest import NOW

COUNCILS = imports.councils()
CROWD = invent(Random(1), COUNCILS, 1700)
DAYS = Days(NOW).dates(-3, -2, 4)


def test_there_are_as_many_as_asked_for_each_with_a_name_and_an_address_of_their_own():
    assert len(CROWD) == len({each.address for each in CROWD}) == 1700
    assert [check_address(each.address) for each in CROWD] == [each.address for each in CROWD]
    assert [check_name(each.name) for each in CROWD] == [each.name for each in CROWD]
    assert {each.address.rpartition(".")[2] for each in CROWD} == {"example"}


def test_people_of_a_council_share_its_domain_and_no_other_council_has_it():
    domains = {each.organisation: each.address.rpartition("@")[2] for each in CROWD if each.council}

    assert domains["Essex County Council"] == "essex.example"
    assert domains["City of Cardiff Council"] == "cardiff.example"
    assert len(set(domains.values())) == len(domains) > 350


def test_those_we_know_by_name_work_where_organisations_are():
    there = {council.name for council in COUNCILS}

    assert {each.organisation for each in KNOWN if each.council} <= there


def test_the_same_seed_invents_the_same_people():
    assert invent(Random(1), COUNCILS, 300) == CROWD[:300]
    assert invent(Random(2), COUNCILS, 300) != CROWD[:300]


def test_mailboxes_are_made_of_names_in_plain_letters():
    assert names.mailbox("Łukasz Wójcik") == "lukasz.wojcik"
    assert names.mailbox("Siân O'Brien-Rees") == "sian.obrien-rees"
    assert names.mailbox("Zeynep Yıldız") == "zeynep.yildiz"


def test_names_come_from_the_nation_and_from_many_origins():
    welsh = {names.full_name(Random(seed), "Wales", woman=True).split()[0] for seed in range(300)}
    there = {each.name for each in CROWD}

    assert {"Angharad", "Lowri", "Rhiannon"} <= welsh
    for origin in (origin for origins in names.ORIGINS.values() for origin, _ in origins):
        own = {f"{given} {family}" for given in (*origin.women, *origin.men) for family in origin.family}
        assert not own.isdisjoint(there)


def test_nobody_is_chosen_twice_for_one_programme_or_for_one_day():
    cast = Cast(CROWD)
    first = cast.choose(Random(1), 400, programme="Top Talent", days=DAYS)
    again = cast.choose(Random(1), 400, programme="Top Talent", days=Days(NOW).dates(90))
    same_day = cast.choose(Random(1), 400, programme="Webinars", days=DAYS[-1:], once=False)

    assert len(first) == len(again) == len(same_day) == 400
    assert {each.address for each in first}.isdisjoint(each.address for each in again)
    assert {each.address for each in first}.isdisjoint(each.address for each in same_day)


def test_people_are_chosen_from_the_region_first_and_as_the_programme_asks():
    cast = Cast(CROWD)
    chosen = cast.choose(
        Random(1), 20, programme="NI", days=DAYS, region="Scotland", women=True, councils=True, must=(PARTICIPANT,)
    )

    assert chosen[0].address == PARTICIPANT
    assert all(each.woman and each.council for each in chosen)
    assert sum(each.region == "Scotland" for each in chosen) >= 13


def test_facilitators_come_from_partners_and_take_part_in_nothing():
    cast = Cast(CROWD)
    everybody = cast.choose(Random(1), 5000, programme="Any", days=DAYS)
    leaders = {each.address for each in cast.facilitators}

    assert len(leaders) == FACILITATORS + 1
    assert cast.facilitators[0].address == FACILITATOR
    assert leaders.isdisjoint(each.address for each in everybody)
    assert MENTOR not in {each.address for each in everybody}  # only where the plan names him
