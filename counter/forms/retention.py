"""The button that removes what is past its term."""

from __future__ import annotations

from counter.forms.fields import CounterForm


class PurgeForm(CounterForm):
    """One button."""
