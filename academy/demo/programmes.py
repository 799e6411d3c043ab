"""The programmes, workshops and partner training of the academy, in words as people would read them."""

from __future__ import annotations

from academy.programmes.rules import ProgrammeDetails
from academy.programmes.tables import ProgrammeKind

HOUR = 60


def _leadership(
    name: str, summary: str, audience: str, description: str, outcomes: str, *, hours: float, needed: int | None
) -> ProgrammeDetails:
    return programme(
        ProgrammeKind.LEADERSHIP, name, summary, audience, description, outcomes, hours=hours, needed=needed
    )


def programme(
    kind: ProgrammeKind,
    name: str,
    summary: str,
    audience: str,
    description: str,
    outcomes: str,
    *,
    hours: float,
    needed: int | None = None,
) -> ProgrammeDetails:
    """Details with as many hours of CPD as of contact."""
    return ProgrammeDetails(
        name=name,
        kind=kind,
        summary=summary,
        audience=audience,
        description=description.strip(),
        outcomes=outcomes.strip(),
        contact_minutes=round(hours * HOUR),
        cpd_minutes=round(hours * HOUR),
        sessions_needed=needed,
    )


TOP_TALENT = _leadership(
    "Top Talent",
    "For people who already lead some of the work and are ready to lead more of it. Two days together, a follow-up "
    "six weeks later, and one-to-one coaching in between.",
    "Team leaders, project managers and senior specialists in local public services, a year or more into their role.",
    """
Most people are promoted because they are good at a job that they then stop doing. Top Talent is about the job that
comes next: working through others, making decisions before all the facts are in, and being heard in rooms where you
are not the expert.

You work in a group of up to 20 people from different councils. Everyone brings a real problem from their own service,
and leaves with a plan for it that others have tested.

## How it runs

- **Day one** looks at how you lead now: your strengths, what you avoid, and how others experience you.
- **Day two** is practice: difficult conversations, influencing without authority, and setting direction.
- **Follow-up**, six weeks later and online: what you tried, what happened, and what you will keep doing.

One-to-one coaching is included. Your coordinator tells you on day one how to book it.
""",
    """
- Describe your own way of leading, and adapt it to the person in front of you
- Hold a difficult conversation early, calmly and to a clear end
- Win support for a change from people who do not work for you
- Turn a vague problem into a decision that somebody can take
""",
    hours=15,
    needed=2,
)

EMPOWERING_WOMEN = _leadership(
    "Empowering Women",
    "A programme for women who want to lead in digital, data and technology on their own terms. Four half-days over "
    "two months, with coaching and a network that lasts.",
    "Women, and anyone who identifies as a woman, at any grade in a digital, data or technology role in the public "
    "sector.",
    """
Women are still a minority in the senior technology posts of local government. This programme does not ask
participants to be more like the majority. It helps you see what you already do well, say it plainly, and choose where
you want to take it.

Each half-day mixes short input with time in trios, so that there is room for what is going on at work this week.
What is said in the group stays in the group.

## How it runs

1. **Your story**: what has brought you here, and what you want next
2. **Voice and presence**: being heard in meetings, online and in writing
3. **Power and politics**: sponsors, allies, and saying no
4. **Next steps**: your plan, and the people who will hold you to it

One-to-one coaching is included.
""",
    """
- Say what you are good at, with examples that stand up in an interview
- Respond when you are talked over, overlooked or doubted
- Win a sponsor in your organisation, and ask more of them
- Call on a group of peers from other organisations
""",
    hours=14,
    needed=3,
)

EMPOWERING_WOMEN_NI = _leadership(
    "Empowering Women NI",
    "Empowering Women for Northern Ireland: the same four half-days, run in Belfast with local speakers and a local "
    "network.",
    "Women, and anyone who identifies as a woman, in a digital, data or technology role in councils, health, education "
    "or the civil service in Northern Ireland.",
    """
People in Northern Ireland told us that travelling to England for four half-days was not realistic, and that a network
is only useful if its members can meet for coffee. So this edition runs in Belfast, with speakers from councils,
health trusts and the wider public service here.

The content follows *Empowering Women*: your story, voice and presence, power and politics, and next steps. Examples,
case studies and the speakers' panel are local.

One-to-one coaching is included and can be booked in person or online.
""",
    """
- Say what you are good at, with examples that stand up in an interview
- Respond when you are talked over, overlooked or doubted
- Call on a network across the eleven councils and other public bodies
- Follow a plan for the next twelve months that others have tested with you
""",
    hours=14,
    needed=3,
)

CYBER_LEADERSHIP = _leadership(
    "Cyber Leadership",
    "Leading before, during and after a cyber attack. Three days for people who will have to make the decisions, "
    "whether or not they are technical.",
    "Heads of service, senior managers and security leads in councils and other public bodies. You do not need a "
    "technical background.",
    """
When a council is attacked, the hard questions are not technical. Which services come back first? What do we tell
residents? Who may decide to switch everything off? This programme prepares the people who will be asked.

Day two is an exercise that runs for six hours with an invented council, an invented attack, and a clock.

## How it runs

- **Day one, before**: risk in plain words, what to ask your suppliers, and how to talk to members about money
- **Day two, during**: a full-day exercise with roles, injects and press calls
- **Day three, after**: recovery, looking after your people, and the report that nobody wants to write

Day two is compulsory: the exercise depends on everyone's role being filled.
""",
    """
- Explain your organisation's main cyber risks to members and colleagues without jargon
- Run the first day of an incident, with clear roles and a decision log
- Decide the order in which services come back, and defend it
- Lead the review afterwards so that people tell you what really happened
""",
    hours=18,
    needed=2,
)

PLACE_BASED = _leadership(
    "Place-based Leadership",
    "A pilot for people who lead across organisations in one place: councils, health, police, housing and the "
    "voluntary sector, learning together.",
    "Senior people from any public body or charity that works in the place where the cohort runs. Come with a partner "
    "from another organisation if you can.",
    """
Residents do not live in a department. Yet most leadership programmes bring together people who do the same job in
different places. This pilot turns that round: everyone comes from the same place, and from a different organisation.

Over five sessions the group works on one question that matters to its area, such as why some families are known to
nine services and helped by none. There is time in each session for reading the evidence, for talking to the people it
is about, and for deciding what to try before the next one.

As this is a pilot, we ask more questions than usual about what worked. Your answers shape the next cohort.
""",
    """
- Map who does what for residents in your area, and where it breaks
- Build trust across organisations whose budgets, data and targets differ
- Lead a small shared experiment, and stop it if it does not help
- Tell a story about your place that partners recognise
""",
    hours=20,
    needed=4,
)

EMOTIONAL_INTELLIGENCE = programme(
    ProgrammeKind.WORKSHOP,
    "Introduction to Emotional Intelligence",
    "Three hours on noticing what you and others feel at work, and on using it well rather than pretending it is not "
    "there.",
    "Anyone who works with people. No preparation needed.",
    """
Feelings are information. This workshop is about reading that information sooner: in yourself, before you send the
email; and in others, before the meeting goes wrong.

You will try out short exercises in pairs, look at a situation of your own, and leave with two habits to practise. The
group is small, cameras are optional, and nobody has to share anything private.
""",
    """
- Name what you feel at work, and what sets it off
- Notice how others are, and check rather than guess
- Choose a response when you are under pressure
""",
    hours=3,
)

EFFECTIVE_COACH = programme(
    ProgrammeKind.WORKSHOP,
    "How to Be an Effective Coach",
    "A three-hour workshop for managers who would like to ask more and tell less.",
    "Managers and team leaders, and anyone who supports a colleague's development.",
    """
Coaching is not a meeting with a special name. It is a way of listening that helps another person think, and it can
happen in five minutes by the lift. In this workshop you practise it: one model, a handful of good questions, and a lot
of silence.

You will coach, be coached and watch others do it, each on something real. Bring a situation that you are happy to
talk about with a colleague.
""",
    """
- Listen without preparing your answer
- Use open questions to move someone from problem to next step
- Know when coaching is the wrong tool
""",
    hours=3,
)

REMOTE_TEAMS = programme(
    ProgrammeKind.WORKSHOP,
    "Managing and Motivating Remote Teams",
    "Three hours on leading people you rarely see: trust, rhythm, fairness, and meetings that are worth the time.",
    "Managers of teams that work from home, in several offices, or both.",
    """
Teams that are rarely in one room fall apart quietly: first the small talk goes, then the small questions, then the
small warnings. This workshop looks at what you can put in their place.

We compare how the participants' teams meet, decide and celebrate, and build a simple working agreement that you can
take back and change with your own team.
""",
    """
- Agree with your team how you will work together, and keep to it
- Spot early when somebody is struggling or left out
- Run hybrid meetings in which the people on screen count as much as those in the room
""",
    hours=3,
)

EDI = programme(
    ProgrammeKind.WORKSHOP,
    "Equality, Diversity and Inclusion",
    "What the law asks of us, what good looks like, and what to do when it goes wrong in your own team. Three hours.",
    "Everyone with responsibility for people or services, at any level.",
    """
This is not a slide show about definitions. It starts with the public sector equality duty and what it means for a
decision you have to take this month, and goes on to everyday situations: a joke in a meeting, a form that leaves
people out, a recruitment panel that always appoints the same kind of person.

You will work on cases from councils, in small groups, with somebody who has led this work for years.
""",
    """
- Use an equality impact assessment to make a better decision, not to record one already made
- Respond to exclusion in the moment and afterwards
- Find two changes to your own service that would let more people use it
""",
    hours=3,
)

CHANGE_AGENT = programme(
    ProgrammeKind.PARTNER_TRAINING,
    "Change Agent",
    "Free partner training for local government: how to use the digital tools you already have to change how work is "
    "done. Two days, or five.",
    "Officers at any level in local government, junior to senior, who would like to improve how something is done.",
    """
Change Agent is run with Tidewell Cloud and is free for councils. You bring one process that wastes time: a form that
is printed to be typed in again, a spreadsheet that three teams keep copies of, an approval that sits in an inbox. You
leave with a working first version of something better.

## Two formats

- **Two days**: find the process, map it, and build a first version with the tools your council already pays for.
- **Five days**: the same, and then data, automation, testing with users, and getting it into service.

No coding experience is needed. You need your work laptop, and your manager's agreement that you may change something.
""",
    """
- Map a process, and find the step that costs the most for the least
- Build a first version with low-code tools, and test it with the people who will use it
- Work within information governance rather than around it
- Show the hours and the money that a change has saved
""",
    hours=12,
)

DATA_LEADERSHIP = _leadership(
    "Data Leadership",
    "A new programme that we are still planning: leading the people and the promises behind an organisation's data.",
    "Data and insight managers, information governance leads, and those who commission them.",
    """
We are designing this with ten councils. It will run for three days, with a clinic on each participant's own data
strategy. Dates and places follow.
""",
    "- Say what your organisation's data is for\n- Build a team that others come to early\n- Decide what not to keep",
    hours=18,
    needed=2,
)

WORKSHOPS = (EMOTIONAL_INTELLIGENCE, EFFECTIVE_COACH, REMOTE_TEAMS, EDI)
LEADERSHIP = (TOP_TALENT, EMPOWERING_WOMEN, EMPOWERING_WOMEN_NI, CYBER_LEADERSHIP, PLACE_BASED)
DRAFTS = (DATA_LEADERSHIP,)
"""Only coordinators see these."""
