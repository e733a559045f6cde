"""French on screen and paper: dates, hours, typography, phone numbers."""

from __future__ import annotations

import re
from datetime import date, datetime

import phonenumbers

NBSP = "\u00a0"
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_SHORT_MONTHS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_PHONE_REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT")
_HIGH_SIGNS = re.compile(r"[ \u00a0\u202f]+([?!:;»%€])")
_OPEN_QUOTE = re.compile(r"«[ \u00a0\u202f]*")
_NUMBER = re.compile(r"\b([nN]°) ")
_HOURS = re.compile(r"(\d) h(?: (\d\d))?\b")


def uncapitalized(text: str) -> str:
    """As it goes on in a sentence: its first letter small, unless it begins an abbreviation (RIB)."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def typo(text: str) -> str:
    """No-break spaces where French wants them: before ? ! : ; » % €, after « and n°, inside « 9 h 10 »."""
    text = _HIGH_SIGNS.sub(NBSP + r"\1", text)
    text = _OPEN_QUOTE.sub("«" + NBSP, text)
    text = _NUMBER.sub(r"\1" + NBSP, text)
    return _HOURS.sub(lambda m: f"{m[1]}{NBSP}h" + (f"{NBSP}{m[2]}" if m[2] else ""), text)


def first_of(day: int) -> str:
    return "1er" if day == 1 else str(day)


def day_long(day: date, year: bool = False) -> str:
    """`mardi 24 novembre`, with the year when asked."""
    words = f"{DAYS[day.weekday()]} {first_of(day.day)} {MONTHS[day.month - 1]}"
    return f"{words} {day.year}" if year else words


def date_long(day: date) -> str:
    """`24 novembre 2026`."""
    return f"{first_of(day.day)} {MONTHS[day.month - 1]} {day.year}"


def day_month(day: date) -> str:
    """`24 novembre`."""
    return f"{first_of(day.day)} {MONTHS[day.month - 1]}"


def birthday(day: int, month: int) -> str:
    """`1er janvier`."""
    return f"{first_of(day)} {MONTHS[month - 1]}"


def month_long(day: date) -> str:
    """`novembre 2026`."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def day_short(day: date) -> str:
    """`mar. 24 nov.`"""
    return f"{DAYS[day.weekday()][:3]}. {first_of(day.day)} {_SHORT_MONTHS[day.month - 1]}"


def day_near(day: date, today: date) -> str:
    """`aujourd'hui`, `demain`, else the long day."""
    return {0: "aujourd'hui", 1: "demain"}.get((day - today).days, day_long(day))


def day_near_full(day: date, today: date) -> str:
    """`Demain, lundi 23 novembre` or `Mardi 24 novembre`, for a heading."""
    near, long = day_near(day, today), day_long(day, year=day.year != today.year)
    words = f"{near}, {long}" if (day - today).days in {0, 1} else long
    return words[0].upper() + words[1:]


def day_brief(day: date, today: date) -> str:
    """`demain`, `mar. 24`, and `mar. 24 déc.` from four weeks ahead on, where the number alone would mislead."""
    ahead = (day - today).days
    if ahead < 2:
        return day_near(day, today)
    return day_short(day) if ahead > 27 else f"{DAYS[day.weekday()][:3]}. {first_of(day.day)}"


def hour(minute: int) -> str:
    """Minute of the day -> `9 h 10`, `11 h`."""
    hours, minutes = divmod(minute, 60)
    return f"{hours}{NBSP}h{NBSP}{minutes:02d}" if minutes else f"{hours}{NBSP}h"


def clock(minute: int) -> str:
    """Minute of the day -> `09:10`, for machines."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def hour_of(moment: datetime) -> str:
    return hour(moment.hour * 60 + moment.minute)


def moment_long(moment: datetime) -> str:
    """`mardi 24 novembre à 9 h 10`."""
    return f"{day_long(moment.date())} à {hour_of(moment)}"


def duration(minutes: int) -> str:
    """`20 minutes`, `1 minute`, `1 h 30`."""
    if minutes < 60:
        return f"{minutes}{NBSP}minute" + ("s" if minutes > 1 else "")
    return hour(minutes)


def since(minutes: int) -> str:
    """How long someone has waited: `à l'instant`, `depuis 25 min`, `depuis 8 h 32 min`: without its « min », the last
    would be read as a time of the day."""
    hours, rest = divmod(minutes, 60)
    if hours:
        return f"depuis {hours}{NBSP}h{NBSP}{rest:02d}{NBSP}min"
    return f"depuis {rest}{NBSP}min" if rest else "à l'instant"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 créneau`, `3 créneaux`."""
    return f"{count}{NBSP}{one if count < 2 else many or one + 's'}"


def spreadsheet_cell(value):
    """A value as a spreadsheet may take it: a text that would be read as a formula is shown as text (OWASP, « CSV
    injection »); numbers and everything else as they are."""
    return "'" + value if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def spoken_list(items: list[str]) -> str:
    """`a, b et c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} et {items[-1]}" if items else ""


def normal_phone(typed: str) -> str | None:
    """E.164 (`+33612345678`) of a French number, overseas ones included, or of a foreign one written with its
    `+`; None when nobody can be called there."""
    for region in _PHONE_REGIONS:
        try:
            number = phonenumbers.parse(typed, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def is_mobile(number: str) -> bool:
    """Whether an SMS can be sent to this E.164 number."""
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return False
    return kind in {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


def of_month(day: date) -> str:
    """`de novembre 2026`, `d'octobre 2026`."""
    words = month_long(day)
    return f"d'{words}" if words[0] in "ao" else f"de {words}"


def date_partial(year: int | None, month: int | None, day: int | None) -> str:
    """`9 mars 1985`, `mars 1985`, `1985`, or that nobody knows."""
    if year is None:
        return "date non connue"
    if month is None:
        return f"{year}"
    return f"{first_of(day)} {MONTHS[month - 1]} {year}" if day else f"{MONTHS[month - 1]} {year}"


def euros(cents: int) -> str:
    """`1 234,50 €`, with a real minus sign and no-break spaces."""
    whole, rest = divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", NBSP)
    return f"{'−' if cents < 0 else ''}{grouped},{rest:02d}{NBSP}€"


def day_numeric(day: date) -> str:
    """`24/11/2026`, for a column of dates."""
    return f"{day:%d/%m/}{day.year:04d}"


def age(then: datetime, now: datetime) -> str:
    """How old something is: `à l'instant`, `il y a 5 minutes`, `il y a 3 heures`, `il y a 2 jours`."""
    minutes = int((now - then).total_seconds()) // 60
    if minutes < 1:
        return "à l'instant"
    if minutes < 60:
        return f"il y a {plural(minutes, 'minute')}"
    if minutes < 48 * 60:
        return f"il y a {plural(minutes // 60, 'heure')}"
    return f"il y a {plural(minutes // 1440, 'jour')}"


def phone(number: str) -> str:
    """`06 12 34 56 78`, or the international form for a foreign number."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    style = phonenumbers.PhoneNumberFormat
    french = parsed.country_code in {33, 262, 590, 594, 596}
    return phonenumbers.format_number(parsed, style.NATIONAL if french else style.INTERNATIONAL).replace(" ", NBSP)
