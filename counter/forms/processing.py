"""The dates the Caf publishes, copied by an agent."""

from __future__ import annotations

from datetime import date

from counter.forms.fields import CounterForm, DayMonthField
from counter.processing import Subject, last_date


class ProcessingForm(CounterForm):
    """One date a subject; an empty one changes nothing."""

    def dates(self, today: date) -> dict[Subject, date]:
        """What was filled in; the year is the last one that fits."""
        typed = {subject: self[field_name(subject)].data for subject in Subject}
        return {subject: found for subject, data in typed.items() if data and (found := last_date(data, today))}


def field_name(subject: Subject) -> str:
    return subject.name.lower()


for _subject in Subject:
    setattr(ProcessingForm, field_name(_subject), DayMonthField(f"{_subject.label} reçues avant le"))
ProcessingForm.letters = DayMonthField("Les courriers et les e-mails reçus avant le")
