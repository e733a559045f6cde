"""A file that is sent."""

from __future__ import annotations

from wtforms.fields import Field

from counter.forms.fields.base import Rendered


class FileField(Rendered, Field):
    """One file. `data` is what was sent, or None; `accept` helps the browser, and proves nothing."""

    component = "file_field"
    widget = None

    def __init__(self, label, validators=(), hint="", accept="", **kwargs):
        super().__init__(label, validators, **kwargs)
        self.hint, self.accept = hint, accept

    def process(self, formdata, data=None, **kwargs):
        super().process(None, data, **kwargs)
        sent = formdata.get(self.name) if formdata else None
        self.data = sent if getattr(sent, "filename", "") else None

    @property
    def filled(self) -> bool:
        return self.data is not None

    def content(self) -> bytes:
        """The bytes of the file."""
        return self.data.read()
