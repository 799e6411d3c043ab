"""Invented organisations beside the real councils: public bodies, private-sector partners, and the academy's own."""

from __future__ import annotations

from academy.people.organisations import NewOrganisation
from academy.people.tables import OrganisationKind

SOCIETY = "Example Society of Digital Leaders"
ABROAD = "Nederlandse Vereniging Digitale Gemeenten"

PARTNERS: tuple[str, ...] = (
    "Larkbridge Systems", "Tidewell Cloud", "Ferncastle Consulting", "Oakmere Analytics", "Northwell Networks",
    "Brackenhill Software", "Saltmarsh Data", "Quillon Security", "Ravenscar Digital", "Harbourlight IT",
    "Pennyfield Platforms", "Glasswing Design", "Ashdown Telecoms", "Kestrel Ridge Cyber", "Marlowe and Finch",
    "Cobalt Lane", "Thistledown AI", "Wychelm Partners", "Orrery Mapping", "Beaconsgate Identity",
    "Sundew Automation", "Tarnside Hosting", "Umberfield Learning", "Vellum Records", "Windrush Integration",
    "Yarrow Housing Systems", "Zephyr Contact Centres", "Aldersyde Payments", "Blackthorn Assurance",
    "Copperleaf Cloud",
    "Dunlin Mobile", "Elmgrove Recruitment", "Fallowdene Print and Post", "Greywater Sensors", "Hollowell Software",
    "Ironbridge Robotics", "Juniper Vale Services", "Kingfisher Case Management", "Lodestar Accessibility",
    "Millrace Workflow", "Nettlefold Devices", "Oxbow Geographic", "Pebblebank Finance Systems",
    "Quarry Hill Data Centres",
    "Rookwood Training", "Silverbirch Care Tech", "Tamarisk Telephony", "Upland Broadband", "Vantage Mill",
    "Willowbrook Revenues", "Yewdale Facilities", "Amberley Archive", "Birchfold Business Change", "Cedarholt Hardware",
)  # fmt: skip
"""54 private-sector partners. The first give people who facilitate."""

PUBLIC_BODIES: tuple[tuple[str, str, str], ...] = (
    ("Severn Vale Fire and Rescue Service", "England", "West Midlands"),
    ("North Downs Police", "England", "South East"),
    ("Wolds and Humber Fire and Rescue Service", "England", "Yorkshire and The Humber"),
    ("Thames Reach Community NHS Trust", "England", "London"),
    ("Mercia Community Health Trust", "England", "West Midlands"),
    ("Pennine Ambulance Service", "England", "North West"),
    ("Fenland Integrated Care Board", "England", "East of England"),
    ("Solent Shore Hospitals Trust", "England", "South East"),
    ("Tyne Bridge Housing Executive", "England", "North East"),
    ("Peaks National Park Office", "England", "East Midlands"),
    ("Moorland National Park Office", "England", "South West"),
    ("University of the Chalk Downs", "England", "South East"),
    ("Ouse Valley University", "England", "Yorkshire and The Humber"),
    ("Mersey Basin College Group", "England", "North West"),
    ("Bridgewater Further Education College", "England", "South West"),
    ("Agency for Public Registers", "England", "London"),
    ("Office for Harbour Safety", "England", "South East"),
    ("National Allotments Commission", "England", "East Midlands"),
    ("Public Libraries Council", "England", "London"),
    ("Inland Waters Agency", "England", "West Midlands"),
    ("Greater Fenwick Transport Executive", "England", "North East"),
    ("Regional Waste Partnership", "England", "North West"),
    ("Shared Pensions Service North", "England", "Yorkshire and The Humber"),
    ("East Anglian Coast Authority", "England", "East of England"),
    ("London Riverside Regeneration Trust", "England", "London"),
    ("South Downs Police and Crime Office", "England", "South East"),
    ("Cwm Taff Vale Health Board", "Wales", "Wales"),
    ("Snow Ranges Fire and Rescue Service", "Wales", "Wales"),
    ("Welsh Archive and Museums Service", "Wales", "Wales"),
    ("Canolfan Ddysgu Ceredig", "Wales", "Wales"),
    ("Forth and Clyde Health Board", "Scotland", "Scotland"),
    ("Highland Ferries Authority", "Scotland", "Scotland"),
    ("Scottish Public Records Agency", "Scotland", "Scotland"),
    ("Lomond Valley College", "Scotland", "Scotland"),
    ("Borders Water Board", "Scotland", "Scotland"),
    ("Lagan Valley Health and Care Trust", "Northern Ireland", "Northern Ireland"),
    ("Causeway Education Board", "Northern Ireland", "Northern Ireland"),
    ("Lough Shore Rivers Agency", "Northern Ireland", "Northern Ireland"),
    ("Housing Support Executive North West", "Northern Ireland", "Northern Ireland"),
    ("Mourne Digital Services", "Northern Ireland", "Northern Ireland"),
)


def invented() -> list[NewOrganisation]:
    """All of them, as a list to import."""
    public = [
        NewOrganisation(name=name, kind=OrganisationKind.OTHER_PUBLIC, nation=nation, region=region, member=True)
        for name, nation, region in PUBLIC_BODIES
    ]
    partners = [
        NewOrganisation(name=name, kind=OrganisationKind.PRIVATE, nation="England", region="London", member=False)
        for name in PARTNERS
    ]
    others = [
        NewOrganisation(name=SOCIETY, kind=OrganisationKind.THIRD_SECTOR, nation="England", region="East Midlands"),
        NewOrganisation(name=ABROAD, kind=OrganisationKind.THIRD_SECTOR, nation="", region=""),
    ]
    return public + partners + others
