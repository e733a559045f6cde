"""The FALC rules that need nothing but the text: each reads a passage and gives what it finds (falc.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from counter.tutorials.findings import Finding, count_words, fault, judged, look, sentences_of
from counter.tutorials.passages import Kind, Passage

MOST_WORDS, GOOD_WORDS = 15, 12  # in a sentence
GOOD_SENTENCES = 3  # in a step; the loader refuses more than 5
MOST_NOTE_SENTENCES = 2
LARGEST_NUMBER = 9_999


def length(passage: Passage) -> Iterator[Finding]:
    """Over 15 words is a fault, over 12 is to look at; the words of a button are read too, so they count."""
    count = max((count_words(sentence) for sentence in sentences_of(passage.text)), default=0)
    if count > MOST_WORDS:
        yield fault(passage, "longueur", f"{count} mots, {MOST_WORDS} au plus.", "Coupez la phrase en deux lignes.")
    elif count > GOOD_WORDS:
        yield look(passage, "longueur", f"{count} mots.", f"Visez {GOOD_WORDS} mots.")


def one_sentence(passage: Passage) -> Iterator[Finding]:
    """One sentence a line."""
    count = len(sentences_of(passage.text))
    if count > 1:
        advice = "Allez à la ligne après chaque point."
        yield fault(passage, "une phrase par ligne", f"{count} phrases sur la ligne.", advice)


def note(passage: Passage) -> Iterator[Finding]:
    """A note for the agent is two sentences at most."""
    count = len(sentences_of(passage.text))
    if count > MOST_NOTE_SENTENCES:
        advice = "Gardez ce qu'il faut dire ou vérifier."
        yield fault(passage, "note", f"{count} phrases pour l'agent, {MOST_NOTE_SENTENCES} au plus.", advice)


def long_steps(passages: Iterable[Passage]) -> Iterator[Finding]:
    """More than 3 sentences in a step is to look at (more than 5 is refused when the sheet is read)."""
    steps: dict[tuple[str, int], list[Passage]] = {}
    for passage in passages:
        if passage.kind is Kind.SENTENCE and passage.step_line:
            steps.setdefault((passage.file, passage.step_line), []).append(passage)
    for (file, line), sentences in steps.items():
        if len(sentences) > GOOD_SENTENCES:
            message = f"{len(sentences)} phrases dans « {sentences[0].step} »."
            yield Finding(file, line, "étape", False, message, "Une idée par étape : visez 3 phrases.")


_THIRD = re.compile(
    r"\bl'(?:usager|allocataire|assuré|demandeur|intéressé|bénéficiaire|déclarant)e?\b"
    r"|\b(?:les|chaque|tout) (?:usager|allocataire|assuré|demandeur|intéressé|bénéficiaire|déclarant)e?s? "
    r"(?:doit|doivent|peut|peuvent)\b",
    re.IGNORECASE,
)
_IMPERSONAL = re.compile(
    r"\bil (?:convient|appartient|incombe|importe)\b|\bil faut(?:dra)? qu(?:e\b|')"
    r"|\bil est (?:nécessaire|obligatoire|important|possible|conseillé|recommandé|interdit) (?:de\b|d'|que\b|qu')",
    re.IGNORECASE,
)
_SPEAK = "Parlez à la personne : « vous », ou un verbe comme « Envoyez »."


def person(passage: Passage) -> Iterator[Finding]:
    """Speaks to the reader: neither « l'usager doit » nor « il convient »."""
    text = judged(passage)
    if match := _IMPERSONAL.search(text):
        yield fault(passage, "personne", f"« {match[0]} » ne parle à personne.", _SPEAK)
    elif match := re.search(r"\bil faut\b", text, re.IGNORECASE):
        yield look(passage, "personne", f"« {match[0]} » ne parle à personne.", _SPEAK)
    if match := _THIRD.search(text):
        # For a partner or a landlord, « l'allocataire » is someone else: a person judges.
        finding = fault if passage.audience in {"usager", "tuteur"} else look
        yield finding(passage, "personne", f"« {match[0]} » parle d'une autre personne.", _SPEAK)


_LETTERS = re.compile(
    r"\b(?:deux|trois|quatre|cinq|six|sept|huit|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante|"
    r"cinquante|soixante|cents?|mille|millions?|milliards?|dizaines?|douzaines?|centaines?|milliers?)\b"
    r"|\bneuf(?= \w+s\b)|\b(?:les|mes|vos|ces|tous les) neuf\b",
    re.IGNORECASE,
)
ROMAN = re.compile(r"\b(?=[IVXLC]{2,}(?:e|ème|er)?\b)(?:X{0,3})(?:IX|IV|V?I{0,3})(?:e|ème|er)?\b")
_PERCENT = re.compile(r"\d\s*%|\bpour ?cents?\b|\bpourcentages?\b", re.IGNORECASE)
_FIGURE = re.compile(r"(?<![\w,.])\d+(?:[ .]\d{3})*(?![\w/-])")
_CODE = re.compile(r"\b(?:codes?|numéros?|téléphone|identifiant|siret|siren|appelez|département)\b", re.IGNORECASE)
_UNIT = re.compile(r"\s*(?:,\d+\s*)?(?:€|euros?\b)")


def numbers(passage: Passage) -> Iterator[Finding]:
    """Figures, small ones: no letters, no roman numeral, no percentage, nothing over 9 999 but money and codes."""
    text = judged(passage)
    if (match := _LETTERS.search(text)) and not re.search(r"\bpour cent", text):
        yield fault(passage, "nombres", f"« {match[0]} » est écrit en lettres.", "Écrivez le nombre en chiffres.")
    if (match := ROMAN.search(text)) and match[0]:
        yield fault(passage, "nombres", f"« {match[0]} » est un chiffre romain.", "Écrivez 1, 2, 3.")
    if match := _PERCENT.search(text):
        advice = "Dites-le autrement : « 1 personne sur 10 », « la moitié »."
        yield fault(passage, "nombres", f"« {match[0]} » est un pourcentage.", advice)
    for match in _FIGURE.finditer(text):
        if _too_large(text, match):
            advice = "Dites-le autrement, ou dites si c'est une somme (euros), un code ou un numéro."
            yield fault(passage, "nombres", f"« {match[0]} » est un très grand nombre.", advice)


def _too_large(text: str, match: re.Match) -> bool:
    if int(re.sub(r"\D", "", match[0])) <= LARGEST_NUMBER or _UNIT.match(text, match.end()):
        return False
    is_phone = re.fullmatch(r"0\d{9}", match[0])
    return not is_phone and not _CODE.search(text[: match.start()])


_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b\d{1,2}/\d{1,2}\b|\b\d{1,2}/\d{4}\b|\b\d{4}-\d{2}-\d{2}\b")


def dates(passage: Passage) -> Iterator[Finding]:
    """« 12 mai 2026 », never « 12/05/2026 »."""
    text = re.sub(r"\b0\d(?:[ .-]?\d\d){4}\b", "", judged(passage))  # a phone number is no date
    if match := _DATE.search(text):
        yield fault(passage, "dates", f"« {match[0]} » est une date en chiffres.", "Écrivez « 12 mai 2026 ».")


ITALIC = re.compile(r"(?<![\w*])\*(?![\s*])[^*]+\*(?!\*)|(?<!\w)_(?!\s)[^_]+_(?!\w)|</?(?:i|em|u)>")
_SIGNS = (
    (re.compile(r"\b(?:etc|cf|p\. ?ex|c\.-à-d|ex)\.(?=\W|$)|\betc\b", re.IGNORECASE),
     "Écrivez le mot en entier, ou « par exemple »."),
    (re.compile(r"\w\((?:e|s|es|ne|nes|trice)\)|\w[·•‧](?:e|es|s|ne|nes|trice|trices|se|ses)\b|\w\.e(?:\.s|s)?\b"),
     "Écrivez les mots en entier : « une ou un », « le ou la »."),
    (re.compile(r"\[\^?\d+\]|[¹²³†]|\w\*(?=\s|[.,]|$)"), "Pas de note de bas de page : dites-le dans une phrase."),
    (re.compile(r"[&§#<>;/]"), "Écrivez « et », « ou », ou deux phrases."),
)  # fmt: skip
_BRACKETS = re.compile(r"[()\[\]{}]")


def signs(passage: Passage) -> Iterator[Finding]:
    """Neither & § # < / ; nor abbreviations nor « (e) » nor footnotes; brackets are to look at."""
    text = ITALIC.sub(" ", _DATE.sub(" ", judged(passage)))  # told by other rules
    for pattern, advice in _SIGNS:
        if match := pattern.search(text):
            yield fault(passage, "signes", f"« {match[0]} » se lit mal.", advice)
            text = pattern.sub(" ", text)
    if match := _BRACKETS.search(text):
        yield look(passage, "signes", f"« {match[0]} » : une parenthèse.", "Faites une phrase à part.")


_NE = re.compile(r"\b(?:ne\b|n'(?!importe))", re.IGNORECASE)
_SANS = re.compile(r"\bsans\b", re.IGNORECASE)
_ALONE = re.compile(r"\b(?:pas|jamais|rien|aucune?s?|non)\b(?!-)", re.IGNORECASE)


def negation(passage: Passage) -> Iterator[Finding]:
    """Two negations in a sentence are a fault, one is to look at."""
    text = re.sub(r"\bpas à pas\b", "", judged(passage), flags=re.IGNORECASE)
    verbs = len(_NE.findall(text))
    # « pas », « rien », « ni »… go with their « ne » : they deny by themselves only where there is none.
    count = len(_SANS.findall(text)) + (verbs or len(_ALONE.findall(text)))
    if count > 1:
        advice = "Dites ce qui se passe ou ce qu'il faut faire, en positif."
        yield fault(passage, "négation", f"{count} négations dans la phrase.", advice)
    elif count:
        yield look(passage, "négation", "une négation.", "Si une phrase positive dit la même chose, préférez-la.")


TEXT_RULES = (length, one_sentence, person, numbers, dates, signs, negation)
