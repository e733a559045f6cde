// A visitor alone before a screen: every page works without this file, the clock and the voice need it.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const { home, end, warn, countdown } = document.body.dataset;

// Whoever leaves leaves nothing: the screen is blank before the server has answered, the way back leads home.
function leave() {
  const gone = document.documentElement.classList;
  if (gone.contains("gone")) return; // on the way already
  gone.add("gone");
  all("input").forEach((input) => { input.value = ""; });
  try { sessionStorage.clear(); localStorage.clear(); } catch { /* the browser keeps none */ }
  fetch(end, { method: "POST", redirect: "manual" }).finally(() => location.replace(home));
}
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-leave]")) return;
  event.preventDefault();
  leave();
});
addEventListener("pageshow", (event) => { if (event.persisted) location.replace(home); });
addEventListener("contextmenu", (event) => event.preventDefault());
addEventListener("dragstart", (event) => event.preventDefault());

// Links replace the page instead of adding to the history: there is nothing to come back to.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || link.target || link.origin !== location.origin) return;
  event.preventDefault();
  location.replace(link.href);
});
all("form").forEach((form) => form.addEventListener("submit", (event) => {
  if (form.dataset.sent) event.preventDefault(); // twice touched, once done
  form.dataset.sent = "yes";
}));

// A minute without a touch: is someone there? Another minute: everything goes. The first screen asks nobody: it takes
// back in silence what someone set there, and says by it that the kiosk is alive.
const dialog = document.getElementById("encore");
let touched = Date.now();
let asked = 0;
let told = Date.now(); // the server ends a visit it hears nothing of: while someone touches the screen it is told
const tell = () => { told = Date.now(); fetch(home, { method: "HEAD" }).catch(() => {}); };
const more = () => { touched = Date.now(); asked = 0; if (dialog.open) { dialog.close(); tell(); } };
["pointerdown", "keydown", "scroll"].forEach((kind) => addEventListener(kind, () => { if (!asked) touched = Date.now(); }, { passive: true, capture: true }));
dialog?.querySelector("button").addEventListener("click", more);
dialog?.addEventListener("cancel", more);
if (dialog) setInterval(() => {
  const still = (Date.now() - touched) / 1000;
  if (touched > told && Date.now() - told > 20000) tell();
  if (location.pathname === home) {
    if (still >= Number(warn) + Number(countdown)) leave();
    return;
  }
  if (!asked && still >= warn) { asked = Date.now(); dialog.showModal(); }
  if (!asked) return;
  const left = Math.max(0, Math.ceil(countdown - (Date.now() - asked) / 1000));
  dialog.querySelector(".left b").textContent = left;
  if (left === 0) leave();
}, 500);

// What is wrong takes the focus, so that it is read first.
document.getElementById("erreurs")?.focus();

// The keyboard on screen writes where one reads; without scripts each key is a button the server answers.
all(".typing").forEach((form) => {
  const input = form.querySelector(".typed");
  all(".tap[name=touche]", form).forEach((key) => key.addEventListener("click", (event) => {
    event.preventDefault();
    const sign = key.value, before = input.value;
    if (sign === "effacer") input.value = before.slice(0, -1);
    else if (before.length < (input.maxLength > 0 ? input.maxLength : 80)) {
      const letter = sign === "espace" ? " " : sign;
      input.value = before + (form.dataset.small || (form.dataset.names && /\p{L}$/u.test(before)) ? letter.toLowerCase() : letter);
    }
  }));
});

// What is being written comes back after a setting.
all(".adjust form").forEach((form) => form.addEventListener("submit", () => {
  const written = document.querySelector(".typing .typed");
  if (written) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "ecrit", value: written.value }));
}));

// Read aloud, the sentence shown as it is said; only when the visitor asked for sound.
const voice = window.speechSynthesis;
if (voice && document.documentElement.classList.contains("son")) {
  const language = document.documentElement.lang;
  const speaker = () => voice.getVoices().find((one) => one.lang.toLowerCase().startsWith(language));
  const sentences = all("h1, .aloud p, .do b, .alert p, .facts dt, .facts dd").filter((item) => item.offsetParent);
  const read = (k) => {
    all(".now").forEach((item) => item.classList.remove("now"));
    if (k >= sentences.length) return;
    sentences[k].classList.add("now");
    const words = Object.assign(new SpeechSynthesisUtterance(sentences[k].textContent), { lang: language, rate: 0.9, voice: speaker() ?? null });
    words.onend = () => read(k + 1);
    voice.speak(words);
  };
  const begin = () => { if (speaker() && !voice.speaking) read(0); };
  voice.addEventListener?.("voiceschanged", begin);
  addEventListener("pagehide", () => voice.cancel());
  addEventListener("pointerdown", () => { voice.cancel(); all(".now").forEach((item) => item.classList.remove("now")); });
  begin();
}

// A paper is printed at once, without a question (--kiosk-printing); its name in the printer's list names nobody.
all("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => print()); });

// What changes by itself: the state of a call, the numbers on the lobby's screen.
all("[data-refresh]").forEach((part) => setInterval(async () => {
  const answer = await fetch(part.dataset.refresh, { headers: { "X-Part": "1" } }).catch(() => null);
  if (answer?.redirected) location.replace(home);
  else if (answer?.ok) {
    const news = Object.assign(document.createElement("div"), { innerHTML: await answer.text() }); // written as the page is
    if (part.innerHTML.trim() !== news.innerHTML.trim()) part.replaceChildren(...news.childNodes);
  }
}, Number(part.dataset.every || 3) * 1000));
