"""What the figures are asked about, by plain GET."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from counter.figures import Period, Scope
from counter.forms.fields import ChoiceField, CounterForm, DateField, check_order
from counter.models import Motif, Site
from counter.places import site_names


class FiguresForm(CounterForm):
    """A site, a motif, two dates; what is wrong is said, and left out. Without dates, each figure has its own."""

    class Meta(CounterForm.Meta):
        csrf = False

    lieu = ChoiceField("Quel lieu ?", default="")
    motif = ChoiceField("Quel motif ?", default="")
    du = DateField("Du")
    au = DateField("Au")

    def __init__(self, args: MultiDict, sites: list[Site], motifs: list[Motif]):
        super().__init__(formdata=args)
        names = site_names(sites).items()
        self.lieu.options = [("", "Tous les lieux"), *((str(number), name) for number, name in names)]
        self.motif.options = [("", "Tous les motifs"), *((str(motif.id), _label(motif)) for motif in motifs)]
        self.asked = {name: value for name, value in args.items() if value and name.partition("-")[0] in self}
        self.validate()
        check_order(self.du, self.au)
        self._check_both()

    def _check_both(self) -> None:
        for empty, other in ((self.du, self.au), (self.au, self.du)):
            if other.data and empty.typed == ("", "", ""):
                empty.errors = ["Il manque cette date. Écrivez-la, ou effacez l'autre."]

    @property
    def scope(self) -> Scope:
        """The site and the motif chosen."""
        return Scope(_number(self.lieu), _number(self.motif))

    @property
    def period(self) -> Period | None:
        """The dates chosen; None when there are none, or when one is wrong."""
        whole = self.du.data and self.au.data and not (self.du.errors or self.au.errors)
        return Period(self.du.data, self.au.data) if whole else None

    @property
    def names(self) -> tuple[str, str]:
        """The site and the motif looked at, in words, all of them too."""
        fields = (self.lieu, self.motif)
        site, motif = (dict(field.options)["" if field.errors else field.data] for field in fields)
        return site, motif


def _number(field: ChoiceField) -> int | None:
    return int(field.data) if field.data and not field.errors else None


def _label(motif: Motif) -> str:
    return motif.plain_label if motif.active else f"{motif.plain_label} (n'est plus proposé)"
