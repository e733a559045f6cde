// /visio/test: camera, microphone and sound, tried in the browser. Nothing is sent or kept.
"use strict";

const attempt = document.getElementById("essai");
const phrase = (name) => document.querySelector(`#phrases [data-case="${name}"]`)?.textContent ?? phrase("other");
const part = (name) => {
  const card = attempt.querySelector(`[data-test=${name}]`);
  const say = (text) => { card.querySelector(".said").textContent = text; };
  const ask = () => { card.querySelector(".works").hidden = false; };
  return { card, say, ask, button: card.querySelector("button"), shown: card.querySelector("video, progress") };
};
attempt.hidden = false;

// One device at a time, let go when the next is tried or the page is left.
let letGo = () => {};
const tryOut = (name, wanted, use) => {
  const { say, ask, button, shown } = part(name);
  button.onclick = async () => {
    letGo();
    say("");
    try {
      if (!navigator.mediaDevices?.getUserMedia) throw Object.assign(new Error(), { name: "missing" });
      const stream = await navigator.mediaDevices.getUserMedia(wanted);
      const stop = use(stream, shown, say);
      letGo = () => { stream.getTracks().forEach((track) => track.stop()); stop(); shown.hidden = true; letGo = () => {}; };
      shown.hidden = false;
      ask();
    } catch (error) {
      say(phrase(error.name));
    }
  };
};

tryOut("camera", { video: true }, (stream, video) => {
  video.srcObject = stream;
  video.play().catch(() => {}); // stopped before it began
  return () => { video.srcObject = null; };
});

tryOut("micro", { audio: true }, (stream, bar, say) => {
  const context = new AudioContext();
  const listener = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(listener);
  const waves = new Uint8Array(listener.fftSize);
  let loudest = 0;
  const timer = setInterval(() => {
    listener.getByteTimeDomainData(waves);
    const level = Math.min(100, Math.max(...waves.map((wave) => Math.abs(wave - 128))) * 2);
    loudest = Math.max(loudest, level);
    bar.value = level;
  }, 100);
  const hint = setTimeout(() => { if (loudest < 8) say(phrase("quiet")); }, 8000);
  return () => { clearInterval(timer); clearTimeout(hint); context.close(); };
});

const sound = part("sound");
sound.button.onclick = () => {
  letGo();
  if (!window.AudioContext) { sound.say(phrase("missing")); return; }
  const context = new AudioContext();
  [523, 659, 784].forEach((pitch, rank) => {
    const note = new OscillatorNode(context, { frequency: pitch });
    const volume = new GainNode(context, { gain: 0.3 });
    note.connect(volume).connect(context.destination);
    note.start(context.currentTime + rank * 0.5);
    note.stop(context.currentTime + rank * 0.5 + 0.35);
    if (rank === 2) note.onended = () => { context.close(); sound.say(phrase("silent")); };
  });
  sound.ask();
};

addEventListener("pagehide", () => letGo());
