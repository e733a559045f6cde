"""Booking an appointment on line: motif, mode, place, date and time, contact details."""

from counter.practice import Button, Exercise, Fact, Line, Panel, Rows, Screen
from counter.practice import elise as e
from counter.practice.content.site import HOME_NEWS, site_menu
from counter.practice.fields import Choice, Digits, Option

_WHY = Fact("Raison", "Un nouveau travail")
_HOW = Fact("Façon de parler", "Au téléphone")
_WHEN = Fact("Heures libres", "Mardi matin")
_BY_PHONE = "Élise préfère parler au téléphone : regardez la carte."
_MOTIFS = (
    Button("situation", "Ma situation change"),
    Button("dossier", "Je veux savoir où je suis dans mon dossier", "Ce motif sert à suivre une demande."),
    Button("documents", "Je dois transmettre des documents", "Ce motif sert à donner un papier."),
    Button("renseignement", "J'ai une demande de renseignement", "Ce motif sert à poser une question."),
    Button("dette", "Je dois de l'argent", "Ce motif sert à parler d'une dette."),
    Button("numerique", "Mes démarches sur caf.fr ou sur l'application mobile", "Ce motif sert à apprendre le site."),
)
_SLOTS = (
    Button("lundi", "lundi 12 octobre, 9 h 10", "Le lundi, Élise travaille : regardez la carte."),
    Button("mardi", "mardi 13 octobre, 9 h 20"),
    Button("mardi-soir", "mardi 13 octobre, 14 h 30", "C'est l'après-midi : Élise est libre le matin."),
    Button("jeudi", "jeudi 15 octobre, 9 h 10", "Le jeudi, Élise travaille : regardez la carte."),
)

EXERCISE = Exercise(
    slug="prendre-rdv-en-ligne",
    title="Prendre un rendez-vous en ligne",
    icon="calendar-check",
    goal="Vous choisissez un rendez-vous avec la Caf sur le site.",
    story=("Vous avez un nouveau travail.", "Vous voulez en parler à la Caf, au téléphone."),
    screens=(
        Screen(
            "postal",
            "J'indique ma Caf",
            ("Le site demande votre code postal.", "C'est le numéro de votre ville, avec 5 chiffres."),
            (
                Panel(
                    "Choisir ma Caf",
                    (
                        Digits("postal", "Code postal", "5 chiffres", expected=e.POSTCODE),
                        Button("valider", "Valider", look="main"),
                        Button(
                            "plus-tard",
                            "J'indiquerai mon code postal une autre fois",
                            "Ce bouton passe cette page.\nLe site a besoin du code pour trouver votre Caf.",
                            look="link",
                        ),
                    ),
                ),
            ),
            facts=(Fact("Adresse", f"{e.STREET}, {e.POSTCODE} {e.TOWN}"),),
            kind="window",
        ),
        Screen(
            "ma-caf",
            "J'ouvre Ma Caf",
            ("Vous cherchez la Caf de votre département.",),
            (HOME_NEWS,),
            menu=site_menu("ma-caf"),
        ),
        Screen(
            "rendez-vous",
            "Je demande un rendez-vous",
            ("Vous voulez parler à une personne de la Caf.", "Demandez un rendez-vous."),
            (
                Panel(
                    "Nous contacter",
                    (
                        Button("contacter", "Contacter ma Caf", "Ce bouton montre le téléphone et le mail."),
                        Button("prendre", "Prendre un rendez-vous", icon="calendar-check"),
                        Button(
                            "point", "Trouver un point d'accueil", "Ce bouton montre les accueils près de chez vous."
                        ),
                        Button(
                            "mediateur",
                            "Contacter le médiateur administratif de la Caf",
                            "Le médiateur aide quand on est en désaccord avec la Caf.",
                        ),
                    ),
                ),
            ),
            menu=site_menu(),
        ),
        Screen(
            "nom",
            "Je vérifie le nom de ma Caf",
            ("Élise habite à Marseille.", "Marseille est dans les Bouches-du-Rhône.", "Le nom est juste : avancez."),
            (
                Panel(
                    "Prendre un rendez-vous",
                    (
                        Line("Caf des Bouches-du-Rhône"),
                        Button("modifier", "Modifier", "« Modifier » sert quand le nom de la Caf est faux."),
                        Button("continuer", "Continuer", look="main"),
                    ),
                ),
            ),
            facts=(Fact("Adresse", f"{e.STREET}, {e.POSTCODE} {e.TOWN}"),),
        ),
        Screen(
            "motif",
            "Je choisis le motif",
            ("Le motif est la raison du rendez-vous.", "Élise a un nouveau travail, sa vie change."),
            (Panel("Choisissez votre motif de demande de rendez-vous", _MOTIFS),),
            facts=(_WHY,),
        ),
        Screen(
            "mode",
            "Je choisis ma façon de parler à la Caf",
            ("Élise veut recevoir un appel de la Caf.", "Choisissez la façon de parler, puis le lieu."),
            (
                Panel(
                    "Filtres",
                    (
                        Choice(
                            "mode",
                            "Mode de contact",
                            options=(
                                Option("site", "Sur site", _BY_PHONE, "Dans un accueil", "building-2"),
                                Option("visio", "En visio", _BY_PHONE, "Devant un écran", "video"),
                                Option("telephone", "Par téléphone", "", "La Caf appelle", "phone"),
                            ),
                            empty="Choisissez une façon de parler à la Caf.",
                        ),
                        Choice(
                            "lieu",
                            "Lieux",
                            options=(
                                Option("accueil", "Accueil de la Caf", "Élise reste chez elle : la Caf appelle."),
                                Option("france-services", "France Services", "Élise reste chez elle : la Caf appelle."),
                                Option("rappel", "Je souhaite que la Caf me rappelle"),
                            ),
                            empty="Choisissez aussi le lieu.",
                        ),
                        Button("continuer", "Continuer", look="main"),
                    ),
                ),
            ),
            facts=(_HOW,),
            kind="form",
        ),
        Screen(
            "heure",
            "Je choisis le jour et l'heure",
            ("La liste montre les heures libres.", "Choisissez une heure qui va à Élise."),
            (
                Panel("Date, heure et mode : par téléphone", _SLOTS),
                Panel("Résumé", (Rows(("Choix", "Réponse"), (("Motif", "Ma situation change"),)),)),
            ),
            facts=(_WHEN,),
        ),
        Screen(
            "coordonnees",
            "Je donne mes coordonnées",
            ("Vos coordonnées sont votre téléphone et votre adresse mail.", "La Caf appelle ce numéro."),
            (
                Panel(
                    "Vos coordonnées",
                    (
                        e.name_field(),
                        e.first_name_field(),
                        e.phone_field(),
                        e.mail_field(),
                        Button("valider", "Valider mon rendez-vous", look="main"),
                    ),
                ),
            ),
            facts=(e.NAME_FACT, e.FIRST_NAME_FACT, e.PHONE_FACT, e.MAIL_FACT),
            kind="form",
        ),
    ),
    ending=(
        "Le site donne ensuite un code confidentiel, un code pour vous seul.",
        "Notez ce code avec le jour et l'heure.",
        "Ce code permet de changer ou d'annuler le rendez-vous.",
        "Votre téléphone montre le numéro +33 32 30 quand la Caf appelle.",
    ),
)
