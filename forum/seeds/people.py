"""The people of the demonstration. None of them lives anywhere, and their organisations do not exist."""

from dataclasses import dataclass

DOMAIN = "demo.example"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented; `key` is how the script calls them."""

    key: str
    name: str
    job_title: str
    organisation: str
    about: str = ""

    @property
    def email(self) -> str:
        """Where no mail ever arrives (RFC 2606)."""
        return f"{self.key}@{DOMAIN}"


PEOPLE = (
    Person(
        "amara",
        "Amara Okafor",
        "Clinical lead for diabetes",
        "Northmere Hospitals Trust",
        "I look after this site and chair the Diabetes Board. Physician by training, gardener by inclination.\n\n"
        "If something here is broken or could be kinder, tell me.",
    ),
    Person(
        "gareth",
        "Gareth Pritchard",
        "Podiatrist",
        "Cwm Derwen Health Board",
        "Feet, mostly. Thursdays in the Northmere clinic, the rest of the week on the road.",
    ),
    Person("zofia", "Zofia Lewandowska", "Practice nurse", "Millrace Surgery"),
    Person(
        "fatima",
        "Fatima Hussain",
        "Diabetes specialist nurse",
        "Vale Community Health",
        "Twenty years of sharps bins. I help to moderate the board's discussions.",
    ),
    Person("siobhan", "Siobhán Doherty", "Dietitian", "Glenmorra Health and Care"),
    Person("callum", "Callum MacAskill", "Consultant physician", "Ardlinn Health Board"),
    Person("priya", "Priya Raghunathan", "Lead pharmacist", "Northmere Hospitals Trust"),
    Person("jas", "Jasvinder Kaur Gill", "Public health manager", "Carrow Council"),
    Person(
        "delroy",
        "Delroy Campbell",
        "Expert by experience",
        "Sweet Enough",
        "Type 2 since 2009. I speak for people who sit on the other side of the desk.",
    ),
    Person("mei", "Mei Lin Cheung", "Data analyst", "Vale Community Health"),
    Person("tomasz", "Tomasz Nowak", "Physiotherapist", "Vale Community Health"),
    Person(
        "eluned",
        "Eluned Rhys",
        "Falls lead",
        "Cwm Derwen Health Board",
        "Began the Falls Community of Practice with six people and a biscuit tin.",
    ),
    Person("ngozi", "Ngozi Eze", "Occupational therapist", "Carrow Council"),
    Person("hamish", "Hamish Sinclair", "Paramedic", "Ardlinn Health Board"),
    Person("ruth", "Ruth Goldberg", "Consultant geriatrician", "Northmere Hospitals Trust"),
    Person("samira", "Samira Warsame", "Exercise instructor", "Steady Steps"),
    Person("abdul", "Abdul Karim Miah", "Housing officer", "Tamsin Bay Council"),
    Person("linda", "Linda Braithwaite", "Volunteer coordinator", "Steady Steps"),
    Person("yusuf", "Yusuf Demir", "Energy adviser", "Hearth and Home Carrow"),
    Person("bronwen", "Bronwen Parry", "General practitioner", "Cwm Derwen Health Board"),
    Person("iain", "Iain Fraser", "Statistician", "Ardlinn Health Board"),
    Person("nasreen", "Nasreen Akhtar", "Social prescriber", "Millrace Surgery"),
    Person("seun", "Oluwaseun Adeyemi", "Information manager", "Carrow Council"),
    Person("helen", "Helen Trevithick", "Environmental health officer", "Tamsin Bay Council"),
    Person("kwame", "Kwame Boateng", "Director of care", "Lanternfield Hospice"),
    Person("margaret", "Margaret Ashworth", "Chief executive", "Lanternfield Hospice"),
    Person("rosa", "Rosa Benedetti", "Chair of trustees", "Harbour Hospice"),
    Person("daniel", "Daniel Oyelaran", "Finance director", "Harbour Hospice"),
    Person("tegan", "Tegan Morcom", "Ward manager", "Northmere Hospitals Trust"),
    Person("arjun", "Arjun Thapa", "Resident doctor", "Northmere Hospitals Trust"),
    Person("padraig", "Pádraig Mac Aodha", "Pharmacist", "Glenmorra Health and Care"),
    Person("grace", "Grace Mensah", "Health visitor", "Vale Community Health"),
    Person("leila", "Leila Farahani", "Eye screening manager", "Northmere Hospitals Trust"),
    Person("ewan", "Ewan Colquhoun", "Software developer", "Ardlinn Health Board"),
)

ADMINISTRATOR, MEMBER, NEWCOMER = PEOPLE[:3]
"""Who is offered for trying things out."""
