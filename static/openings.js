// An opening while it is typed: the count of what it makes follows. « Compter les créneaux » does the same without this file.
"use strict";

const made = document.getElementById("compte");
const form = made.closest("form");
const minutes = JSON.parse(made.dataset.minutes);
const ticked = (name) => [...form.querySelectorAll(`[name=${name}]:checked`)].map((box) => box.value);

// The same as HourField, DateField and NumberField accept: what they refuse has no count.
const minuteOf = (written) => {
  const found = /^\s*(\d{1,2})(?:\s*[hH:]\s*(\d{2})?)?\s*$/.exec(written);
  const [hours, over] = found ? [Number(found[1]), Number(found[2] ?? 0)] : [99, 0];
  return (hours < 24 && over < 60) || (hours === 24 && over === 0) ? hours * 60 + over : NaN;
};
const dayOf = (name) => {
  const parts = ["annee", "mois", "jour"].map((part) => form.elements[`${name}-${part}`].value.trim());
  if (parts.every((part) => part === "")) return null;
  const [year, month, day] = parts.map((part) => (/^\d{1,4}$/.test(part) ? Number(part) : NaN));
  const found = new Date(Date.UTC(year, month - 1, day));
  const there = year >= 2000 && year < 2100 && found.getUTCMonth() === month - 1 && found.getUTCDate() === day;
  return there ? found.getTime() / 86400000 : NaN;
};
// Days a week, or of a shorter opening all its days; NaN when a date is wrong. Bit 0 of the mask is Monday.
const daysOf = (mask, first, last) => {
  const week = [0, 1, 2, 3, 4, 5, 6];
  if (last === null) return Number.isFinite(first ?? NaN) ? week.filter((n) => (mask >> n) & 1).length : NaN;
  const served = week.filter((n) => first + n <= last && (mask >> ((first + n + 3) % 7)) & 1);
  return Number.isFinite((first ?? NaN) + last) ? served.length : NaN;
};
const shape = () => {
  const fixed = made.dataset;
  if (fixed.intervals) {
    const days = daysOf(Number(fixed.weekdays), Date.parse(fixed.from) / 86400000, dayOf("valid_to"));
    return { mode: fixed.mode, interval: Number(fixed.interval), intervals: Number(fixed.intervals), days };
  }
  const interval = Number(form.elements.interval.value);
  const intervals = Math.floor((minuteOf(form.elements.ends.value) - minuteOf(form.elements.starts.value)) / interval);
  const mask = ticked("weekdays").reduce((sum, number) => sum + 2 ** number, 0);
  return { mode: ticked("mode")[0], interval, intervals, days: daysOf(mask, dayOf("valid_from"), dayOf("valid_to")) };
};
const plural = (count, one, many) => `${count}\u00a0${count < 2 ? one : many}`;
const lasting = (time) => (time < 60 ? plural(time, "minute", "minutes") : `${Math.floor(time / 60)}\u00a0h${time % 60 ? "\u00a0" + String(time % 60).padStart(2, "0") : ""}`);

const recount = () => {
  const { mode, interval, intervals, days } = shape();
  const written = form.elements.desks.value.trim();
  const desks = /^\d{1,6}$/.test(written) ? Number(written) : NaN;
  made.hidden = !(intervals >= 1 && intervals <= 63 && days && desks >= 1 && desks <= 50);
  if (made.hidden) return;
  made.querySelector("h2 span").textContent = `Cette plage fait ${plural(intervals * desks, "créneau", "créneaux")} par jour, ${intervals * desks * days} par semaine`;
  const lines = ticked("motifs").filter((id) => minutes[id]?.[mode]).map((id) => {
    const line = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { textContent: `${minutes[id].label} (${lasting(minutes[id][mode])})` });
    const most = desks * Math.floor(intervals / Math.ceil(minutes[id][mode] / interval));
    const words = most ? `jusqu'à ${plural(most, "rendez-vous", "rendez-vous")} par jour` : "trop long pour cette plage\u00a0: personne ne peut le prendre";
    line.append(name, Object.assign(document.createElement("b"), { textContent: words }));
    return line;
  });
  made.querySelector("ul").replaceChildren(...lines);
};
form.addEventListener("input", recount);
recount();
