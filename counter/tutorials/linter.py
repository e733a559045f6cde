"""The FALC rules (« facile à lire et à comprendre ») that a program can check, one small function each.

Each rule reads a passage and gives findings: a fault, or a point that a person looks at. What needs a dictionary
is handed in (`Tools`); a rule whose tool is missing is not checked, and `unchecked()` says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from counter.tutorials.passages import Kind, Passage
from counter.tutorials.words import WordFinder

MOST_WORDS, GOOD_WORDS = 15, 12  # in a sentence
GOOD_SENTENCES = 3  # in a step; the loader refuses more than 5
MOST_NOTE_SENTENCES = 2
RAREST = 3.5  # zipf frequency: 3 is once in a million words, 4 ten times
LARGEST_NUMBER = 9_999

# Frequent words that mean something else at a Caf: a dictionary of frequencies does not find them.
CAF_WORDS = (
    "allocataire", "allocation", "attestation", "bailleur", "charge", "convention", "curateur", "démarche",
    "foyer", "groupe", "habilitation", "indu", "justificatif", "locataire", "mesure de protection", "plafond",
    "prestation", "prime", "profil", "quotient familial", "recouvrement", "ressource", "titre de séjour",
    "trop-perçu", "tuteur", "versement",
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What a rule says of a line. `fault` is False for a point to look at. `advice` says what to write instead."""

    file: str
    line: int
    rule: str
    fault: bool
    message: str
    advice: str

    def __str__(self) -> str:
        return f"{self.file}, ligne {self.line} [{self.rule}] {self.message} {self.advice}"


@dataclass(frozen=True)
class Tools:
    """What the rules are handed.

    `glossary`: the words that are explained. `frequency`: a word -> zipf frequency of its commonest form or lemma
    (0 unknown to 8), None when there is no dictionary. `morphology`: words -> the analyses of each, as Grammalecte
    writes them (« >pouvoir/:V3_it_xx_a:K:3s/* »), None when Grammalecte is missing.
    """

    glossary: WordFinder = field(default_factory=lambda: WordFinder({}))
    frequency: Callable[[str], float] | None = None
    morphology: Callable[[Iterable[str]], dict[str, list[str]]] | None = None

    def unchecked(self) -> list[str]:
        """The rules that cannot be checked here, with what is missing."""
        missing = []
        if self.frequency is None:
            missing.append("« mot rare » : installez wordfreq et simplemma (requirements-dev.txt)")
        if self.morphology is None:
            missing.append("« temps » : installez Grammalecte (sous Debian : apt install python3-grammalecte)")
        return missing


def lint(passages: Iterable[Passage], tools: Tools) -> list[Finding]:
    """Every finding on these passages, in the order of the files and of their lines."""
    passages = list(passages)
    if tools.morphology:
        tools = replace(tools, morphology=_asked_once(passages, tools.morphology))
    found = [finding for passage in passages for finding in _lint_passage(passage, tools)]
    found += long_steps(passages)
    places = {passage.file: index for index, passage in reversed(list(enumerate(passages)))}
    return sorted(found, key=lambda f: (places[f.file], f.line, not f.fault, f.rule))


def _asked_once(passages: list[Passage], morphology) -> Callable[[Iterable[str]], dict[str, list[str]]]:
    """The program that knows the words is started once for all the passages."""
    words = {word for passage in passages for word in words_of(judged(passage))}
    known = morphology(sorted({*words, *(word.lower() for word in words)}))
    return lambda wanted: {word: known.get(word, []) for word in wanted}


def _lint_passage(passage: Passage, tools: Tools) -> Iterator[Finding]:
    if passage.kind is Kind.NOTE:  # plain French for the agent, not FALC
        yield from note(passage)
        return
    for rule in TEXT_RULES:
        yield from rule(passage)
    for rule in TOOL_RULES:
        yield from rule(passage, tools)


def _fault(passage: Passage, rule: str, message: str, advice: str) -> Finding:
    return Finding(passage.file, passage.line, rule, True, message, advice)


def _look(passage: Passage, rule: str, message: str, advice: str) -> Finding:
    return Finding(passage.file, passage.line, rule, False, message, advice)


# ── the text that is ours to judge ──────────────────────────────────────────────────────────────

_QUOTED = re.compile(r"«[^»]*»")
_ADDRESS = re.compile(r"\bhttps?://\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:fr|org|com|eu)\b(?:/\S*)?")
_WORD = re.compile(r"[Aa]ujourd'hui|[^\W\d_]+(?:[-·][^\W\d_]+)*")


def judged(passage: Passage) -> str:
    """The text without bold marks, without what the site says (between « », or shown by the picture), without
    addresses: those words are not the writer's."""
    text = passage.text.replace("**", "").replace("’", "'").replace("\u202f", " ").replace("\u00a0", " ")
    for words in sorted(passage.site_words, key=len, reverse=True):
        text = text.replace(words.rstrip("…"), "«»")
    return _ADDRESS.sub("«»", _QUOTED.sub("«»", text))


def words_of(text: str) -> list[str]:
    """The words of a text: elided articles apart (« l' », « d' »), hyphens kept."""
    return _WORD.findall(text)


def count_words(text: str) -> int:
    """Words as a reader counts them: « 13 h 15 » or « 1 000 » or a phone number is one, a sign is none."""
    text = text.replace("**", "").replace("\u202f", " ").replace("\u00a0", " ")
    text = re.sub(r"\b\d{1,2} h(?: \d{2})?\b", "0h", text)
    text = re.sub(r"(?<=\d) (?=\d{2,3}\b)", "", text)
    return sum(1 for token in text.split() if any(c.isalnum() for c in token))


# ── rules that need nothing ─────────────────────────────────────────────────────────────────────


def length(passage: Passage) -> Iterator[Finding]:
    """Over 15 words is a fault, over 12 is to look at; the words of a button are read too, so they count."""
    count = max((count_words(sentence) for sentence in sentences_of(passage.text)), default=0)
    if count > MOST_WORDS:
        yield _fault(passage, "longueur", f"{count} mots, {MOST_WORDS} au plus.", "Coupez la phrase en deux lignes.")
    elif count > GOOD_WORDS:
        yield _look(passage, "longueur", f"{count} mots.", f"Visez {GOOD_WORDS} mots.")


_CAPITAL = "A-ZÀÂÇÉÈÊËÎÏÔÙÛÜŒ"
_END = re.compile(rf"(?<=[.!?…])(?<!\bM\.)(?<!\bMme\.)\s+(?=[«\"{_CAPITAL}0-9])")


def sentences_of(text: str) -> list[str]:
    """The sentences of a line. What is between « » ends nothing: « Vous constatez une erreur ? » is a button."""
    quotes = _QUOTED.findall(text)
    bare = _QUOTED.sub("«»", text.replace("\u00a0", " ").replace("\u202f", " "))
    parts = [part for part in _END.split(bare) if part.strip()]
    for number, part in enumerate(parts):
        while "«»" in part:
            part = part.replace("«»", quotes.pop(0), 1)
        parts[number] = part
    return parts


def one_sentence(passage: Passage) -> Iterator[Finding]:
    """One sentence a line."""
    count = len(sentences_of(passage.text))
    if count > 1:
        advice = "Allez à la ligne après chaque point."
        yield _fault(passage, "une phrase par ligne", f"{count} phrases sur la ligne.", advice)


def note(passage: Passage) -> Iterator[Finding]:
    """A note for the agent is two sentences at most."""
    count = len(sentences_of(passage.text))
    if count > MOST_NOTE_SENTENCES:
        advice = "Gardez ce qu'il faut dire ou vérifier."
        yield _fault(passage, "note", f"{count} phrases pour l'agent, {MOST_NOTE_SENTENCES} au plus.", advice)


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
        yield _fault(passage, "personne", f"« {match[0]} » ne parle à personne.", _SPEAK)
    elif match := re.search(r"\bil faut\b", text, re.IGNORECASE):
        yield _look(passage, "personne", f"« {match[0]} » ne parle à personne.", _SPEAK)
    if match := _THIRD.search(text):
        # For a partner or a landlord, « l'allocataire » is someone else: a person judges.
        finding = _fault if passage.audience in {"usager", "tuteur"} else _look
        yield finding(passage, "personne", f"« {match[0]} » parle d'une autre personne.", _SPEAK)


_LETTERS = re.compile(
    r"\b(?:deux|trois|quatre|cinq|six|sept|huit|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante|"
    r"cinquante|soixante|cents?|mille|millions?|milliards?|dizaines?|douzaines?|centaines?|milliers?)\b"
    r"|\bneuf(?= \w+s\b)|\b(?:les|mes|vos|ces|tous les) neuf\b",
    re.IGNORECASE,
)
_ROMAN = re.compile(r"\b(?=[IVXLC]{2,}(?:e|ème|er)?\b)(?:X{0,3})(?:IX|IV|V?I{0,3})(?:e|ème|er)?\b")
_PERCENT = re.compile(r"\d\s*%|\bpour ?cents?\b|\bpourcentages?\b", re.IGNORECASE)
_FIGURE = re.compile(r"(?<![\w,.])\d+(?:[ .]\d{3})*(?![\w/-])")
_CODE = re.compile(r"\b(?:codes?|numéros?|téléphone|identifiant|siret|siren|appelez|département)\b", re.IGNORECASE)
_UNIT = re.compile(r"\s*(?:,\d+\s*)?(?:€|euros?\b)")


def numbers(passage: Passage) -> Iterator[Finding]:
    """Figures, small ones: no letters, no roman numeral, no percentage, nothing over 9 999 but money and codes."""
    text = judged(passage)
    if (match := _LETTERS.search(text)) and not re.search(r"\bpour cent", text):
        yield _fault(passage, "nombres", f"« {match[0]} » est écrit en lettres.", "Écrivez le nombre en chiffres.")
    if (match := _ROMAN.search(text)) and match[0]:
        yield _fault(passage, "nombres", f"« {match[0]} » est un chiffre romain.", "Écrivez 1, 2, 3.")
    if match := _PERCENT.search(text):
        advice = "Dites-le autrement : « 1 personne sur 10 », « la moitié »."
        yield _fault(passage, "nombres", f"« {match[0]} » est un pourcentage.", advice)
    for match in _FIGURE.finditer(text):
        if _too_large(text, match):
            advice = "Dites-le autrement, ou dites si c'est une somme (euros), un code ou un numéro."
            yield _fault(passage, "nombres", f"« {match[0]} » est un très grand nombre.", advice)


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
        yield _fault(passage, "dates", f"« {match[0]} » est une date en chiffres.", "Écrivez « 12 mai 2026 ».")


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
    text = _ITALIC.sub(" ", _DATE.sub(" ", judged(passage)))  # told by other rules
    for pattern, advice in _SIGNS:
        if match := pattern.search(text):
            yield _fault(passage, "signes", f"« {match[0]} » se lit mal.", advice)
            text = pattern.sub(" ", text)
    if match := _BRACKETS.search(text):
        yield _look(passage, "signes", f"« {match[0]} » : une parenthèse.", "Faites une phrase à part.")


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
        yield _fault(passage, "négation", f"{count} négations dans la phrase.", advice)
    elif count:
        yield _look(passage, "négation", "une négation.", "Si une phrase positive dit la même chose, préférez-la.")


_CAPITALS = re.compile(rf"\b[{_CAPITAL}]{{2,}}(?:[ '-]+[{_CAPITAL}]{{2,}})+\b|\b[{_CAPITAL}]{{7,}}\b")
_ITALIC = re.compile(r"(?<![\w*])\*(?![\s*])[^*]+\*(?!\*)|(?<!\w)_(?!\s)[^_]+_(?!\w)|</?(?:i|em|u)>")


def layout(passage: Passage, tools: Tools) -> Iterator[Finding]:
    """Neither italics nor words in capitals; what the style sheet decides is held by tests."""
    text = judged(passage)
    known = {use.start for use in tools.glossary.uses(text)}
    for match in _CAPITALS.finditer(text):
        if match.start() not in known:
            yield _fault(passage, "mise en forme", f"« {match[0]} » est en capitales.", "Écrivez en petites lettres.")
    if match := _ITALIC.search(passage.text.replace("**", "")):
        advice = "Écrivez droit, ou en gras entre **."
        yield _fault(passage, "mise en forme", f"« {match[0]} » est en italique.", advice)


# ── rules that need the glossary, a dictionary or Grammalecte ───────────────────────────────────

_ACRONYM = re.compile(r"(?<![\w-])(?:[A-Z]{2,6}\d?|[A-Z][a-z]?[A-Z]{1,}[A-Za-z]*)(?![\w-])")
_CAF_WORD = re.compile(r"(?<![\w-])(?:" + "|".join(f"{word}[sx]?" for word in CAF_WORDS) + r")(?![\w-])", re.IGNORECASE)
_EXPLAIN = "Ajoutez-le au glossaire (glossaire/…yaml), ou prenez un mot plus simple."


def acronym(passage: Passage, tools: Tools) -> Iterator[Finding]:
    """An acronym or a word of the Caf has its entry in the glossary, which explains it where it stands."""
    text = judged(passage)
    uses = tools.glossary.uses(text)
    capitals = [match.span() for match in _CAPITALS.finditer(text)]
    told = set()
    for match in (*_ACRONYM.finditer(text), *_CAF_WORD.finditer(text)):
        inside = any(use.start <= match.start() and match.end() <= use.end for use in uses)
        shouted = any(start <= match.start() < end for start, end in capitals)
        if not inside and not shouted and not _ROMAN.fullmatch(match[0]) and match[0] not in told:
            told.add(match[0])
            yield _fault(passage, "sigle ou mot de la Caf", f"« {match[0]} » n'est pas expliqué.", _EXPLAIN)


def rare_word(passage: Passage, tools: Tools) -> Iterator[Finding]:
    """A word that few people read every day has its entry in the glossary, or gives way to another."""
    if tools.frequency is None:
        return
    text = judged(passage)
    for use in reversed(tools.glossary.uses(text)):
        text = text[: use.start] + "«»" + text[use.end :]
    text = _CAF_WORD.sub("«»", text)  # told by another rule
    told = set()
    for match in _WORD.finditer(text):
        word = match[0]
        if word.lower() in told or _is_name(text, match) or not _is_rare(word, tools.frequency):
            continue
        told.add(word.lower())
        yield _fault(passage, "mot rare", f"« {word} » est un mot rare.", _EXPLAIN)


def _is_name(text: str, match: re.Match) -> bool:
    """A capital in the middle of a sentence: someone's name, a town. Capitals alone are for another rule."""
    first = not re.search(r"\w", text[: match.start()]) or re.search(r"[:?!.]\s*$", text[: match.start()])
    return match[0].isupper() or (match[0][0].isupper() and not first)


def _is_rare(word: str, frequency: Callable[[str], float]) -> bool:
    if len(word) < 3:
        return False
    word = word.lower()
    if frequency(word) >= RAREST:
        return False
    if "-" not in word:
        return True
    # « donnez-vous », « celui-ci » : a hyphen joins words that are each common.
    return any(len(part) > 2 and frequency(part) < RAREST for part in word.split("-"))


_QUE = {"que", "qu", "quoique"}
_MEANS = {
    "exemple",
    "mail",
    "courriel",
    "téléphone",
    "courrier",
    "mois",
    "an",
    "semaine",
    "jour",
    "sms",
    "internet",
    "erreur",
    "écrit",
    "carte",
    "virement",
    "chèque",
    "message",
}  # fmt: skip « par mail » does nothing: it is no agent
_STATES = {  # what someone or something is, and nobody did
    "ouvert", "fermé", "marié", "pacsé", "séparé", "divorcé", "bloqué", "inscrit", "connecté", "handicapé", "obligé",
}  # fmt: skip


def tense(passage: Passage, tools: Tools) -> Iterator[Finding]:
    """Present: neither conditional nor subjunctive nor passive; a future is to look at."""
    if tools.morphology is None:
        return
    words = words_of(judged(passage))
    known = tools.morphology({*words, *(word.lower() for word in words)})
    analyses = [set(known.get(word.lower()) or known.get(word) or ()) for word in words]
    yield from _moods(passage, words, analyses)
    yield from _passive(passage, words, analyses)


def _moods(passage: Passage, words: list[str], analyses: list[set[str]]) -> Iterator[Finding]:
    for index, (word, known) in enumerate(zip(words, analyses, strict=True)):
        if _only(known, "K"):
            yield _fault(passage, "temps", f"« {word} » est au conditionnel.", "Écrivez au présent : « vous pouvez ».")
        elif _is_subjunctive(known, [w.lower() for w in words[max(0, index - 4) : index]]):
            yield _fault(passage, "temps", f"« {word} » est au subjonctif.", "Écrivez au présent, sans « que ».")
        elif _only(known, "If"):
            yield _look(passage, "temps", f"« {word} » est au futur.", "Écrivez au présent si possible.")


def _is_subjunctive(known: set[str], before: list[str]) -> bool:
    """« vienne » is one by itself; « receviez » or « soit » only after « que »."""
    if known and all(_has(analysis, "Sp", "Sq") and not _has(analysis, "Ip", "Iq", "E") for analysis in known):
        return True
    after_que = bool(_QUE & set(before))
    return after_que and any(_has(a, "Sp", "Sq") for a in known) and not any(_has(a, "Ip") for a in known)


def _passive(passage: Passage, words: list[str], analyses: list[set[str]]) -> Iterator[Finding]:
    words = [word.lower() for word in words]
    for index, known in enumerate(analyses):
        if not any(_is_passive_participle(analysis) for analysis in known):
            continue
        be = _before(analyses, index)
        if be is None or not _is_be(analyses[be]) or _is_reflexive(words, be):
            continue
        phrase = " ".join(words[be : index + 1])
        advice = "Dites qui fait l'action : « la Caf envoie », « vous recevez »."
        if words[be] == "été" or _has_agent(words, index):
            yield _fault(passage, "temps", f"« {phrase} » est au passif.", advice)
        elif re.sub(r"e?s?$", "", words[index]) not in _STATES:
            yield _look(passage, "temps", f"« {phrase} » ressemble à un passif.", advice)


def _is_reflexive(words: list[str], be: int) -> bool:
    """« le site s'est fermé », « vous vous êtes trompé »."""
    return words[max(0, be - 1) : be] in (["se"], ["s"]) or words[max(0, be - 2) : be] == ["vous", "vous"]


def _before(analyses: list[set[str]], index: int) -> int | None:
    """Where the word before is, adverbs left out (« est souvent calculée », « n'est pas envoyé »)."""
    for position in range(index - 1, max(-1, index - 4), -1):
        if not any(_has(analysis, "W", "X") for analysis in analyses[position]):
            return position
    return None


def _has_agent(words: list[str], index: int) -> bool:
    following = words[index + 1 : index + 4]
    return "par" in following[:2] and not _MEANS & set(following)


def _is_be(known: set[str]) -> bool:
    return any(analysis.startswith(">être/:V0") for analysis in known)


def _is_passive_participle(analysis: str) -> bool:
    """A past participle of a verb that takes an object and makes its past with « avoir »."""
    verb = re.search(r"/:V[123]_(?P<flags>[a-z_]{7}).*?:Q", analysis)
    return bool(verb and verb["flags"][1] == "t" and verb["flags"][5:] in {"_a", "zz"})


def _has(analysis: str, *tags: str) -> bool:
    return any(tag in analysis.split("/")[1].split(":") for tag in tags)


def _only(known: set[str], *tags: str) -> bool:
    return bool(known) and all(_has(analysis, *tags) for analysis in known)


TEXT_RULES = (length, one_sentence, person, numbers, dates, signs, negation)
TOOL_RULES = (layout, acronym, rare_word, tense)
