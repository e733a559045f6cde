"""Creating Mon Compte: the eight steps of the document of 2025."""

from counter.practice import Button, Exercise, Fact, Line, Panel, Rows, Screen
from counter.practice import elise as e
from counter.practice.content.site import HOME_NEWS, site_menu
from counter.practice.content.topics import prime_request, topics
from counter.practice.fields import Choice, Digits, NewSecret, Option, Words

_CARD = "000012345678"  # a year and a month of issue that cannot be: 00, 00
_CODE = "482719"
_TITLE = Fact("Civilité", "Madame")

EXERCISE = Exercise(
    slug="creer-mon-compte",
    title="Créer Mon Compte",
    icon="user-plus",
    goal="Vous créez votre espace personnel sur le site de la Caf.",
    story=("Vous demandez une aide à la Caf pour la première fois.", "Cette aide est la prime d'activité."),
    screens=(
        Screen(
            "site",
            "J'ouvre le site de la Caf",
            ("Vous êtes sur le site de la Caf.", "Vous cherchez comment demander une aide."),
            (HOME_NEWS,),
            menu=site_menu("aides"),
        ),
        topics("Je choisis mon sujet"),
        prime_request("Je fais la demande"),
        Screen(
            "entree",
            "Je crée mon compte",
            ("Le site demande un compte.", "Élise n'a pas encore de compte."),
            (
                Panel(
                    "Pour commencer",
                    (
                        Button("se-connecter", "Se connecter", "Ce bouton sert quand on a déjà un compte."),
                        Button("creer", "Créer un compte", icon="user-plus"),
                        Button(
                            "franceconnect",
                            "FranceConnect",
                            "FranceConnect ouvre plusieurs sites publics avec un seul compte.\n"
                            "C'est possible aussi, mais Élise crée un nouveau compte.",
                            icon="shield-check",
                        ),
                    ),
                ),
            ),
            menu=site_menu(),
        ),
        Screen(
            "identite",
            "J'écris qui je suis",
            ("Le site veut savoir qui vous êtes.", "Copiez la carte d'Élise."),
            (
                Panel(
                    "État civil",
                    (
                        e.number_field(),
                        Choice(
                            "civilite",
                            "Civilité",
                            options=(
                                Option("madame", "Madame"),
                                Option("monsieur", "Monsieur", "Ici, vous êtes Élise : choisissez Madame."),
                            ),
                            empty="Choisissez Madame ou Monsieur.",
                        ),
                        e.name_field("Nom de naissance"),
                        e.first_name_field("Prénoms"),
                        e.birth_field(),
                        Words("lieu", "Lieu de naissance", expected=e.TOWN),
                        Button("continuer", "Continuer", look="main"),
                    ),
                ),
            ),
            facts=(e.VITALE, _TITLE, e.NAME_FACT, e.FIRST_NAME_FACT, e.BIRTH_FACT, e.BIRTH_PLACE_FACT),
            kind="form",
        ),
        Screen(
            "papier",
            "J'écris le numéro de mon papier d'identité",
            ("Le site vérifie votre papier d'identité.", "Élise a une carte d'identité."),
            (
                Panel(
                    "Titre d'identité",
                    (
                        Choice(
                            "sorte",
                            "Votre papier",
                            options=(
                                Option("carte", "Carte d'identité"),
                                Option("passeport", "Passeport français", "Élise a une carte d'identité."),
                                Option("titre", "Titre de séjour", "Élise a une carte d'identité."),
                            ),
                            empty="Choisissez le papier d'Élise.",
                        ),
                        Digits("titre", "Numéro du titre d'identité", "12 chiffres", expected=_CARD, spaces=True),
                        Button(
                            "etranger",
                            "Je ne dispose pas d'une pièce d'identité française",
                            "Ce bouton sert pour un papier d'un autre pays.\nÉlise a une carte d'identité française.",
                            look="link",
                        ),
                        Button("continuer", "Continuer", look="main"),
                    ),
                ),
            ),
            facts=(Fact("Papier", "Carte d'identité"), Fact("Numéro du papier", _CARD)),
            kind="form",
        ),
        Screen(
            "contact",
            "Je donne mon mail ou mon téléphone",
            ("Le site envoie un code à Élise.", "Donnez son téléphone ou son adresse mail."),
            (
                Panel(
                    "Coordonnées de contact",
                    (
                        Line("1 de ces 2 cases suffit."),
                        e.phone_field(),
                        e.mail_field(),
                        Button("envoyer-code", "Envoyer le code", icon="send", look="main"),
                    ),
                ),
            ),
            facts=(e.PHONE_FACT, e.MAIL_FACT),
            kind="form",
            one_of=("telephone", "mail"),
        ),
        Screen(
            "code",
            "Je tape le code",
            ("Élise reçoit un message avec un code.", "Copiez ce code."),
            (
                Panel(
                    "Code de confirmation",
                    (
                        Digits("code", "Code de confirmation", "6 chiffres", expected=_CODE),
                        Button("valider", "Valider", look="main"),
                    ),
                ),
            ),
            facts=(Fact("Message reçu", f"Votre code : {_CODE}"),),
            kind="form",
        ),
        Screen(
            "secret",
            "Je choisis mon mot de passe",
            ("Inventez un mot de passe pour Élise.", "N'écrivez jamais vos vrais mots de passe ici."),
            (
                Panel(
                    "Mot de passe",
                    (
                        Line("De 10 à 64 caractères."),
                        Line("Au moins 1 chiffre, 1 grande lettre et 1 petite lettre."),
                        NewSecret(
                            "password",
                            "Mot de passe",
                            "Un caractère est une lettre, un chiffre ou un signe.",
                            expected="Soleil8Matin",
                        ),
                        Button("continuer", "Continuer", look="main"),
                    ),
                ),
            ),
            kind="form",
        ),
        Screen(
            "resume",
            "Je relis et je me connecte",
            ("Le site montre le résumé de vos informations.", "Comparez chaque ligne avec la carte.",
             "Tout est juste : entrez dans votre compte."),
            (
                Panel(
                    "Récapitulatif",
                    (
                        Rows(
                            ("Information", "Réponse"),
                            (
                                ("Nom de naissance", e.LAST_NAME),
                                ("Prénoms", e.FIRST_NAME),
                                ("Date de naissance", "3 septembre 1977"),
                                ("Téléphone portable", e.PHONE),
                            ),
                        ),
                        Button("se-connecter", "Se connecter", look="main"),
                    ),
                ),
            ),
            menu=site_menu(),
            facts=(e.NAME_FACT, e.FIRST_NAME_FACT, e.BIRTH_FACT, e.PHONE_FACT),
        ),
    ),
    ending=(
        "Le site demande ensuite votre numéro et votre mot de passe.",
        "L'exercice « Me connecter à Mon Compte » montre comment faire.",
        "Gardez votre vrai mot de passe pour vous.",
    ),
)  # fmt: skip
