// Comfort only: every page works without this file.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// The list of errors takes the focus, so that it is read first.
document.getElementById("erreurs")?.focus();
all("details.menu").forEach((menu) => document.addEventListener("click", (event) => {
  if (!menu.contains(event.target)) menu.open = false;
}));

// A double click sends once. The button comes back when the page is shown again from the browser's memory.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent && !("paper" in form.dataset)) event.preventDefault(); // a paper may be asked for again
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

// The kiosk calls, someone takes a number: told by the server as it happens; a refused stream comes back by itself.
const lobby = document.querySelector("[data-stream]");
if (lobby) {
  let mark = lobby.dataset.mark;
  const refresh = async () => {
    const answer = await fetch(lobby.dataset.live).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    all("[data-live]").forEach((part) => {
      const news = fresh.getElementById(part.id);
      if (!news || news.innerHTML.trim() === part.innerHTML.trim()) return;
      const at = part.contains(document.activeElement) && document.activeElement.dataset.at;
      const open = part.querySelector("details")?.open;
      part.replaceChildren(...news.childNodes);
      if (open) part.querySelector("details")?.setAttribute("open", "");
      if (at) part.querySelector(`[data-at="${at}"]`)?.focus();
    });
  };
  const hear = (told) => {
    document.title = document.title.replace(/^(● )?/, told.calls?.length ? "● " : "");
    if (told.mark === mark) return;
    mark = told.mark;
    refresh();
  };
  if (window.EventSource) {
    const stream = new EventSource(lobby.dataset.stream);
    stream.onmessage = (event) => hear(JSON.parse(event.data));
    addEventListener("pagehide", () => stream.close());
  } else setInterval(refresh, 5000);
}

// What is ticked is kept at once: the answer is empty, so the page stays. Without scripts a button keeps it.
const guidance = document.getElementById("guidage");
if (guidance) {
  all(".save-ticks", guidance).forEach((button) => { button.hidden = true; });
  guidance.addEventListener("change", () => {
    const body = new FormData(guidance);
    body.append("discret", "1");
    fetch(guidance.action, { method: "POST", body, keepalive: true }); // the next page does not cut it off
  });
}

// Left and right arrows turn the steps of a démarche, except where they already mean something.
addEventListener("keydown", (event) => {
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const taken = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.target.closest?.("input, textarea, select, .scroll, [popover]");
  if (rel && !taken) document.querySelector(`main a[rel=${rel}]`)?.click();
});

// The diagnosis: one group of questions at a time. A group that is answered by mouse or touch leads to the next.
const diagnosis = document.getElementById("diagnostic");
if (diagnosis) {
  const groups = all(".group", diagnosis);
  const marks = all(".steps li", diagnosis);
  const nav = diagnosis.querySelector(".group-nav");
  const submit = nav.querySelector("button");
  const back = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet" });
  const on = Object.assign(document.createElement("button"), { type: "button", className: "btn" });
  let here = 0;
  const show = (index) => {
    here = index;
    groups.forEach((group, k) => group.classList.toggle("shown", k === index));
    marks.forEach((mark, k) => {
      mark.classList.toggle("done", k < index);
      if (k === index) mark.setAttribute("aria-current", "step"); else mark.removeAttribute("aria-current");
    });
    back.hidden = index === 0;
    back.textContent = index ? "← " + groups[index - 1].dataset.title : "";
    on.hidden = index === groups.length - 1;
    on.textContent = on.hidden ? "" : groups[index + 1].dataset.title + " →";
    on.className = index === groups.length - 2 ? "btn quiet" : "btn";
    submit.hidden = index < groups.length - 2;
  };
  const go = (index) => {
    show(index);
    history.pushState({ group: index }, "");
    scrollTo({ top: 0 });
    groups[index].focus({ preventScroll: true });
  };
  const led = new Set();
  back.onclick = () => go(here - 1);
  on.onclick = () => go(here + 1);
  addEventListener("popstate", (event) => show(event.state?.group ?? 0));
  nav.prepend(back);
  nav.append(on);
  marks.forEach((mark, k) => mark.querySelector("a")?.addEventListener("click", (event) => { event.preventDefault(); go(k); }));
  groups.slice(0, -2).forEach((group, k) => group.addEventListener("click", (event) => {
    const byHand = event.detail > 0 && event.target.matches("input[type=radio]");
    const answered = () => all("fieldset.q", group).every((question) => question.querySelector(":checked"));
    if (!byHand || led.has(k) || !answered()) return; // once only: whoever comes back to correct stays there
    led.add(k);
    setTimeout(() => { if (here === k) go(k + 1); }, 350);
  }));
  diagnosis.classList.add("stepwise");
  const wrong = groups.findIndex((group) => group.querySelector(".wrong"));
  show(Math.max(0, wrong));
}

// « Écouter »: sentence by sentence, where the browser has a French voice.
all(".listen").forEach((button) => {
  const speech = window.speechSynthesis;
  if (!speech) return;
  const sentences = all(".aloud p");
  const french = () => speech.getVoices().find((voice) => voice.lang.toLowerCase().startsWith("fr"));
  const reveal = () => { button.hidden = !french(); };
  const stop = () => { speech.cancel(); sentences.forEach((p) => p.classList.remove("now")); };
  const say = (k) => {
    sentences.forEach((p, i) => p.classList.toggle("now", i === k));
    if (k >= sentences.length) return;
    const words = Object.assign(new SpeechSynthesisUtterance(sentences[k].textContent), { lang: "fr-FR", rate: 0.9, voice: french() });
    words.onend = () => say(k + 1);
    speech.speak(words);
  };
  button.onclick = () => { const speaking = speech.speaking; stop(); if (!speaking) say(0); };
  speech.addEventListener?.("voiceschanged", reveal);
  addEventListener("pagehide", stop);
  reveal();
});

// A scanned paper opens /verifier#… , a scanned slip /rendez-vous/gerer#…: the address bar keeps what the server never sees.
const scanned = /^#[\w-]+$/.test(location.hash) ? location.hash.slice(1) : "";
if (scanned && document.getElementById("verification") && scanned.length > 40) {
  document.getElementById("paper").value = scanned;
  history.replaceState(null, "", location.pathname);
  document.getElementById("verification").requestSubmit();
}
if (/^[A-Z0-9]{4}-[A-Z0-9]{4}$/.test(scanned) && document.getElementById("code")) {
  document.getElementById("code").value = scanned;
  history.replaceState(null, "", location.pathname);
}

// A long list of papers is made some at a time: the page goes on by itself.
document.querySelector("form[data-go-on]")?.requestSubmit();

// /verifier: the camera reads the code square, where the browser knows how to. Nothing leaves the machine but its text.
const camera = document.getElementById("camera");
if (camera && "BarcodeDetector" in window && navigator.mediaDevices?.getUserMedia) {
  const [button, video, said] = ["button", "video", "p"].map((tag) => camera.querySelector(tag));
  const off = () => { video.srcObject?.getTracks().forEach((track) => track.stop()); video.srcObject = null; video.hidden = true; button.hidden = false; };
  const look = async (detector) => {
    if (!video.srcObject) return;
    const [code] = await detector.detect(video).catch(() => []);
    if (!code) { requestAnimationFrame(() => look(detector)); return; }
    off();
    document.getElementById("paper").value = code.rawValue;
    document.getElementById("verification").requestSubmit();
  };
  button.onclick = async () => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      said.textContent = "La caméra ne s'ouvre pas. Écrivez le numéro, ou choisissez une photo du papier.";
      return;
    }
    button.hidden = true;
    video.hidden = false;
    said.textContent = "Montrez le code carré à la caméra.";
    await video.play().catch(() => {}); // the page is being left
    look(new BarcodeDetector({ formats: ["qr_code"] }));
  };
  addEventListener("pagehide", off);
  BarcodeDetector.getSupportedFormats().then((formats) => { camera.hidden = !formats.includes("qr_code"); });
}
