"""The official list of France Services: what its lines say, and what cannot be read of them.

A CSV with `;`, in UTF-8 or Windows-1252, one place a line; outside.md tells what is found in it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi")
REQUIRED = ("MATRICULE", "DEPARTEMENT", "FRANCE SERVICES", "ADRESSE", "CODE POSTAL", "COMMUNE")
HOURS_LENGTH = 300
LINES_OF_A_ROW = 20  # where a cell has line breaks between its quotes
_TIME = re.compile(r"(\d{1,2})\s*[:hH]\s*(\d{2})?")
_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}


class NotADirectory(ValueError):
    """The file is not the list; the message says why, in French."""


@dataclass(frozen=True)
class Place:
    """A line that was read."""

    matricule: str
    department: str
    name: str
    street: str
    postal_code: str
    city: str
    hours: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass
class Directory:
    """What was read: (line number, place); the (line number, sentence) of what was not; and the département of each
    line where it can be read."""

    places: list[tuple[int, Place]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    departments: dict[int, str] = field(default_factory=dict)


def zone_of(department: str) -> str:
    """IANA time zone of a département."""
    return _ZONES.get(department, "Europe/Paris")


def text_of(content: bytes) -> str:
    """UTF-8 when it is, Windows-1252 otherwise."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_directory(content: bytes) -> Directory:
    """Read the file line by line. Raises NotADirectory when it is no CSV, or columns are missing."""
    try:
        return _read(list(io.StringIO(text_of(content), newline="")))
    except csv.Error as error:
        raise NotADirectory("Ce fichier n'est pas un CSV. Prenez la liste telle qu'elle est téléchargée.") from error


def _read(lines: list[str]) -> Directory:
    names = [_clean(name).upper().replace("’", "'") for name in (_cells(lines[0])[0] if lines else [])]
    if missing := [name for name in REQUIRED if name not in names]:
        raise NotADirectory(f"Ce fichier n'est pas la liste des France Services : il manque {', '.join(missing)}.")
    result, seen = Directory(), set()
    for line, cells, left_open in _rows(lines, len(names)):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(names):
            result.faults.append((line, f"{len(cells)} colonnes au lieu de {len(names)} : la ligne n'est pas lue"))
            continue
        row = dict.fromkeys(names, "") | {name: _clean(cell) for name, cell in zip(names, cells, strict=False)}
        if department := department_code(row["DEPARTEMENT"]):
            result.departments[line] = department
        if left_open:
            result.faults.append((line, "guillemet non fermé : la ligne n'est pas lue"))
        else:
            _read_line(result, line, row, seen)
    return result


def _rows(lines: list[str], width: int) -> Iterator[tuple[int, list[str], bool]]:
    """(number of its first line, cells, whether a quote is left open) of each row below the head. A quote left open
    costs its own line only: the next row begins on the next line."""
    at = 1
    while at < len(lines):
        cells, left_open = _cells(lines[at])
        whole, taken = _over_lines(lines[at : at + LINES_OF_A_ROW], width) if left_open else (cells, 1)
        yield at + 1, whole or cells, not whole and left_open
        at += taken


def _cells(line: str) -> tuple[list[str], bool]:
    """The cells of one line, and whether its last one begins with a quote that does not end there."""
    reader = csv.reader([line, ""], delimiter=";")
    return next(reader), reader.line_num > 1


def _over_lines(lines: list[str], width: int) -> tuple[list[str], int]:
    """The cells of a row with line breaks between two quotes, and how many lines it takes; no cells on 1 line when the
    quote that ends there is not its own: what is between holds a line of the list, or is not written as a CSV is."""
    reader = csv.reader(lines, delimiter=";", strict=True)
    try:
        cells = next(reader)
    except csv.Error:
        return [], 1
    swallowed = any(line.count(";") >= width - 1 for line in lines[1 : reader.line_num])
    return ([], 1) if swallowed or len(cells) > width else (cells, reader.line_num)


def _read_line(result: Directory, line: int, row: dict[str, str], seen: set[str]) -> None:
    fault = _line_fault(row, seen)
    if fault:
        result.faults.append((line, fault))
        return
    seen.add(row["MATRICULE"])
    hours, unread = hours_text([row.get(f"HORAIRES {day.upper()}", "") for day in DAYS])
    latitude, longitude, wrong = _coordinates(row.get("LATITUDE", ""), row.get("LONGITUDE", ""))
    result.faults += [(line, fault) for fault in [*unread, *wrong]]
    street = ", ".join(part for part in (row["ADRESSE"], row.get("COMPLEMENT D'ADRESSE", "")) if part)
    place = Place(
        row["MATRICULE"],
        department_code(row["DEPARTEMENT"]),
        row["FRANCE SERVICES"][:120],
        street[:200],
        row["CODE POSTAL"].zfill(5),
        row["COMMUNE"][:80],
        hours,
        latitude,
        longitude,
    )
    result.places.append((line, place))


def _line_fault(row: dict[str, str], seen: set[str]) -> str | None:
    """Why a line cannot be read at all."""
    missing = [name for name in REQUIRED if not row[name]]
    if missing:
        return f"il manque {', '.join(missing)} : la ligne n'est pas lue"
    if not re.fullmatch(r"[\w./-]{1,20}", row["MATRICULE"]):
        return f"le matricule « {row['MATRICULE'][:30]} » ne va pas : la ligne n'est pas lue"
    if row["MATRICULE"] in seen:
        return f"le matricule {row['MATRICULE']} est déjà plus haut : la ligne n'est pas lue"
    if not department_code(row["DEPARTEMENT"]):
        return f"le département « {row['DEPARTEMENT'][:30]} » n'existe pas : la ligne n'est pas lue"
    if not re.fullmatch(r"\d{4,5}", row["CODE POSTAL"]):
        return f"le code postal « {row['CODE POSTAL'][:30]} » ne va pas : la ligne n'est pas lue"
    return None


def department_code(written: str) -> str:
    """`1` and `01` -> `01`, `2a` -> `2A`, `971`; empty for what is no département."""
    code = written.strip().upper()
    code = code.zfill(2) if code.isascii() and code.isdigit() else code
    return code if re.fullmatch(r"(?!00|20|9[6-9])\d\d|2[AB]|9[78]\d", code) else ""


def _clean(cell: str) -> str:
    return " ".join(cell.replace("\0", "").split())


def _coordinates(latitude: str, longitude: str) -> tuple[float | None, float | None, list[str]]:
    """Both or none; a wrong pair is left out and said."""
    if not latitude and not longitude:
        return None, None, []
    try:
        north, east = (float(text.replace(",", ".")) for text in (latitude, longitude))
    except ValueError:
        north, east = 91.0, 0.0
    if -90 <= north <= 90 and -180 <= east <= 180:
        return north, east, []
    return (
        None,
        None,
        [f"les coordonnées « {latitude[:20]} » et « {longitude[:20]} » ne se lisent pas : elles ne sont pas prises"],
    )


# ── hours ───────────────────────────────────────────────────────────────────────────────────────


def hours_text(cells: list[str]) -> tuple[str, list[str]]:
    """The hours of Monday to Saturday as one sentence, and what could not be read of them.

    `9:00 - 12:00 / 13:30 - 17:00` on Monday -> `lundi 9 h – 12 h et 13 h 30 – 17 h`; days with the same hours that
    follow each other are told together. Words are kept as they stand, and said.
    """
    told, faults = [], []
    for day, cell in zip(DAYS, cells, strict=True):
        words = _hours_of_day(cell)
        if words is None:
            words = cell[:60]
            faults.append(f"les horaires du {day} ne se lisent pas, gardés tels quels : « {words} »")
        told.append(words)
    text = " ; ".join(_grouped(told))
    if len(text) > HOURS_LENGTH:
        return "", [*faults, "les horaires sont trop longs : ils ne sont pas pris"]
    return text, faults


def _hours_of_day(cell: str) -> str | None:
    """`9 h – 12 h et 13 h 30 – 17 h`; empty when shut, None when it cannot be read."""
    if cell.strip(" -–/") == "" or cell.strip().lower().startswith("ferm"):
        return ""
    ranges = [[_minute(time) for time in re.split(r"\s*[-–]\s*", part)] for part in _parts(cell)]
    if not ranges or any(len(pair) != 2 or None in pair or pair[0] >= pair[1] for pair in ranges):
        return None
    return " et ".join(f"{_hour(start)} – {_hour(end)}" for start, end in ranges)


def _parts(cell: str) -> list[str]:
    """Morning and afternoon of a cell; a half-day written `-` is shut."""
    return [part for part in re.split(r"\s*/\s*", cell.strip()) if part.strip(" -–")]


def _minute(written: str) -> int | None:
    found = _TIME.fullmatch(written.strip())
    hours, minutes = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    return hours * 60 + minutes if hours < 24 and minutes < 60 else None


def _hour(minute: int) -> str:
    hours, minutes = divmod(minute, 60)
    return f"{hours} h {minutes:02d}" if minutes else f"{hours} h"


def _grouped(told: list[str]) -> list[str]:
    groups: list[tuple[list[str], str]] = []
    for day, words in zip(DAYS, told, strict=True):
        if groups and groups[-1][1] == words:
            groups[-1][0].append(day)
        else:
            groups.append(([day], words))
    return [f"{_days(days)} {words}" for days, words in groups if words]


def _days(days: list[str]) -> str:
    if len(days) < 3:
        return " et ".join(days)
    return f"du {days[0]} au {days[-1]}"
