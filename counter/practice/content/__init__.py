"""The exercises, one module each; `EXERCISES` is what the pages offer, by the slug of the sheet each goes with.

To add one: a module here with its `EXERCISE` (screens in the order of the sheet, buttons named as the sheet names
them, each other button with what it does), and its name in the list below. The tests of the catalogue then hold it to
the same rules as the others (tests/rules/test_practice.py) and do it from end to end (tests/views/test_practice.py).
"""

from __future__ import annotations

from counter.practice.content import (
    address,
    appointment,
    attestation,
    create_account,
    document,
    prime_activite,
    resources,
    sign_in,
)

EXERCISES = {
    module.EXERCISE.slug: module.EXERCISE
    for module in (
        create_account,
        sign_in,
        resources,
        prime_activite,
        document,
        address,
        attestation,
        appointment,
    )
}
