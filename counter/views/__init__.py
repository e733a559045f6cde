"""One blueprint a concept; `BLUEPRINTS` is what the application registers."""

from counter.views import (
    administration,
    agenda,
    appointments,
    attestations,
    changes,
    demarches,
    diagnosis,
    figures,
    help,
    home,
    manage,
    messages,
    openings,
    processing,
    sign_in,
    status,
    structure,
    verification,
    visits,
    working,
    workshops,
)

BLUEPRINTS = [
    module.blueprint
    for module in (
        administration,
        agenda,
        appointments,
        attestations,
        changes,
        demarches,
        diagnosis,
        figures,
        help,
        home,
        manage,
        messages,
        openings,
        processing,
        sign_in,
        status,
        structure,
        verification,
        visits,
        working,
        workshops,
    )
]
