"""Counter: from "bonjour" to a printed next step.

The ranks, each importing only from those below it (tests/test_architecture.py holds this):

    app.py                                        wiring
    views, commands                               routes and `flask` commands: they alone commit
    web, security, sessions, errors, traces, sending       what every page shares
    forms                                         declarations that render themselves
    demonstration                                 fictitious data for a first look
    db                                            engines, transactions, schema version
    store, pdf, outside                           rows, papers, services: no Flask
    models, keys, formatting, icons, languages    tables, secrets, French words for dates, other languages
    turns                                         threads that answer and processes that write, each in turn
    rules: diagnosis, slots, free_days, appointments, openings, directory, demarches, guiding, attestations, access,
           habilitations, visits, processing, workshops, figures, messages, message_words, motifs, places, search,
           journal, retention, control, rights, months, tutorials, practice, dossiers, quotient, kiosk, lobby
    config                                        typed settings
"""
