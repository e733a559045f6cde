"""Signing in."""

from __future__ import annotations

from wtforms import HiddenField

from counter.forms.fields import CounterForm, Required, TextField


class SignInForm(CounterForm):
    identifier = TextField(
        "Identifiant", [Required("Écrivez votre identifiant.")], autocomplete="username", maxlength=60
    )
    password = TextField(
        "Mot de passe",
        [Required("Écrivez votre mot de passe.")],
        autocomplete="current-password",
        type="password",
        maxlength=200,
    )
    suite = HiddenField()
