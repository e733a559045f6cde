"""The exercises, one module each; `EXERCISES` is what the pages offer, by the slug of the sheet each goes with."""

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
