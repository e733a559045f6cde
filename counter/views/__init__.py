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
    follow_ups,
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
    video,
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
        follow_ups,
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
        video,
        visits,
        workshops,
    )
]
