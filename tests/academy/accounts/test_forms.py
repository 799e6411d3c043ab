"""The form of one's details shows what it read."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from academy.accounts import forms
from academy.people.queries import Details, Job
from academy.web.forms import Fields

MADE = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def known(*jobs: Job) -> Details:
    return Details(
        id=UUID(int=1),
        name="Ana Petrova",
        time_zone="Europe/London",
        nation="",
        created_at=MADE,
        addresses=[],
        jobs=list(jobs),
    )


def job(organisation: UUID | None, *, to_on: date | None = None) -> Job:
    return Job(
        organisation=organisation, name="Essex Council", job_title="Analyst", from_on=date(2026, 1, 1), to_on=to_on
    )


@pytest.mark.parametrize(
    ("person", "organisation", "organisation_name", "job_title"),
    [
        (known(job(UUID(int=7))), UUID(int=7), "", "Analyst"),
        (known(job(None)), None, "Essex Council", "Analyst"),
        (known(job(None, to_on=date(2026, 5, 1))), None, "", ""),
        (known(), None, "", ""),
    ],
)
def test_what_is_shown_is_read_back_as_it_was(
    person: Details, organisation: UUID | None, organisation_name: str, job_title: str
) -> None:
    read = forms.read_details(Fields(forms.typed_details(person).items()))

    assert read == forms.Details(
        name="Ana Petrova",
        time_zone="Europe/London",
        organisation=organisation,
        organisation_name=organisation_name,
        job_title=job_title,
    )
