"""The webinars and events of the academy's year, in words as people would read them."""

from __future__ import annotations

from academy.demo.programmes import programme
from academy.programmes.rules import ProgrammeDetails
from academy.programmes.tables import ProgrammeKind


def _series(name: str, summary: str, description: str, outcomes: str) -> ProgrammeDetails:
    return programme(
        ProgrammeKind.WEBINAR, name, summary, "Everyone in public services, free of charge.", description, outcomes,
        hours=1,
    )  # fmt: skip


WEBINARS_DATA = _series(
    "Data and AI webinars",
    "One hour at lunchtime on using data and artificial intelligence in public services: what worked, what it cost, "
    "and what went wrong.",
    """
Each webinar is one team telling one story, with at least twenty minutes for your questions. Speakers show the work
itself rather than slides about it, and say what they would do differently.

The link to join is in your calendar invite. Captions are on for everyone.
""",
    "- Hear how others have done it, with figures\n- Ask the people who did the work\n- Leave with one thing to try",
)
WEBINARS_CYBER = _series(
    "Cyber resilience webinars",
    "One hour at lunchtime on keeping services running: lessons from incidents, exercises and the quiet work between.",
    """
Short, practical and free of salesmanship. Speakers come from councils that have been through an incident or have
prepared well for one. Part of each session is not recorded, so that they can speak freely.

The link to join is in your calendar invite. Captions are on for everyone.
""",
    "- Learn from real incidents\n- Compare your preparation with others'\n- Take away a checklist or a template",
)
WEBINARS_PEOPLE = _series(
    "Leading people webinars",
    "One hour at lunchtime on the human side of digital work: hiring, growing and keeping people, and looking after "
    "yourself.",
    """
A conversation with somebody who leads a team well, followed by small-group discussion. You can take part or just
listen: both are fine.

The link to join is in your calendar invite. Captions are on for everyone.
""",
    "- Pick up an idea that has worked in another council\n- Meet people with the same job as you\n- Think for an hour",
)
WEBINARS_SERVICE = _series(
    "Service design webinars",
    "One hour at lunchtime on services that people can use: research, content, accessibility and digital inclusion.",
    """
Teams show a service before and after, and the research that made the difference. Many sessions include people who use
the service, telling it in their own words.

The link to join is in your calendar invite. Captions are on for everyone.
""",
    "- See research that changed a decision\n- Find out what was cheap and what was not\n- Borrow patterns and words",
)
WEBINARS_STRATEGY = _series(
    "Digital strategy webinars",
    "One hour at lunchtime for those who plan: strategy, money, procurement, and working with members and suppliers.",
    """
What is coming, what it means for councils of different sizes, and how others plan for it. Usually two speakers who do
not agree, and a chair who makes use of that.

The link to join is in your calendar invite. Captions are on for everyone.
""",
    "- Understand what is changing and by when\n- Hear two sides of a decision\n- Get documents that you can reuse",
)

CONFERENCE = programme(
    ProgrammeKind.EVENT,
    "National Conference",
    "Our yearly day for digital leaders in public services, in person and online. Talks, workshops, and time to meet.",
    "Members and non-members from the public sector, and our partners.",
    """
One day, three stages, and long breaks. The morning is for everyone: two keynotes and the year's awards. In the
afternoon you choose between talks, hands-on workshops and unconference sessions that the participants propose.

If you join online, you have a host of your own, your questions are read out first, and every talk has captions.
""",
    "- Know what others are working on\n- Meet people you can call\n- Take home at least one idea that you will use",
    hours=6,
)
REGIONAL = programme(
    ProgrammeKind.EVENT,
    "Regional Meetings",
    "Half a day with digital leaders from your region: what is happening nearby, who can help whom, and lunch.",
    "Digital, data and technology people from public services in the region.",
    """
Regional meetings are run by members for members. The host council opens its doors and shows a piece of work, two
others bring a problem they are stuck with, and the rest of the time is for talking to each other.
""",
    "- Get to know your neighbours\n- Find partners for shared work\n- Bring a problem, and leave with suggestions",
    hours=4,
)
ALUMNI_EVENT = programme(
    ProgrammeKind.EVENT,
    "Alumni Gatherings",
    "For everyone who has completed one of our programmes: meet your cohort again, and those before and after it.",
    "Alumni of all leadership programmes, workshops and partner training.",
    """
No agenda but each other: a speaker from among you, an hour of coaching circles, and an open microphone for what you
have tried since. Alumni who would like to mentor, speak or write can find out how.
""",
    "- See what became of everyone's plans\n- Give back, if you would like to\n- Keep the network alive",
    hours=2,
)

WEBINARS = (WEBINARS_DATA, WEBINARS_CYBER, WEBINARS_PEOPLE, WEBINARS_SERVICE, WEBINARS_STRATEGY)
EVENTS = (CONFERENCE, REGIONAL, ALUMNI_EVENT)

WEBINAR_TITLES: dict[str, tuple[str, ...]] = {
    WEBINARS_DATA.name: (
        "What our first chatbot got wrong",
        "Predicting missed bins: a small model that paid for itself",
        "Sharing data with health, without tears",
        "Drafting with AI: a policy people follow",
        "One address list for the whole council",
        "Transcribing social care visits: the evidence so far",
        "Dashboards nobody opens, and what to do instead",
        "Open data ten years on",
    ),
    WEBINARS_CYBER.name: (
        "Twelve days without systems: a chief executive's diary",
        "Phishing tests that do not humiliate people",
        "Backups you have actually restored",
        "Suppliers and the weakest link",
        "Who switches it off? Decisions in the first hour",
        "Passwords are going away: how we moved 4,000 people",
        "Exercising with your neighbours",
        "Old systems, new threats: living with legacy",
    ),
    WEBINARS_PEOPLE.name: (
        "Hiring developers on council pay",
        "Apprentices who stayed",
        "When your best specialist does not want to manage",
        "Returning to work after a career break",
        "Menopause, technology and the office",
        "Neurodivergent teams: small changes that mattered",
        "Feedback that people thank you for",
        "Leading through a reorganisation",
    ),
    WEBINARS_SERVICE.name: (
        "A blue badge form that people finish",
        "Content design for people in a crisis",
        "Testing with twelve people on a rainy Tuesday",
        "Libraries as the front door to digital",
        "Planning notices that residents read",
        "The phone is a digital channel too",
        "Accessibility statements that tell the truth",
        "Designing for the carer at the next desk",
    ),
    WEBINARS_STRATEGY.name: (
        "Local government reorganisation: two years of IT in one hour",
        "Buying together: a framework that saved money",
        "Talking to members about technology",
        "Switching off the old phone network",
        "Writing a strategy on two pages",
        "The real cost of staying put",
        "Shared services: a marriage guide",
        "What the spending review means for digital",
    ),
}
UPCOMING_TITLES: tuple[tuple[str, str], ...] = (
    (WEBINARS_SERVICE.name, "Easy read, done well"),
    (WEBINARS_DATA.name, "Fraud, fairness and matching data"),
    (WEBINARS_CYBER.name, "Cyber assessment in an afternoon"),
    (WEBINARS_PEOPLE.name, "Mentoring: what is in it for the mentor"),
)
