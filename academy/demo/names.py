"""Invented people need names. These are ordinary ones of the United Kingdom as it is, from many origins."""

from __future__ import annotations

import re
import unicodedata
from random import Random

import msgspec


class Names(msgspec.Struct, frozen=True):
    """Given names of women and men, and family names, of one origin."""

    women: tuple[str, ...]
    men: tuple[str, ...]
    family: tuple[str, ...]


def _names(women: str, men: str, family: str) -> Names:
    return Names(tuple(women.split()), tuple(men.split()), tuple(each.replace("_", " ") for each in family.split()))


ENGLISH = _names(
    "Alice Amelia Amy Anna Beth Caroline Charlotte Chloe Claire Daisy Eleanor Emily Emma Fiona Freya Georgia Gillian "
    "Grace Hannah Harriet Helen Holly Imogen Isla Jane Jessica Joanne Julie Karen Kate Laura Lauren Lily Lorraine Lucy "
    "Lynne Maddie Margaret Megan Melanie Molly Natalie Nicola Olivia Paula Phoebe Rachel Rebecca Rosie Ruth Sally "
    "Samantha Sarah Sharon Sophie Stephanie Susan Tamsin Tracey Victoria Wendy Zoë",
    "Adam Alan Alex Andrew Anthony Ben Callum Charlie Chris Daniel David Dean Dominic Edward Elliot Finn Frank Gareth "
    "George Graham Harry Henry Jack Jake James Jason John Jonathan Joseph Joshua Keith Kevin Lee Leo Liam Luke Mark "
    "Martin Matthew Michael Nathan Neil Nick Noah Oliver Oscar Paul Peter Philip Richard Rob Ryan Sam Scott Simon "
    "Stephen Steve Stuart Thomas Tim Toby Tom Will",
    "Abbott Allen Andrews Archer Armitage Ashworth Atkinson Bailey Baker Barker Barnes Barrett Bennett Booth Bradley "
    "Brooks Brown Burton Butler Carter Chapman Clark Coates Cole Collins Cooper Cox Crossley Dawson Dixon Eastwood "
    "Ellis Farrow Fielding Fisher Fletcher Foster Fox Gibson Goodwin Green Greenwood Hall Hargreaves Harper Harris "
    "Hartley Harvey Hill Holmes Howarth Hudson Hunt Jackson Jennings Johnson Kirby Knight Lambert Lawson Lister Lowe "
    "Marsh Marshall Mason Matthews Mills Moore Newton Nicholls Norton Palmer Parker Parsons Pearce Pickering Porter "
    "Potter Preston Read Richardson Robinson Rowe Rushton Saunders Sharp Shaw Simpson Smith Spencer Stone Sutcliffe "
    "Taylor Thompson Thornton Townsend Turner Wainwright Walker Ward Watson Webb Wheeler White Whitehead Whitfield "
    "Wilkinson Wilson Wood Wright Yates",
)
WELSH = _names(
    "Angharad Bethan Carys Catrin Ceri Delyth Efa Eirian Eleri Elin Ffion Gwen Gwenllian Heledd Lowri Mair Manon "
    "Megan Menna Nerys Nia Non Rhian Rhiannon Sioned Siân",
    "Aled Alun Arwel Bryn Dafydd Dewi Dylan Emrys Emyr Gareth Geraint Gethin Gruffydd Gwilym Huw Ieuan Iestyn Ifan "
    "Iwan Llion Meirion Owain Rhodri Rhys Siôn Tomos Trystan",
    "Bevan Bowen Davies Edwards Ellis Evans Griffiths Gwyn Howells Hughes James Jenkins Jones Lewis Llewellyn Lloyd "
    "Morgan Morris Owen Parry Phillips Powell Price Prosser Pugh Rees Roberts Thomas Vaughan Watkins Williams",
)
SCOTTISH = _names(
    "Aileen Ailsa Catriona Eilidh Elspeth Fiona Iona Isla Isobel Kirsty Mairi Marsaili Morag Morven Mòrag Rhona "
    "Seonaid Sheena Shona Sìne",
    "Ailean Alasdair Alistair Angus Archie Calum Cameron Coinneach Craig Donald Douglas Duncan Ewan Fergus Finlay "
    "Fraser Gregor Hamish Iain Innes Lachlan Malcolm Ross Ruaridh Ruairidh Struan",
    "Anderson Baird Buchanan Cameron Campbell Christie Douglas Drummond Dunbar Ferguson Forbes Fraser Galbraith "
    "Geddes Gillespie Gordon Graham Grant Henderson Innes Kerr Lamont MacAskill MacDonald MacInnes MacKay MacKenzie "
    "MacLean MacLeod MacNeil MacPherson McAllister McIntyre Menzies Morrison Munro Murray Nicolson Paterson Ramsay "
    "Robertson Ross Sinclair Stewart Sutherland Urquhart Wallace",
)
IRISH = _names(
    "Aisling Aoife Áine Bronagh Caoimhe Ciara Clodagh Deirdre Éilis Fionnuala Grainne Maeve Niamh Nuala Orla Roisin "
    "Róisín Saoirse Shauna Siobhán Sinéad Una",
    "Aidan Brendan Cathal Ciaran Cormac Conor Declan Diarmuid Donal Eamon Eoin Fergal Fintan Kevin Liam Niall Oisín "
    "Patrick Ronan Rory Ruairí Seamus Sean Seán Tiernan",
    "Boyle Brady Breen Byrne Cassidy Connolly Convery Devlin Doherty Donnelly Duffy Farrell Fitzpatrick Gallagher "
    "Hagan Heaney Kane Kearney Kelly Kennedy Lavery Loughran Maguire McAleer McCann McCartan McCloskey McCrory "
    "McGuinness McKenna McLaughlin McQuaid Mulholland Murphy O'Brien O'Connor O'Hara O'Kane O'Neill Quinn Rafferty "
    "Shields Sweeney Toner",
)
POLISH = _names(
    "Agnieszka Aleksandra Anna Beata Dorota Ewa Joanna Justyna Kamila Karolina Katarzyna Magdalena Małgorzata Marta "
    "Monika Natalia Paulina Zofia",
    "Adam Bartosz Dawid Grzegorz Jakub Jan Kamil Krzysztof Łukasz Maciej Marcin Marek Mateusz Michał Paweł Piotr "
    "Rafał Tomasz Wojciech",
    "Adamczyk Baran Dąbek Duda Jabłoński Jankiewicz Kaczmarek Kowalczyk Krawczyk Lis Maciejewicz Mazur Michalak "
    "Nowak Pawlak Piątek Sikora Sobczak Stępień Szymczak Walczak Wilk Wójcik Wróbel Zając",
)
HINDU = _names(
    "Aarti Amrita Anjali Asha Deepa Divya Gita Hema Jaya Kavita Lakshmi Maya Meena Neha Nisha Pooja Priya Radha Rekha "
    "Ritu Sangeeta Shreya Smita Sunita Swati Uma Vidya",
    "Ajay Amit Anand Arjun Ashok Bhavesh Deepak Dinesh Harish Hitesh Jayesh Kiran Mahesh Manish Mukesh Nikhil Pankaj "
    "Paresh Rahul Rajesh Ravi Rohan Sanjay Suresh Vijay Vikram",
    "Agarwal Amin Bhatt Chandra Chauhan Dave Desai Gupta Iyer Joshi Kapoor Khanna Krishnan Kulkarni Kumar Malhotra "
    "Mehta Menon Mistry Nair Parekh Parmar Patel Pillai Raman Rao Reddy Shah Sharma Solanki Subramaniam Trivedi "
    "Varma Vyas",
)
SIKH = _names(
    "Amandeep Baljit Gurpreet Harjit Harpreet Jasleen Jaspreet Kiranjit Kulvinder Manpreet Navdeep Parminder Rajinder "
    "Ravinder Simran Sukhjit",
    "Amarjit Balbir Daljit Gurdeep Harbhajan Harvinder Inderjit Jagdeep Jaswinder Kuldeep Manjit Paramjit Ranjit "
    "Sandeep Sukhdev Surinder",
    "Atwal Bains Bassi Chahal Dhaliwal Dhillon Dosanjh Gill Grewal Johal Kang Mann Purewal Rai Randhawa Sahota "
    "Sandhu Sangha Sidhu Uppal",
)
MUSLIM = _names(
    "Aaliyah Aisha Amina Asma Ayesha Bushra Farah Fatima Halima Hina Iqra Khadija Laila Maryam Nadia Noor Rabia "
    "Rukhsana Saima Samira Sana Shazia Sumaya Yasmin Zainab Zara",
    "Abdul Adeel Ahmed Ali Asif Bilal Faisal Farhan Hamza Hassan Ibrahim Imran Iqbal Irfan Jamal Kamran Khalid "
    "Mohammed Mustafa Nadeem Omar Rashid Sajid Shahid Tariq Usman Yusuf Zahid",
    "Abbas Ahmed Akhtar Ali Anwar Ashraf Aziz Begum Butt Chaudhry Choudhury Dar Farooq Haque Hussain Iqbal Islam "
    "Jamil Khalil Khan Latif Mahmood Malik Miah Mirza Mughal Qureshi Rahman Rashid Raza Saeed Shaikh Siddiqui Uddin "
    "Yaqoob Zaman",
)
NIGERIAN = _names(
    "Abimbola Adaeze Adaora Amaka Bukola Chiamaka Chidinma Chioma Ebele Folake Funmilayo Ifeoma Ijeoma Kemi Ngozi "
    "Nneka Oluchi Olufunke Omotola Ronke Sade Temitope Titilayo Tolu Yetunde",
    "Adebayo Adekunle Ayodele Babatunde Chidi Chinedu Chukwuemeka Dapo Emeka Femi Ifeanyi Ikenna Kayode Kelechi "
    "Obinna Olumide Oluwaseun Segun Tobenna Tunde Uche Wale",
    "Adebisi Adeleke Adeyemi Afolabi Akande Akinola Balogun Bello Chukwu Eze Ezeani Fashola Ibekwe Igwe Mbah Nnamdi "
    "Nwosu Obi Obioma Odunsi Ogunbanjo Ojo Okafor Okeke Okonkwo Okoro Oladipo Olatunji Oyelaran Uzoma",
)
AFRICAN = _names(
    "Abena Adwoa Afua Akosua Ama Amani Efua Esi Fadzai Hodan Ifrah Makena Nana Njeri Nyasha Rudo Rutendo Sahra "
    "Tariro Tendai Wanjiru Yaa",
    "Abdi Kofi Kojo Kwabena Kwame Kweku Kwesi Mwangi Farai Kamau Mohamud Munashe Njoroge Simba Tafadzwa Takudzwa "
    "Tinashe Tonderai Wekesa Yaw",
    "Abdi Acheampong Addo Agyeman Amoah Ansah Appiah Asante Baah Boateng Boadu Chikwanha Chirwa Danso Dube Gyasi "
    "Hassan Kamau Kariuki Maina Mensah Moyo Mutasa Ncube Ndlovu Ofori Osei Otieno Owusu Sarpong Sibanda Tetteh Warsame "
    "Wambui Yeboah",
)
CARIBBEAN = _names(
    "Beverley Chantelle Claudette Denise Dionne Jacqueline Jasmine Keisha Leanne Marcia Michelle Monique Naomi "
    "Sandra Shanice Simone Tanya Yvonne",
    "Anton Byron Clive Curtis Darren Delroy Desmond Errol Jermaine Leon Leroy Marcus Marlon Nathaniel Rohan Tyrone "
    "Winston",
    "Bailey Barrett Blake Brathwaite Campbell Clarke Edwards Francis Gayle Gordon Grant Henry Lewis Lynch Maynard "
    "Morrison Palmer Pinnock Reid Richards Samuels Stewart Thompson Whyte Williams",
)
CHINESE = _names(
    "Amy Carmen Grace Hei-Man Jia Joyce Ka-Yan Li-Na Mei Ming-Na Suki Wai-Ling Winnie Xin Yan Ying",
    "Chi-Wai Derek Ho-Yin Jason Jun Ka-Ho Kelvin Man-Kit Ming Raymond Tao Victor Wai-Kit Wei Wing Yi",
    "Chan Chen Cheung Chow Fung Ho Huang Kwok Lai Lam Lau Lee Leung Li Lin Liu Ng Tang Tsang Wang Wong Wu Yeung Yip "
    "Zhang",
)
EUROPEAN = _names(
    "Ana Andreea Beatriz Carla Claudia Cristina Elena Elif Francesca Giulia Inês Ioana Laima Lucía Margarida Marija "
    "Mihaela Rūta Sofia Zeynep",
    "Alessandro Andrei Carlos Cristian Diogo Emre Ionuț João Jonas Luca Marco Mehmet Mihai Miguel Nuno Pedro Radu "
    "Ricardo Stefan Tomas",
    "Almeida Bianchi Costa Demir Dumitru Esposito Fernandes Ferreira Gomes Ionescu Kaya Kazlauskas Lopes Marin "
    "Moldovan Nunes Oliveira Pereira Petrov Popa Ribeiro Romano Rossi Russo Santos Silva Stan Yıldız",
)

ORIGINS: dict[str, tuple[tuple[Names, int], ...]] = {
    "England": (
        (ENGLISH, 56), (WELSH, 3), (SCOTTISH, 4), (IRISH, 5), (POLISH, 3), (HINDU, 6), (SIKH, 3), (MUSLIM, 7),
        (NIGERIAN, 4), (AFRICAN, 3), (CARIBBEAN, 3), (CHINESE, 1), (EUROPEAN, 3),
    ),
    "Wales": ((WELSH, 58), (ENGLISH, 30), (POLISH, 3), (MUSLIM, 3), (HINDU, 2), (AFRICAN, 2), (EUROPEAN, 2)),
    "Scotland": ((SCOTTISH, 62), (ENGLISH, 16), (IRISH, 5), (POLISH, 5), (MUSLIM, 4), (SIKH, 2), (NIGERIAN, 3),
                 (EUROPEAN, 3)),
    "Northern Ireland": ((IRISH, 62), (SCOTTISH, 14), (ENGLISH, 14), (POLISH, 5), (HINDU, 2), (AFRICAN, 3)),
}  # fmt: skip
"""How often each origin is met in a nation; an invention, not a statistic."""

_PLAIN = str.maketrans({"ł": "l", "Ł": "L", "ı": "i", "ø": "o", "ß": "ss", "'": "", "’": ""})


def full_name(rng: Random, nation: str, *, woman: bool) -> str:
    """A name as its owner would write it. One in twelve joins the families of both parents."""
    choices = ORIGINS.get(nation, ORIGINS["England"])
    names = rng.choices([each for each, _ in choices], [weight for _, weight in choices])[0]
    given = rng.choice(names.women if woman else names.men)
    if rng.random() > 0.08:
        return f"{given} {rng.choice(names.family)}"
    other = rng.choices([each for each, _ in choices], [weight for _, weight in choices])[0]
    first, second = rng.choice(names.family), rng.choice(other.family)
    joined = first if "-" in first or "-" in second or first == second else f"{first}-{second}"
    return f"{given} {joined}"


def plain(text: str) -> str:
    """The text in small ASCII letters, as mail systems make addresses of names."""
    text = unicodedata.normalize("NFKD", text.translate(_PLAIN)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


def mailbox(name: str) -> str:
    """``priya.nair`` of ``Priya Nair``."""
    given, _, family = name.partition(" ")
    return f"{plain(given)}.{plain(family)}"
