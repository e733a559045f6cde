"""What templates may use: French words for things, icons, and typography put right as they are compiled."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

import segno
from flask import Flask, url_for
from flask_login import current_user
from jinja2 import StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token
from markupsafe import Markup, escape

from counter import formatting
from counter.access import Permission
from counter.appointments import needs_words, spoken_code
from counter.config import ROOT
from counter.dossiers.contents import Cents, Month
from counter.icons import icon, icon_shapes
from counter.message_words import if_video_fails, or_call
from counter.pdf.letters import ARABIC_WORDS
from counter.places import site_names
from counter.practice.content import EXERCISES
from counter.store.lobby import Lobby, look
from counter.tutorials import Picture, Word
from counter.tutorials.pictures import draw
from counter.tutorials.words import Use, is_quoted
from counter.visits import by_kind, minutes_since
from counter.web import local, now, reading, services, visit_in_progress


class FrenchTypography(Extension):
    """No-break spaces in the words of the templates, once, when they are compiled."""

    def filter_stream(self, stream):
        for token in stream:
            if token.type == "data":
                token = Token(token.lineno, token.type, formatting.typo(token.value))
            yield token


_FILTERS = (  # of counter.formatting
    "typo", "uncapitalized", "day_long", "day_short", "date_long", "day_month", "month_long", "of_month", "clock",
    "hour", "hour_of", "duration", "phone", "moment_long", "euros", "day_numeric"
)  # fmt: skip


def prepare(app: Flask) -> None:
    app.jinja_options = app.jinja_options | {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": [FrenchTypography],
    }
    for name in _FILTERS:
        app.add_template_filter(getattr(formatting, name), name)
    for shown in (sentence, spoken_code, local, shown_cell):
        app.add_template_filter(shown)
    app.add_template_filter(lambda then: formatting.age(then, now()), "age")
    for shown in (
        icon,
        icon_shapes,
        picture,
        qr,
        glossed,
        static_url,
        needs_words,
        if_video_fails,
        or_call,
        site_names,
    ):
        app.add_template_global(shown)
    for name in ("plural", "since", "day_brief", "day_near_full", "spoken_list", "date_partial"):
        app.add_template_global(getattr(formatting, name), name)
    app.jinja_env.globals["practised"] = frozenset(EXERCISES)  # slugs of the sheets that can be practised
    app.context_processor(_shared)


def _shared() -> dict:
    """What the layouts need on every page: the structure, the line, the agent, the visit in progress."""
    on = services()
    who = current_user._get_current_object() if current_user and current_user.is_authenticated else None
    return {
        "structure_name": on.settings.structure_name,
        "demonstration": on.demonstration,
        "line": on.line,
        "colours": on.settings,
        "who": who,
        "visit_bar": _visit_bar() if who else None,
        "lobby": _lobby(who) if who else None,
        "now_local": local(),
    }


def _lobby(who) -> Lobby | None:
    """The waiting room of the agent's site, None where no kiosk is."""
    return look(reading(), who.site.id, local(), now()) if who.site and who.may(Permission.COUNTER) else None


def _visit_bar() -> dict | None:
    visit = visit_in_progress()
    if visit is None:
        return None
    return {"done": by_kind(visit.steps), "minutes": minutes_since(visit.started_at, now())}


def shown_cell(value: str | date | Month | Cents) -> str:
    """What stands in a dossier, as it is written on a page."""
    if isinstance(value, Cents):
        return formatting.euros(value)
    if isinstance(value, Month):
        return formatting.month_long(value.first)
    return formatting.day_numeric(value) if isinstance(value, date) else formatting.typo(value)


def sentence(text: str) -> Markup:
    """A sentence of a sheet or a paper: French spaces, `**bold**` as <b>, a name in Arabic letters apart, so that what
    follows it stays in its place."""
    return _emphasised(ARABIC_WORDS.sub(r"<bdi>\g<0></bdi>", str(escape(formatting.typo(text)))))


def bold(text: str) -> Markup:
    """A text, in any language, with its `**bold**` as <b>."""
    return _emphasised(str(escape(text)))


def _emphasised(safe: str) -> Markup:
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", safe))


@dataclass(frozen=True)
class Glossed:
    """Texts of a sheet whose hard words open their explanation, and those words for `components/meanings.html`.

    `groups` are the texts as given. `items` are (text, words to explain after it): the lines of a checklist,
    where a button cannot stand inside the label.
    """

    groups: list[list[Markup]]
    items: list[tuple[Markup, list[Word]]]
    words: list[Word]


def glossed(groups: list[list[str]], items: tuple[str, ...] = ()) -> Glossed:
    """Each word of the glossary once, at its first use in these texts, `items` after the groups."""
    texts = [formatting.typo(text) for group in groups for text in group]
    lines = [formatting.typo(item) for item in items]
    uses = services().catalogue.words.first_uses([*texts, *lines])
    told = iter([_with_buttons(text, found) for text, found in zip(texts, uses, strict=False)])
    return Glossed(
        [[next(told) for _ in group] for group in groups],
        [(sentence(line), [use.word for use in found]) for line, found in zip(lines, uses[len(texts) :], strict=True)],
        [use.word for found in uses for use in found],
    )


def _with_buttons(text: str, uses: list[Use]) -> Markup:
    """The sentence with a button around each word, or after the quotation that holds it (a button of the site)."""
    places: dict[tuple[int, int], str] = {}
    for use in uses:
        closing = text.find("»", use.end)
        if is_quoted(text, use.start) and closing >= 0:
            place = (closing - text[closing - 1].isspace(), closing + 1)
            mark = _MARK.format(use.word.anchor, escape(use.word.word))
            places[place] = places.get(place, escape(text[slice(*place)])) + Markup(mark)
        else:
            place = (use.start, use.end)
            places[place] = Markup(_WORD.format(use.word.anchor, escape(text[slice(*place)])))
    held = []
    for (start, end), button in sorted(places.items(), reverse=True):
        end, after = _with_sign(text, end)
        held.append(_UNBROKEN.format(button, after) if end - start <= MOST_UNBROKEN else button + after)
        text = text[:start] + chr(_HOLDS + len(held) - 1) + text[end:]
    shown = str(sentence(text))
    for index, markup in enumerate(held):
        shown = shown.replace(chr(_HOLDS + index), markup)
    return Markup(shown)


def _with_sign(text: str, end: int) -> tuple[int, str]:
    """Where the signs that follow a word end, and they: « RSA. » is not broken before its point."""
    after = re.match(r"[.,]|[\u00a0\u202f][:;!?»]", text[end:])
    return (end + len(after[0]), after[0]) if after else (end, "")


MOST_UNBROKEN = 22  # letters that stay on one line of a telephone
_HOLDS = 0xE000  # private characters hold the place of a button until the sentence is escaped
_WORD = '<button type="button" class="word" popovertarget="{}">{}</button>'
_UNBROKEN = '<span class="nowrap">{}{}</span>'
_MARK = '<button type="button" class="word mark" popovertarget="{}" aria-label="Expliquer\u00a0: {}"></button>'


@lru_cache(maxsize=2000)
def picture(of: Picture) -> Markup:
    """The drawing of a step as inline SVG."""
    return Markup(formatting.typo(draw(of, icon_shapes)))


@lru_cache(maxsize=500)
def qr(content: str, label: str) -> Markup:
    """A QR code as inline SVG, named for screen readers; whole at any size."""
    code = segno.make(content, error="m", micro=False)
    width, height = code.symbol_size(scale=4, border=4)
    svg = code.svg_inline(scale=4, border=4, light="#fff")
    named = f'<svg role="img" aria-label="{escape(label)}" viewBox="0 0 {width} {height}" '
    return Markup(svg.replace("<svg ", named, 1))


@cache
def _fingerprint(filename: str, _changed: float) -> str:
    return hashlib.sha256((ROOT / "static" / filename).read_bytes()).hexdigest()[:12]


def static_url(filename: str) -> str:
    """Address of a static file that changes with its content, so that browsers may keep it for ever."""
    return url_for("static", filename=filename, v=_fingerprint(filename, (ROOT / "static" / filename).stat().st_mtime))
