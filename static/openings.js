// An opening while it is typed: the count of what it makes follows. « Recalculer » does the same without this file.
"use strict";

const made = document.getElementById("compte");
const form = made.closest("form");
const minutes = JSON.parse(made.dataset.minutes);
const ticked = (name) => [...form.querySelectorAll(`[name=${name}]:checked`)].map((box) => box.value);

const minuteOf = (written) => {
  const found = /^\s*(\d{1,2})(?:\s*[hH:]\s*(\d{2})?)?\s*$/.exec(written);
  return found ? Number(found[1]) * 60 + Number(found[2] ?? 0) : NaN;
};
const shape = () => {
  const fixed = made.dataset;
  if (fixed.intervals) {
    return { mode: fixed.mode, interval: Number(fixed.interval), intervals: Number(fixed.intervals), days: Number(fixed.weekdays).toString(2).replaceAll("0", "").length };
  }
  const interval = Number(form.elements.interval.value);
  const intervals = Math.floor((minuteOf(form.elements.ends.value) - minuteOf(form.elements.starts.value)) / interval);
  return { mode: ticked("mode")[0], interval, intervals, days: ticked("weekdays").length };
};
const plural = (count, one, many) => `${count}\u00a0${count < 2 ? one : many}`;
const lasting = (time) => (time < 60 ? plural(time, "minute", "minutes") : `${Math.floor(time / 60)}\u00a0h${time % 60 ? "\u00a0" + String(time % 60).padStart(2, "0") : ""}`);

const recount = () => {
  const { mode, interval, intervals, days } = shape();
  const desks = Number(form.elements.desks.value);
  made.hidden = !(intervals >= 1 && intervals <= 63 && days && desks >= 1 && desks <= 50);
  if (made.hidden) return;
  made.querySelector("h2 span").textContent = `Cette plage fait ${plural(intervals * desks, "créneau", "créneaux")} par jour, ${intervals * desks * days} par semaine`;
  const lines = ticked("motifs").filter((id) => minutes[id]?.[mode]).map((id) => {
    const line = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { textContent: `${minutes[id].label} (${lasting(minutes[id][mode])})` });
    const most = desks * Math.floor(intervals / Math.ceil(minutes[id][mode] / interval));
    line.append(name, Object.assign(document.createElement("b"), { textContent: `jusqu'à ${plural(most, "rendez-vous", "rendez-vous")} par jour` }));
    return line;
  });
  made.querySelector("ul").replaceChildren(...lines);
};
form.addEventListener("input", recount);
recount();
