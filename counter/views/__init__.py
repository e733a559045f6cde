"""One blueprint a concept; `BLUEPRINTS` is what the application registers."""

from counter.views import (
    administration,
    agenda,
    appointments,
    attestations,
    demarches,
    diagnosis,
    help,
    home,
    manage,
    openings,
    processing,
    sign_in,
    status,
    structure,
    verification,
    visits,
)

BLUEPRINTS = [
    module.blueprint
    for module in (
        administration,
        agenda,
        appointments,
        attestations,
        demarches,
        diagnosis,
        help,
        home,
        manage,
        openings,
        processing,
        sign_in,
        status,
        structure,
        verification,
        visits,
    )
]
