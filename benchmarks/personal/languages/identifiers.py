"""Numbers that states, insurers and banks give to people, as each country writes them; with right check digits where there are any."""

from dataclasses import dataclass
from random import Random

from muniment.core.personal.validators import validator

# Of ten identifiers so many have right check digits; the others are what masked data has in their place.
RIGHT = 0.7
_LETTERS, _CONSONANTS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "CFGHJKLMNPRTVWXYZ"


@dataclass(frozen=True)
class Form:
    """One kind of number: `#` a digit, `%` none of 0, `?` a letter, `&` a letter of ICAO documents, `YY MM DD` of a birthday.

    `writings` group the characters, each `_` one of them.
    """

    pattern: str
    writings: tuple[str, ...] = ()
    check: str = ""
    type: str = "NATIONAL_ID"

    def make(self, random: Random) -> str:
        """A number as somebody might write it."""
        value = self._drawn(random)
        if self.check and random.random() < RIGHT:
            proven = validator(self.check)
            while not proven(value):
                value = self._drawn(random)
        if not self.writings:
            return value
        left = iter(value)
        return "".join(next(left) if each == "_" else each for each in random.choice(self.writings))

    def _drawn(self, random: Random) -> str:
        day = {"YY": f"{random.randint(40, 99)}", "MM": f"{random.randint(1, 12):02d}", "DD": f"{random.randint(1, 28):02d}"}
        pattern = self.pattern
        for name, written in day.items():
            pattern = pattern.replace(name, written)
        classes = {"#": "0123456789", "%": "123456789", "?": _LETTERS, "&": _CONSONANTS}
        return "".join(random.choice(classes[each]) if each in classes else each for each in pattern)


_PLAIN_SSN = ("___-__-____", "___-__-____", "___ __ ____", "_________")
_RECORD = Form("%######", ("_______", "___-____", "MRN-_______"))
_FILE = Form("%#####", ("______", "P______", "__/____"))
_AHV = Form("756##########", ("___.____.____.__", "_____________"), "ch.ssn")
_DNI = Form("########?", ("_________", "________-_", "__.___.___-_"), "es_dni")
# Region → what it gives → forms. A placeholder takes any of its region.
FORMS: dict[str, dict[str, tuple[Form, ...]]] = {
    "US": {
        "social": (Form("%########", _PLAIN_SSN, "us.ssn", "US_SSN"),),
        "tax": (Form("9##7#####"[:9], ("___-__-____",), "", "US_ITIN"),),
        "passport": (Form("%########", (), "", "US_PASSPORT"), Form("?########", (), "", "US_PASSPORT")),
        "licence": (
            *(Form(each, (), "", "US_DRIVER_LICENSE") for each in ("?#######", "?############", "########")),
            Form("?###########", ("____-____-____",), "", "US_DRIVER_LICENSE"),
        ),
        "health": (Form("%?%#?%#??##"[:11], ("____-___-____", "___________")), Form("???#########", ())),
        "record": (_RECORD,),
        "account": (Form("%#########", (), "", "US_BANK_NUMBER"),),
    },
    "GB": {
        "social": (Form("AB######C", ("__ __ __ __ _", "_________")), Form("JG######A", ("__ __ __ __ _", "_________"))),
        "tax": (Form("##########", ("_____ _____", "__________")),),
        "passport": (Form("#########", ()),),
        "licence": (Form("?????6#####??9??", ()),),
        "health": (Form("##########", ("___ ___ ____", "__________", "___-___-____"), "gb.nhs", "UK_NHS"),),
        "record": (_RECORD,),
        "account": (Form("########", (), "", "US_BANK_NUMBER"),),
    },
    "CA": {
        "social": (Form("%########", ("___ ___ ___", "___-___-___"), "ca.sin"),),
        "record": (_RECORD,),
        "passport": (Form("??######", ()),),
    },
    "AU": {
        "tax": (Form("%########", ("___ ___ ___", "_________"), "au.tfn"),),
        "record": (_RECORD,),
        "passport": (Form("?#######", ()), Form("?########", ())),
    },
    "IE": {"social": (Form("#######?", (), "ie.pps"),), "record": (_RECORD,), "passport": (Form("??#######", ()),)},
    "IN": {
        "idcard": (Form("%###########", ("____ ____ ____", "____-____-____"), "in_.aadhaar"),),
        "tax": (Form("???P?####?", ()),),
        "passport": (Form("?#######", ()),),
    },
    "DE": {
        "social": (Form("##DDMMYY?###", ("____________", "__ ______ _ ___", "__ ______ ____"), "rvnr"),),
        "tax": (
            Form("%##########", ("___________", "__ ___ ___ ___"), "de.idnr"),
            Form("%##########", ("__/___/_____", "___/____/____")),
        ),
        "idcard": (Form("&####&###", ("_________",)), Form("L01X##T##", ())),
        "passport": (Form("C&&##&###", ("_________",)), Form("C0####K##", ())),
        "licence": (Form("?0##RRE##5#", ()), Form("?##########", ())),
        "health": (Form("?#########", ()),),
        "record": (_FILE, Form("20########", ()), Form("%#####", ("____-__",))),
    },
    "AT": {
        "social": (Form("%###DDMMYY", ("____ ______", "__________", "____-______"), "at.vnr"),),
        "tax": (Form("##%######", ("__ ___/____", "__-___/____")),),
        "passport": (Form("P#######", ("_ _______", "________")), Form("U#######", ())),
        "idcard": (Form("??#######", ()),),
        "licence": (Form("########", ()),),
        "record": (_FILE,),
    },
    "CH": {
        "social": (_AHV,),
        "passport": (Form("X#######", ()),),
        "idcard": (Form("?#######", ()), Form("C#######", ())),
        "health": (Form("807560##############"[:20], ()),),
        "record": (_FILE,),
    },
    "FR": {
        "social": (
            Form("1YYMM75######" + "##", ("_ __ __ __ ___ ___ __", "_______________", "_____________ __"), "fr.nir"),
            Form("2YYMM33########", ("_ __ __ __ ___ ___ __",), "fr.nir"),
        ),
        "tax": (Form("%############"[:13], ("__ __ ___ ___ ___", "_____________")),),
        "idcard": (Form("############", ()), Form("?#?&##&#?", ())),
        "passport": (Form("##??#####", ()), Form("##??#####", ("__ __ _____",))),
        "licence": (Form("############", ()), Form("##??#####", ())),
        "record": (_FILE, Form("80########", ())),
    },
    "BE": {
        "social": (Form("YYMMDD#####", ("__.__.__-___.__", "___________", "__.__.__-___ __"), "be.nn"),),
        "idcard": (Form("59##########", ("___-_______-__",)),),
        "passport": (Form("E?######", ()),),
        "record": (_FILE,),
    },
    "QC": {
        "social": (Form("%########", ("___ ___ ___", "___-___-___"), "ca.sin"),),
        "health": (Form("????YYMMDD##", ("____ ____ ____", "____________")),),
        "licence": (Form("?%###########"[:13], ("_____-______-__",)),),
        "record": (_FILE,),
    },
    "ES": {
        "idcard": (_DNI, _DNI, Form("X#######?", ("_________", "_-_______-_"), "es_nie")),
        "social": (Form("28##########", ("____________", "__ __________", "__/________/__", "__ ________ __"), "nuss"),),
        "passport": (Form("???######", ()), Form("XD?######", ())),
        "licence": (_DNI,),
        "health": (Form("????%#########", ()), Form("AN##########", ())),
        "record": (Form("%#####", ()), Form("%######", ())),
    },
    "MX": {
        "idcard": (Form("?A??YYMMDDHDFB?R##", ()), Form("?E??YYMMDDMJCR?N##", ())),
        "tax": (Form("?O??YYMMDD?##"[:13], ()),),
        "social": (Form("###########", ("__ __ __ ____ _", "___________")),),
        "passport": (Form("G########", ()),),
        "record": (_FILE,),
    },
    "AR": {
        "idcard": (Form("########", ("__.___.___", "________")),),
        "tax": (Form("20#########", ("__-________-_", "___________"), "ar.cuit"),),
    },
    "CL": {"idcard": (Form("1########", ("__.___.___-_", "________-_"), "cl.rut"),)},
    "CO": {"idcard": (Form("1#########", ("_.___.___.___", "__________")),)},
    "IT": {
        "social": (
            Form("??????YYE##?###?", ()),
            Form("???C??YYMDDF###?"[:16].replace("MDD", "B1#"), ("________________", "___ ___ _____ _____"), ""),
        ),
        "tax": (Form("0##########", ("___________", "IT___________"), "it.iva"),),
        "idcard": (Form("CA#####??", ()), Form("A?#######", ("_________", "__ _______"))),
        "passport": (Form("Y?#######", ()),),
        "licence": (Form("U1?####??#"[:9] + "?", ()), Form("??#######?", ())),
        "health": (Form("80380000##########"[:18] + "##", ()),),
        "record": (_FILE, Form("20########", ())),
    },
    "PL": {
        "social": (Form("YYMMDD#####", (), "pl.pesel"),),
        "tax": (Form("%#########", ("___-___-__-__", "__________", "___-__-__-___"), "pl.nip"),),
        "idcard": (Form("???######", ("_________", "___ ______"), "dowod"),),
        "passport": (Form("E?#######", ("_________", "__ _______")),),
        "licence": (Form("###########", ("_____/__/____",)),),
        "record": (_FILE, Form("%#######", ("____/____",))),
    },
    "NL": {
        "social": (Form("%########", ("_________", "____.__.___", "___ ___ ___"), "nl.bsn"),),
        "idcard": (Form("I&&#&#&##"[:9], ()),),
        "passport": (Form("N&&#&#&##"[:9], ()),),
        "licence": (Form("5#########", ()),),
        "health": (Form("%#########", ()),),
        "record": (_FILE, Form("%######", ())),
    },
    "VL": {
        "social": (Form("YYMMDD#####", ("__.__.__-___.__", "___________"), "be.nn"),),
        "idcard": (Form("59##########", ("___-_______-__",)),),
        "passport": (Form("E?######", ()),),
        "record": (_FILE,),
    },
    "PT": {
        "tax": (Form("2########", ("_________", "___ ___ ___"), "pt.nif"),),
        "idcard": (Form("########" + "#?%#"[:4], ("________ _ ___", "____________"), "pt.cc"),),
        "social": (Form("1##########", ("___________",)),),
        "health": (Form("%########", ("_________", "___ ___ ___")),),
        "passport": (Form("C?######", ()),),
        "licence": (Form("?%#######", ("__-______ _", "_________")),),
        "record": (_FILE,),
    },
    "BR": {
        "tax": (Form("###########", ("___.___.___-__", "___________"), "br.cpf"),),
        "idcard": (Form("#########", ("__.___.___-_", "_________")),),
        "social": (Form("1##########", ("___._____.__-_", "___________")),),
        "health": (Form("7##############", ("_______________", "___ ____ ____ ____")),),
        "licence": (Form("0##########", ()),),
        "passport": (Form("F?######", ()),),
        "record": (_FILE,),
    },
}
