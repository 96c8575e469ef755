// Keeps the page as things are, and sends its forms without leaving it. Without this script the page is
// whole: its forms lead back to it, and a link refreshes it.
"use strict";

const parts = new Map(); // what the server sent of each part, by ID
for (const part of document.querySelectorAll("[data-part]")) parts.set(part.id, part.innerHTML);

const news = document.getElementById("news");

// typing reports whether a part has a field that somebody is changing.
const typing = (part) => [...part.querySelectorAll("input:not([type=hidden]), textarea, select")].some((field) =>
  field === document.activeElement || (field.options ? ![...field.options].every((o) => o.selected === o.defaultSelected) : field.value !== field.defaultValue));

// swap takes over what is new in another version of the page. What has the focus keeps it.
function swap(text, taken) {
  const next = new DOMParser().parseFromString(text, "text/html");
  const outcomes = new Set([...document.querySelectorAll(".outcome")].map((o) => o.textContent));
  const sentence = document.getElementById("sentence").textContent;
  for (const part of document.querySelectorAll("[data-part]")) {
    const other = next.getElementById(part.id);
    if (!other || parts.get(part.id) === other.innerHTML || (typing(part) && part !== taken)) continue;
    const focus = part.contains(document.activeElement) ? document.activeElement.id : "";
    const open = new Map([...part.querySelectorAll("details")].map((d) => [d.id, d.open]));
    parts.set(part.id, other.innerHTML);
    part.replaceChildren(...other.childNodes);
    for (const d of part.querySelectorAll("details")) {
      if (open.get(d.id)) d.open = true;
    }
    if (focus) (document.getElementById(focus) || part).focus({ preventScroll: true });
  }
  document.title = next.title;
  const said = [...document.querySelectorAll(".outcome")].map((o) => o.textContent).filter((o) => !outcomes.has(o));
  const now = document.getElementById("sentence").textContent;
  if (now !== sentence) said.push(now);
  if (said.length > 0) news.textContent = said.join(" ");
}

let loading = false, again = false;

async function load() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  do {
    again = false;
    try {
      const reply = await fetch(location.pathname);
      if (reply.ok) swap(await reply.text());
    } catch {
      // Fermata has ended; the stream says so
    }
  } while (again);
  loading = false;
}

function follow() {
  const stream = new EventSource("events?after=" + document.body.dataset.version);
  const live = () => document.querySelector(".live");
  stream.onmessage = load;
  stream.onopen = load;
  stream.onerror = () => { live().textContent = "This page has lost Fermata. Open it again from Fermata’s menu."; };
}

async function send(event) {
  const form = event.target;
  event.preventDefault();
  if (event.submitter?.getAttribute("aria-disabled")) return;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const part = form.closest("[data-part]");
  const saves = !form.classList.contains("act");
  try {
    const reply = await fetch(form.getAttribute("action"), { method: "POST", body }); // form.action is its button
    if (!reply.headers.get("Content-Type")?.startsWith("text/html")) {
      news.textContent = await reply.text();
      return;
    }
    if (saves) document.activeElement?.blur?.();
    swap(await reply.text(), saves ? part : undefined);
    if (saves) {
      const wrong = part.querySelector("[aria-invalid]");
      if (wrong) wrong.focus();
      if (!form.dataset.quiet) news.textContent = wrong ? part.querySelector(".bad")?.textContent : "Saved.";
    }
  } catch {
    news.textContent = "Fermata doesn’t answer. Open this page again from its menu.";
  }
}

// A part of the page that is folded up is opened for whoever is sent there.
function unfold() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (place) place.focus({ preventScroll: true });
}

if (document.body.dataset.version) {
  follow();
  document.addEventListener("submit", send);
  document.getElementById("refresh").addEventListener("click", (event) => { event.preventDefault(); load(); });
  window.addEventListener("hashchange", unfold);
  unfold();
}
