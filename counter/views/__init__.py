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
    guiding,
    help,
    home,
    manage,
    messages,
    openings,
    processing,
    sheets,
    sign_in,
    status,
    structure,
    verification,
    visits,
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
        guiding,
        help,
        home,
        manage,
        messages,
        openings,
        processing,
        sheets,
        sign_in,
        status,
        structure,
        verification,
        visits,
        workshops,
    )
]
