"use strict";
// Comfort only: every page works without this script.

const zone = (style) => new Intl.DateTimeFormat(document.documentElement.lang,
  style === "day" ? { dateStyle: "medium" } : { dateStyle: "medium", timeStyle: "short" });

for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime()) || time.dataset.style === "day") continue;
  time.title = time.textContent;
  time.textContent = zone(time.dataset.style).format(at);
}

const rows = [...document.querySelectorAll("[data-row]")];
const picks = rows.map((row) => row.querySelector("input[name=id]"));
let current = -1;

function go(to) {
  if (!rows.length) return;
  rows[current]?.classList.remove("current");
  current = Math.max(0, Math.min(rows.length - 1, to));
  rows[current].classList.add("current");
  rows[current].querySelector(".title a").focus({ preventScroll: true });
  rows[current].scrollIntoView({ block: "nearest" });
}

function press(key) {
  const place = rows.length ? rows[Math.max(0, current)] : document;
  (place.querySelector(`[data-do=${key}]`) ?? document.querySelector(`main [data-do=${key}]:only-of-type`))?.click();
}

const keysDialog = document.getElementById("keys");
const search = document.getElementById("q");
const actions = {
  j: () => go(current + 1),
  k: () => go(current - 1),
  x: () => { const pick = picks[current]; if (pick) { pick.checked = !pick.checked; tell(); } },
  a: () => press("a"),
  s: () => press("s"),
  u: () => document.querySelector("[data-undo]")?.click(),
  "/": () => { search?.focus(); search?.select(); },
  "?": () => keysDialog?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || keysDialog?.open) return;
  const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");
  if (typing) { if (event.key === "Escape") typing.blur(); return; }
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

for (const [number, row] of rows.entries()) {
  row.addEventListener("focusin", () => { if (current !== number) {
    rows[current]?.classList.remove("current"); current = number; row.classList.add("current"); } });
}

const all = document.querySelector("[data-all]");
const told = document.querySelector("[data-selected]");
function tell() {
  const count = picks.filter((pick) => pick?.checked).length;
  told.textContent = told.dataset.text.replace("{n}", count);
  all.checked = count === picks.length;
  all.indeterminate = count > 0 && count < picks.length;
}
if (all && picks[0]) {
  all.hidden = false;
  all.addEventListener("change", () => { for (const pick of picks) pick.checked = all.checked; tell(); });
  for (const pick of picks) pick.addEventListener("change", tell);
  tell();
}

const training = document.querySelector("[data-training]");
async function watch() {
  const answer = await fetch(training.dataset.training, { headers: { Accept: "application/json" } });
  const run = answer.ok ? await answer.json() : { runs: false };
  if (!run.runs) { location.reload(); return; }
  training.querySelector("progress").value = run.percent;
  training.querySelector("[data-told]").textContent = run.sentence;
  setTimeout(() => watch().catch(() => location.reload()), 700);
}
if (training) setTimeout(watch, 300);

for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => keysDialog.showModal());
}
