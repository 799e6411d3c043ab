"""Completions, certificates and alumni. Names and hours are kept as they were at the award."""

from enum import StrEnum

from piccolo.table import Table

from academy.database import columns as c
from academy.people.tables import Person


class Completion(Table):
    """A person completed a cohort. It outlives the cohort, so its facts are values and not keys."""

    id = c.key()
    person = c.link(Person, on_delete=c.CASCADE)
    programme_id = c.uuid()
    programme_name = c.text(160)
    cohort_id = c.uuid()
    cohort_name = c.text(200)
    cohort_code = c.text(60)
    contact_minutes = c.whole(default=0)
    cpd_minutes = c.whole(default=0)
    completed_on = c.day()
    recorded_at = c.instant()


class CertificateState(StrEnum):
    VALID = "valid"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class Certificate(Table):
    """A certificate is never issued twice, and its words never change."""

    id = c.key()
    completion = c.link(Completion, on_delete=c.CASCADE)
    number = c.text(30)
    code = c.text(40)  # in the address of the verify page: 128 bits, never guessed
    state = c.status(CertificateState, CertificateState.VALID)
    holder_name = c.text(120)
    title = c.text(200)  # programme and cohort, as at the award
    organisation_name = c.text(200)  # who awarded it
    sponsor_line = c.text(200, default="")
    contact_minutes = c.whole(default=0)
    cpd_minutes = c.whole(default=0)
    awarded_on = c.day()
    issued_at = c.instant()
    needs_decision = c.text(300, default="")  # why a coordinator should look, e.g. attendance corrected afterwards
    ended_at = c.instant(null=True)  # superseded or revoked
    end_reason = c.text(300, default="")
    replaced_by = c.uuid(null=True)  # the certificate that supersedes it


class Alumnus(Table):
    """Somebody who completed something. There is no second sign-up."""

    id = c.key()
    person = c.link(Person, on_delete=c.CASCADE)
    since_on = c.day()


class Contribution(Table):
    """What somebody did for the academy or learned in it beside programmes, such as a mentoring pairing."""

    id = c.key()
    person = c.link(Person, on_delete=c.CASCADE)
    kind = c.text(40)  # "mentor", "mentee"
    what = c.text(200)  # in the words that stay
    minutes = c.whole(default=0)
    on = c.day()
    about_kind = c.text(40)  # what it came from: counted once for each
    about_id = c.uuid()
    recorded_at = c.instant()
