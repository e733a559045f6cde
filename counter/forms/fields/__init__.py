"""Fields that render themselves: label above, hint under it, error under the field."""

from counter.forms.fields.base import CounterForm, KeyedForm, Rendered, Required, VersionedForm
from counter.forms.fields.choice import CardField, ChecksField, Choice, ChoiceField
from counter.forms.fields.day import DateField, DayMaybeYearField, DayMonthField, check_order
from counter.forms.fields.file import FileField
from counter.forms.fields.text import AreaField, HourField, NumberField, TextField, typed_labels

__all__ = [
    "AreaField",
    "CardField",
    "ChecksField",
    "Choice",
    "ChoiceField",
    "CounterForm",
    "DateField",
    "DayMaybeYearField",
    "DayMonthField",
    "FileField",
    "HourField",
    "KeyedForm",
    "NumberField",
    "Rendered",
    "Required",
    "TextField",
    "VersionedForm",
    "check_order",
    "typed_labels",
]
