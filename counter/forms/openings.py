"""Openings and closures of a site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from wtforms import HiddenField

from counter.formatting import DAYS, date_long, hour, plural, spoken_list
from counter.forms.fields import (
    CardField,
    ChecksField,
    Choice,
    ChoiceField,
    CounterForm,
    DateField,
    HourField,
    NumberField,
    Required,
    TextField,
    VersionedForm,
)
from counter.forms.validators import OneLine
from counter.models import Closure, Motif, Opening, Site
from counter.openings import (
    Made,
    Receives,
    busiest,
    days_a_week,
    intervals_between,
    made_by,
    mask_of_weekdays,
    served_days,
    shortest_interval,
    weekdays_of,
)
from counter.slots import MAX_INTERVALS, Mode, grid_of
from counter.store.free_time import named_holidays

INTERVALS = (5, 10, 15, 20, 30, 45, 60)
_LONGER_THAN_HOLIDAYS = timedelta(weeks=8)  # no weekday is a public holiday so many weeks on end


class SeenForm(CounterForm):
    """An act that would move appointments: `seen` names those that were shown, and confirms exactly them."""

    seen = HiddenField()


def _desks() -> NumberField:
    needed = [Required("Écrivez combien de personnes sont reçues en même temps.")]
    return NumberField("Personnes reçues en même temps", 1, 50, validators=needed, hint="Guichets, bureaux ou lignes.")


def _crowd_fault(one: Receives, others: Iterable[Receives], desks: int) -> str:
    """More people at once than a place has desks, "" when they have room or nobody said how many there are."""
    busy = busiest(one, others)
    if not desks or busy.people <= desks:
        return ""
    when, room = f"Le {DAYS[busy.weekday]} à {hour(busy.minute)}", plural(desks, "guichet", "guichets ou bureaux")
    return (
        f"{when}, {plural(busy.people, 'personne')} en même temps, c'est trop : ce lieu a {room}. Mettez moins de "
        "personnes ou d'autres heures, ou ajoutez un guichet au lieu."
    )


def _motif_cards(motifs: list[Motif], mode: Mode | None = None) -> list[Choice]:
    return [Choice(str(m.id), f"{m.code} {m.plain_label}{_no_longer(m, mode)}".strip(), m.icon) for m in motifs]


def _no_longer(motif: Motif, mode: Mode | None) -> str:
    """Why a motif that an opening receives is not offered there, "" when it is."""
    if not motif.active:
        return " (motif fermé)"
    return f" (n'est plus proposé {mode.label.lower()})" if mode and motif.duration(mode) is None else ""


def _longer_than_it(made: Made) -> str:
    """The motif that does not fit in an opening, said with « », "" when all do."""
    return next((f"« {label} »" for label, _, fits in made.motifs if not fits), "")


def _link_fault(site: Site, mode: Mode, motifs: Iterable[Motif]) -> str:
    """Nobody is invited to a video call that has no link."""
    without = next((motif for motif in motifs if not motif.video_url), None)
    if mode is not Mode.VIDEO or site.video_url or without is None:
        return ""
    return (
        f"Il manque le lien de la visio pour « {without.plain_label} » : la personne n'aurait rien à ouvrir. "
        "Écrivez-le d'abord sur la page du lieu, ou sur celle du motif."
    )


def _lengths(motifs: Iterable[Motif], mode: Mode) -> list[tuple[str, int]]:
    """(label, minutes in that mode) of the motifs that are taken so."""
    return [(motif.plain_label, motif.duration(mode)) for motif in motifs if motif.duration(mode)]


def _minutes(motifs: Iterable[Motif]) -> dict:
    return {
        str(motif.id): {"label": motif.plain_label, **{item.mode: item.duration for item in motif.modes}}
        for motif in motifs
    }


class OpeningForm(CounterForm):
    mode = CardField("Comment ?", [Choice(m, m.label, m.icon) for m in Mode], [Required("Choisissez comment.")])
    weekdays = ChecksField("Quels jours ?", [Choice(str(n), DAYS[n].capitalize()) for n in range(7)])
    starts = HourField("De", [Required("Écrivez l'heure du début, par exemple 9 h.")])
    ends = HourField("À", [Required("Écrivez l'heure de la fin, par exemple 12 h 30.")])
    interval = ChoiceField("Un créneau toutes les", [(str(n), f"{n} minutes") for n in INTERVALS], default="15")
    desks = _desks()
    valid_from = DateField("À partir du", [Required("")])
    valid_to = DateField("Jusqu'au", hint="Vide : sans fin.")
    motifs = ChecksField("Pour quels motifs ?", [])

    def __init__(
        self, *args, motifs: list[Motif], today: date, site: Site, others: list[Receives],
        same: Callable[[Opening, set[int]], Opening | None], **kwargs,
    ):  # fmt: skip
        """`others`: when people are received on site there already; `same`: the opening that is there already, with
        the same motifs, when this one would be it again."""
        super().__init__(*args, data={"desks": "1", "valid_from": today, "mode": Mode.ON_SITE.value}, **kwargs)
        self.known, self.today = {str(motif.id): motif for motif in motifs}, today
        self.site, self.others, self.same = site, others, same
        self.motifs.cards = _motif_cards(motifs)
        self.motifs.choices = [card.value for card in self.motifs.cards]

    def validate(self, extra_validators=None) -> bool:
        super().validate(extra_validators)
        hours = (self.starts, self.ends, self.interval)
        for field, needed, fault_of in (  # every fault at once, each where what it needs is right
            (self.weekdays, (), self._weekday_fault),
            (self.ends, hours, self._hours_fault),
            (self.valid_from, (), self._from_fault),
            (self.valid_to, (self.valid_from,), self._to_fault),
            (self.weekdays, (self.valid_from, self.valid_to), self._never_fault),
            (self.motifs, (), self._no_motif_fault),
            (self.motifs, (*hours, self.mode, self.desks), self._motif_fault),
            (self.motifs, (self.mode,), self._link_fault),
            (self.desks, (*hours, self.mode, self.weekdays, self.valid_from, self.valid_to), self._desks_fault),
        ):
            if not any(other.errors for other in (field, *needed)) and (fault := fault_of()):
                field.errors = [fault]
        return not self.errors

    def _weekday_fault(self) -> str:
        return "" if self.weekdays.data else "Cochez au moins un jour."

    def _hours_fault(self) -> str:
        starts, ends, interval = self.starts.minute, self.ends.minute, int(self.interval.data)
        if ends <= starts:
            return "La fin doit venir après le début."
        count = intervals_between(starts, ends, interval)
        if count < 1:
            return f"Cette plage dure moins de {interval} minutes : allongez-la, ou choisissez moins de minutes."
        if count > MAX_INTERVALS:
            longer = shortest_interval(starts, ends, INTERVALS)
            parts = {2: "deux", 3: "trois"}.get(-(-count // MAX_INTERVALS), "plusieurs")
            return (
                f"Cette plage ferait {count} créneaux, {MAX_INTERVALS} au plus. Faites-en {parts} plages, ou "
                f"choisissez un créneau toutes les {longer} minutes."
            )
        return ""

    def _from_fault(self) -> str:
        return "" if self.valid_from.data >= self.today else "Une plage commence aujourd'hui ou plus tard."

    def _to_fault(self) -> str:
        wrong = self.valid_to.data and self.valid_to.data < self.valid_from.data
        return "La plage se termine avant de commencer : corrigez une des deux dates." if wrong else ""

    def _never_fault(self) -> str:
        first, last = self.valid_from.data, self.valid_to.data
        if last is None:
            return ""
        days = served_days(first, min(last, first + _LONGER_THAN_HOLIDAYS), self._mask())
        if not days:
            return "Aucun de ces jours ne vient entre ces deux dates : corrigez les jours ou les dates."
        names = named_holidays(self.site.department, first, days[-1])
        if any(day not in names for day in days):
            return ""
        told = ", ".join(dict.fromkeys(names[day] for day in days))
        shut = f"Ce jour est férié ({told})" if len(days) == 1 else f"Tous ces jours sont fériés ({told})"
        return f"{shut} : personne n'y est reçu. Corrigez les jours ou les dates."

    def _mask(self) -> int:
        return mask_of_weekdays(map(int, self.weekdays.data))

    def _no_motif_fault(self) -> str:
        return "" if self.motifs.data else "Cochez au moins un motif."

    def _motif_fault(self) -> str:
        mode = Mode(self.mode.data)
        for number in self.motifs.data:
            if self.known[number].duration(mode) is None:
                label = self.known[number].plain_label
                return f"« {label} » ne se prend pas ainsi ({mode.label.lower()}). Décochez-le."
        longer = _longer_than_it(self.made())
        return f"{longer} dure plus longtemps que cette plage. Décochez-le, ou allongez-la." if longer else ""

    def _link_fault(self) -> str:
        return _link_fault(self.site, Mode(self.mode.data), [self.known[number] for number in self.motifs.data])

    def _desks_fault(self) -> str:
        if self.mode.data != Mode.ON_SITE:
            return ""
        mine = self.new_opening(self.site.id)
        if not self.motifs.errors and self.same(mine, self.motif_ids()):
            return ""  # the form sent twice opens nothing more
        return _crowd_fault(mine.receives, self.others, len(self.site.desk_list))

    def made(self) -> Made:
        """What it makes, with the motifs that are ticked; of a form whose hours are right."""
        grid = grid_of(self.starts.minute, self.ends.minute, int(self.interval.data))
        chosen = [self.known[number] for number in self.motifs.data]
        days = days_a_week(self._mask(), self.valid_from.data, self.valid_to.data)
        return made_by(grid, self.desks.number, days, _lengths(chosen, Mode(self.mode.data)))

    def minutes(self) -> dict:
        """Motif -> mode -> minutes, for the count that follows what is typed."""
        return _minutes(self.known.values())

    def new_opening(self, site_id: int) -> Opening:
        return Opening(
            site_id=site_id,
            mode=self.mode.data,
            weekdays=self._mask(),
            starts=self.starts.minute,
            ends=self.ends.minute,
            interval=int(self.interval.data),
            desks=self.desks.number,
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
        )

    def motif_ids(self) -> set[int]:
        return {int(number) for number in self.motifs.data}


class ChangeOpeningForm(SeenForm, VersionedForm):
    """What can change without shifting an appointment: the last day, the desks, the motifs."""

    desks = _desks()
    valid_to = DateField(
        "Dernier jour", hint="Vide : sans fin. Après ce jour, plus personne n'est reçu sur cette plage."
    )
    motifs = ChecksField("Pour quels motifs ?", [])

    def __init__(
        self, *args, opening: Opening, chosen: list[Motif], motifs: list[Motif], today: date, others: list[Receives],
        **kwargs,
    ):  # fmt: skip
        """`others`: when people are received on site by the other openings there."""
        known = self._filled_with(opening, chosen)
        super().__init__(*args, data=known, **kwargs)
        self.watch(known)
        self.today, self.before, self.of, self.others = today, opening.valid_to, opening, others
        self.known = {str(motif.id): motif for motif in [*motifs, *chosen]}
        self.chosen = {str(motif.id) for motif in chosen}
        offered = [m for m in motifs if m.duration(opening.mode_value)]
        kept = [m for m in chosen if m not in offered]
        self.motifs.cards = _motif_cards([*offered, *kept], opening.mode_value)
        self.motifs.choices = [card.value for card in self.motifs.cards]

    def validate(self, extra_validators=None) -> bool:
        if not super().validate(extra_validators):
            return False
        if not self.motifs.data:
            self.motifs.errors = ["Cochez au moins un motif."]
            return False
        last = self.valid_to.data
        if last and last < self.today and last != self.before:
            self.valid_to.errors = ["Ce jour est passé : choisissez aujourd'hui ou plus tard."]
            return False
        if longer := _longer_than_it(self.made()):
            self.motifs.errors = [f"{longer} dure plus longtemps que cette plage. Décochez-le."]
            return False
        added = (motif for number, motif in self.known.items() if number in set(self.motifs.data) - self.chosen)
        if fault := _link_fault(self.of.site, self.of.mode_value, added):
            self.motifs.errors = [fault]
            return False
        if fault := self._desks_fault():
            self.desks.errors = [fault]
            return False
        return True

    @staticmethod
    def _filled_with(opening: Opening, chosen: list[Motif]) -> dict:
        return {"desks": str(opening.desks), "valid_to": opening.valid_to, "motifs": [str(m.id) for m in chosen]}

    def changed_meanwhile(self, opening: Opening, chosen: list[Motif]) -> bool:
        """Whether that opening, read again by who changes it, is no longer what the page showed: then it says so."""
        return self.changed_since(self._filled_with(opening, chosen))

    def _desks_fault(self) -> str:
        """Of more desks than before, or of days it did not receive on before."""
        longer = self.before is not None and (self.valid_to.data is None or self.valid_to.data > self.before)
        if self.of.mode_value is not Mode.ON_SITE or not (longer or self.desks.number > self.of.desks):
            return ""
        first = max(self.today, self.of.valid_from)
        changed = self.of.receives._replace(desks=self.desks.number, first=first, last=self.valid_to.data)
        return _crowd_fault(changed, self.others, len(self.of.site.desk_list))

    def made(self) -> Made:
        """What it makes with the desks and the motifs of the form, of those that are offered; of a form that is
        right."""
        chosen = [self.known[number] for number in self.motifs.data if self.known[number].active]
        days = days_a_week(self.of.weekdays, self.of.valid_from, self.valid_to.data)
        return made_by(self.of.grid, self.desks.number, days, _lengths(chosen, self.of.mode_value))

    def minutes(self) -> dict:
        return _minutes(motif for motif in self.known.values() if motif.active)


class ClosureForm(SeenForm):
    of = ChoiceField("Que fermez-vous ?")
    first = DateField("Premier jour fermé", [Required("")])
    last = DateField("Dernier jour fermé", hint="Vide : un seul jour.")
    reason = TextField("Raison", [OneLine(120)], maxlength=140, hint="Par exemple : travaux, formation.")

    def __init__(self, *args, openings: list[Opening], motifs_of: Callable[[int], list[Motif]], today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        told = told_apart(openings, motifs_of)
        self.of.options = [("", "Tout le lieu"), *((str(o.id), f"Une plage : {told[o.id]}") for o in openings)]

    def validate(self, extra_validators=None) -> bool:
        if not super().validate(extra_validators):
            return False
        if self.first.data < self.today:
            self.first.errors = ["Ce jour est passé : choisissez aujourd'hui ou plus tard."]
        elif self.last.data and self.last.data < self.first.data:
            self.last.errors = ["Le dernier jour doit venir après le premier."]
        elif self.last.data and (self.last.data - self.first.data).days > 366:
            self.last.errors = ["Une fermeture dure un an au plus. Pour plus longtemps, terminez les plages."]
        return not self.errors

    def new_closure(self, site_id: int) -> Closure:
        first, opening_id = self.first.data, int(self.of.data) if self.of.data else None
        days = {"first": first, "last": self.last.data or first}
        return Closure(site_id=site_id, opening_id=opening_id, reason=self.reason.data or "", **days)


def words_of(opening: Opening) -> str:
    """`sur place, 9 h – 12 h, lundi, mardi`, and its dates when it ends."""
    first, last = opening.valid_from, opening.valid_to
    words = [opening.mode_value.label.lower(), f"{hour(opening.starts)} – {hour(opening.ends)}"]
    words += [DAYS[number] for number in weekdays_of(opening.weekdays)]
    if last is not None:
        words.append(f"le {date_long(first)}" if first == last else f"du {date_long(first)} au {date_long(last)}")
    return ", ".join(words)


def told_apart(openings: Iterable[Opening], motifs_of: Callable[[int], list[Motif]]) -> dict[int, str]:
    """Opening -> its words; those that would read alike say more, until they do not."""
    known = {opening.id: opening for opening in openings}
    words = {number: words_of(opening) for number, opening in known.items()}
    for more in (
        lambda one: "" if one.valid_to else f", à partir du {date_long(one.valid_from)}",
        lambda one: f", toutes les {one.interval} minutes",
        lambda one: f", {plural(one.desks, 'personne')} en même temps",
        lambda one: f", pour {spoken_list([f'« {motif.plain_label} »' for motif in motifs_of(one.id)])}",
        lambda one: f", plage {one.id}",
    ):
        shared = Counter(words.values())
        words |= {number: said + more(known[number]) for number, said in words.items() if shared[said] > 1}
    return words


class LiftForm(CounterForm):
    """Only a confirmation: it carries no field but its protection."""
