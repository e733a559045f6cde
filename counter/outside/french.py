"""What knows French words, for the linter of the sheets: in development only, the running app needs neither.

wordfreq and simplemma are development dependencies. Grammalecte (GPL-3) is never imported: Debian's own Python runs
it as a separate process that reads words and writes their analyses.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

SYSTEM_PYTHON = "/usr/bin/python3"  # python3-grammalecte is installed for this one
_TIME = 60  # seconds
_SCRIPT = """
import json, sys
import grammalecte
spelling = grammalecte.GrammarChecker("fr").getSpellChecker()
words = json.load(sys.stdin)
json.dump({word: spelling.getMorph(word) for word in words}, sys.stdout)
"""


@cache
def word_frequency() -> Callable[[str], float] | None:
    """A word -> the zipf frequency (0–8) of its commonest form or lemma; None when the packages are missing."""
    try:
        import simplemma
        import wordfreq
    except ImportError:
        return None

    @cache
    def frequency(word: str) -> float:
        lemma = simplemma.lemmatize(word, lang="fr")
        return max(wordfreq.zipf_frequency(word, "fr"), wordfreq.zipf_frequency(lemma, "fr"))

    return frequency


@cache
def morphology() -> Callable[[Iterable[str]], dict[str, list[str]]] | None:
    """Words -> their analyses by Grammalecte, in one process; None when it is not on this machine."""
    if not Path(SYSTEM_PYTHON).exists() or analyses([]) is None:
        return None
    return analyses


def analyses(words: Iterable[str]) -> dict[str, list[str]] | None:
    """What Grammalecte says of each word (« >pouvoir/:V3_it_xx_a:K:3s/* »); None when it does not answer."""
    command = [SYSTEM_PYTHON, "-I", "-c", _SCRIPT]
    try:
        done = subprocess.run(  # noqa: S603 our own script, words on its standard input
            command, input=json.dumps(list(words)), capture_output=True, text=True, timeout=_TIME, check=True
        )
        return json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
