// The workbench: keys, acts in place, the card of a figure, and cheap looks at what others did.
//
// An act posts to the same address as the form of that act, so that it is the same function behind the same
// permission; the answer is a message, or the form with what is wrong. After an act, and when somebody else did
// something, the parts of the page that changed are put in place of the old ones. No page is loaded again.
const root = document.getElementById("fc-bench");
const bench = root.querySelector(".fc-bench");
const toast = document.getElementById("fc-toast");
const token = root.querySelector("[name=csrfmiddlewaretoken]").value;
const dialog = (name) => document.getElementById(`fc-${name}`);
const stored = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const store = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private browsing: for this page only */ } };
const KEYS_OFF = "factcheck.keys.off";
const FIRST_LOOK = 4000, LONGEST_LOOK = 30000, GROWTH = 1.5;

let current = null;      // the id of the claim one is at
let lastActed = null;    // the claim that "undo" takes back
let openFigure = null;   // the figure whose card is open
let busy = false;        // an act is on its way: its own key once more does nothing, another key waits for it
let busyKey = null;
let waiting = null;
let target = [];         // the claims that an open dialog is for
let etag = root.dataset.fcEtag;
let interval = FIRST_LOOK;
let timer = 0;
let looking = false;
const TOKENS = /(name="csrfmiddlewaretoken" value=")[^"]*/g;
const asServed = (part) => part.innerHTML.replace(TOKENS, "$1");
const served = new Map([...root.querySelectorAll("[data-fc-part]")].map((part) => [part.id, asServed(part)]));

// the claim one is at
const pins = () => [...root.querySelectorAll("[data-fc-pin]")].filter((pin) => bench.classList.contains("fc-all") || !("quiet" in pin.dataset));
const pinOf = (claim) => root.querySelector(`[data-fc-pin="${claim}"]`);

function show(claim, { scroll = true } = {}) {
  current = claim;
  for (const part of root.querySelectorAll(".fc-claim.fc-here")) part.classList.remove("fc-here");
  for (const pin of root.querySelectorAll("[data-fc-pin][aria-current]")) {
    pin.removeAttribute("aria-current");
    pin.tabIndex = -1;
  }
  const all = pins(), pin = claim && pinOf(claim);
  const where = document.getElementById("fc-where");
  if (where) where.textContent = all.length ? factcheckWords("Claim {number} of {total}", { number: pin ? all.indexOf(pin) + 1 : "–", total: all.length }) : factcheckWords("No claim");
  for (const part of root.querySelectorAll(".fc-claim[data-fc-in]")) {
    part.classList.toggle("fc-here", part.dataset.fcIn.split(" ").includes(String(claim)));
  }
  if (pin) {
    pin.setAttribute("aria-current", "true");
    pin.tabIndex = 0;
    if (scroll) reveal(pin);
  } else if (all.length) all[0].tabIndex = 0;
  const acts = pin ? pin.dataset.acts.split(" ") : [];
  for (const button of root.querySelectorAll(".fc-acts [data-fc-act]")) {
    button.setAttribute("aria-disabled", String(!acts.includes(button.dataset.fcAct) && !(button.dataset.fcAct === "submit" && acts.includes("start"))));
  }
}

// numbers of claims that begin in one line stand one below the other
function spreadPins() {
  const lines = new Map();
  for (const pin of root.querySelectorAll("[data-fc-pin]")) {
    pin.style.removeProperty("margin-top");
    pin.style.removeProperty("min-height");
    if (pin.offsetParent === null) continue;
    const top = Math.round(pin.getBoundingClientRect().top / 12);
    lines.set(top, [...(lines.get(top) ?? []), pin]);
  }
  for (const line of lines.values()) {
    if (line.length < 2) continue;
    const height = Math.min(16, 32 / line.length);
    line.forEach((pin, at) => {
      pin.style.minHeight = `${height}px`;
      pin.style.marginTop = `${at * height - (line.length - 2) * 4}px`;
    });
  }
}

function reveal(element) {
  const box = element.getBoundingClientRect();
  if (box.top < 120 || box.bottom > innerHeight - 120) element.scrollIntoView({ block: "center", behavior: "instant" });
}

function step(by) {
  const all = pins();
  if (!all.length) return;
  const at = all.findIndex((pin) => pin.dataset.fcPin === String(current));
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  show(all[next].dataset.fcPin);
  all[next].focus({ preventScroll: true });
}

const stepToProposed = (after) => stepTo(after, ["proposed"]);

function stepTo(after, states) {
  const all = pins(), at = all.findIndex((pin) => pin.dataset.fcPin === String(after));
  const open = [...all.slice(at + 1), ...all.slice(0, at + 1)].find((pin) => states.includes(pin.dataset.state));
  show(open ? open.dataset.fcPin : after);
}

// what is said to the person
function say(words, wrong = false) {
  toast.classList.toggle("fc-wrong", wrong);
  toast.textContent = words;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { toast.textContent = ""; }, wrong ? 10000 : 5000);
}

// parts of the page that the server sends anew
function take(html, { own = false } = {}) {
  const sent = new DOMParser().parseFromString(html, "text/html");
  let changed = false;
  for (const part of sent.querySelectorAll("[data-fc-part]")) {
    const here = document.getElementById(part.id);
    if (!here || served.get(part.id) === asServed(part)) continue;
    const typing = here.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
    if (typing || (here.matches(":popover-open") && !own)) continue;
    const opened = [...here.querySelectorAll("details")].map((one) => one.open);
    served.set(part.id, asServed(part));
    const focused = here.contains(document.activeElement) ? document.activeElement.id : "";
    here.replaceChildren(...part.childNodes);
    here.querySelectorAll("details").forEach((one, at) => { one.open = opened[at] ?? false; });
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    changed = true;
  }
  if (changed) {
    applyQuiet();
    show(current, { scroll: false });
    if (openFigure) openCard(openFigure, { focus: false });
  }
  return changed;
}

async function refresh() {
  const answer = await fetch(root.dataset.fcParts, { credentials: "same-origin", redirect: "error" });
  if (answer.ok) {
    etag = answer.headers.get("ETag") ?? "";
    take(await answer.text(), { own: true });
  }
  interval = FIRST_LOOK;
  plan();
}

// cheap looks: one at a time, later and later while nothing happens, none from a hidden tab
function plan() {
  clearTimeout(timer);
  timer = setTimeout(look, interval);
}

async function look() {
  if (document.hidden) return document.addEventListener("visibilitychange", look, { once: true });
  if (looking || busy) return plan();
  looking = true;
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const answer = await fetch(root.dataset.fcParts, { credentials: "same-origin", redirect: "error", cache: "no-store", headers });
    interval = Math.min(interval * GROWTH, LONGEST_LOOK);
    if (answer.status === 200) {
      etag = answer.headers.get("ETag") ?? "";
      if (take(await answer.text())) interval = FIRST_LOOK;
    }
  } catch {
    // not reachable for the moment; a later look may succeed
  }
  looking = false;
  return plan();
}

// acts
async function post(url, values) {
  const body = values instanceof FormData ? values : new URLSearchParams(values);
  const headers = { "X-CSRFToken": token, "X-Factcheck-Fragment": "1" };
  let answer;
  try {
    answer = await fetch(url, { method: "POST", credentials: "same-origin", redirect: "error", headers, body });
  } catch {
    return { wrong: factcheckWords("The site was not reached, or you are no longer logged in. Nothing was done; what you typed is still here.") };
  }
  if (answer.headers.get("Content-Type")?.startsWith("application/json")) return { message: (await answer.json()).message };
  return { html: await answer.text(), status: answer.status };
}

const errorIn = (html) => {
  const found = new DOMParser().parseFromString(html, "text/html");
  return (found.querySelector("[role=alert]")?.textContent ?? found.querySelector("h1, title")?.textContent ?? factcheckWords("It was refused.")).trim();
};

const urlOf = (claim, act) => root.dataset.fcClaim.replace("/0/action/act/", `/${claim}/action/${act}/`);

async function act(claim, name, values = {}) {
  const pin = pinOf(claim);
  if (!pin) return false;
  const answer = await post(urlOf(claim, name), { version: pin.dataset.version, ...values });
  if (answer.message) {
    lastActed = claim;
    say(answer.message);
    return true;
  }
  say(answer.wrong ?? errorIn(answer.html), true);
  if (answer.status === 409) await refresh();
  return false;
}

async function once(work) {
  if (busy) return;
  busy = true;
  try { await work(); } finally { busy = false; }
  const next = waiting;
  waiting = busyKey = null;
  next?.();
}

function actOnCurrent(name, values = {}, then = null) {
  const pin = current && pinOf(current);
  if (!pin) return say(factcheckWords("Choose a claim first, with j or a click on its number."), true);
  if (!pin.dataset.acts.split(" ").includes(name)) return say(factcheckWords("This cannot be done with the claim you are at."), true);
  return once(async () => {
    const claim = current;
    if (await act(claim, name, values)) {
      await refresh();
      then?.(claim);
    }
  });
}

// forms in a dialog
async function openForm(url) {
  const answer = await fetch(url, { credentials: "same-origin", redirect: "error", headers: { "X-Factcheck-Fragment": "1" } }).catch(() => null);
  if (!answer) return say(factcheckWords("The site was not reached, or you are no longer logged in."), true);
  fillForm(await answer.text());
  if (!dialog("form").open) dialog("form").showModal();
  document.querySelector("#fc-form-body :is(textarea, input:not([type=hidden]), select, button)")?.focus();
}

function fillForm(html) {
  const found = new DOMParser().parseFromString(html, "text/html");
  document.getElementById("fc-form-body").replaceChildren(...found.body.childNodes);
}

function openClaimForm(name) {
  const pin = current && pinOf(current);
  if (!pin) return say(factcheckWords("Choose a claim first, with j or a click on its number."), true);
  const acts = pin.dataset.acts.split(" ");
  if (name === "submit" && !acts.includes("submit") && acts.includes("start")) {
    return once(async () => { if (await act(current, "start")) { await refresh(); await openForm(urlOf(current, name)); } });
  }
  if (!acts.includes(name)) return say(factcheckWords("This cannot be done with the claim you are at."), true);
  return openForm(urlOf(current, name));
}

// the card of a figure
async function openCard(figure, { focus = true } = {}) {
  const button = document.getElementById(`f${figure}`);
  const answer = button && await fetch(root.dataset.fcCard.replace("/0/card/", `/${figure}/card/`), { credentials: "same-origin", redirect: "error" }).catch(() => null);
  closeCard();
  if (!answer?.ok) return;
  const found = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
  document.getElementById("fc-card")?.remove();
  button.closest(".fc-para").append(found);
  button.setAttribute("aria-expanded", "true");
  button.setAttribute("aria-controls", "fc-card");
  openFigure = figure;
  if (focus) found.focus({ preventScroll: true });
  reveal(button);
}

function closeCard() {
  const button = openFigure && document.getElementById(`f${openFigure}`);
  document.getElementById("fc-card")?.remove();
  button?.setAttribute("aria-expanded", "false");
  openFigure = null;
  return button;
}

// a claim from the selection, by offsets in code points, as the server counts
function offsetOf(node, offset) {
  const line = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-fc-start]");
  if (!line) return null;
  const range = document.createRange();
  range.setStart(line, 0);
  range.setEnd(node, offset);
  const words = range.cloneContents();
  words.querySelectorAll("[data-fc-skip]").forEach((one) => one.remove());
  return Number(line.dataset.fcStart) + [...words.textContent].length;
}

function markSelection() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return say(factcheckWords("Select the words in the text first."), true);
  const range = selection.getRangeAt(0);
  const start = offsetOf(range.startContainer, range.startOffset), end = offsetOf(range.endContainer, range.endOffset);
  if (start === null || end === null || start >= end) return say(factcheckWords("Select the words in the text first."), true);
  const revision = document.getElementById("fc-text").dataset.fcRevision;
  return once(async () => {
    const answer = await post(root.dataset.fcMark, { start, end, revision, claim_type: /\d/.test(selection) ? "figure" : "event" });
    if (!answer.message) return say(answer.wrong ?? errorIn(answer.html), true);
    say(answer.message);
    getSelection().removeAllRanges();
    return refresh();
  });
}

// dialogs that one number answers
function ask(name, claims, words = "") {
  target = claims;
  if (name === "assign") document.getElementById("fc-assign-what").textContent = words;
  dialog(name).showModal();
}

async function choose(button) {
  const open = button.closest("dialog"), claims = target;
  open.close();
  await once(async () => {
    let done = 0;
    for (const claim of claims) {
      const name = button.dataset.fcPerson ? "assign" : "dismiss";
      const values = button.dataset.fcPerson
        ? { assignee: button.dataset.fcPerson, method: "check_figure", due_at: document.getElementById("fc-assign-due").value }
        : { note: button.dataset.fcNote };
      if (!await act(claim, name, values)) break;
      done += 1;
    }
    if (done > 1) say(factcheckWords("{done} claims are given out.", { done }));
    if (done) await refresh();
    if (done && !button.dataset.fcPerson) stepToProposed(claims.at(-1));
  });
}

// keys
const COMMANDS = {
  j: () => step(1),
  k: () => step(-1),
  a: () => actOnCurrent("accept", {}, stepToProposed),
  d: () => canAsk("dismiss") && ask("dismiss", [current]),
  s: () => canAsk("assign") && ask("assign", [current], factcheckWords("The claim you are at.")),
  e: () => openClaimForm("record_evidence"),
  v: () => openClaimForm("submit"),
  y: () => openClaimForm("sign_off"),
  r: () => openClaimForm("return"),
  x: () => openClaimForm("split"),
  n: () => markSelection(),
  u: () => undo(),
  "/": () => dialog("search").showModal(),
  "?": () => dialog("keys")?.showModal(),
};

function canAsk(name) {
  const pin = current && pinOf(current);
  if (pin?.dataset.acts.split(" ").includes(name)) return true;
  say(factcheckWords(pin ? "This cannot be done with the claim you are at." : "Choose a claim first, with j or a click on its number."), true);
  return false;
}

function undo() {
  const claim = lastActed ?? current;
  if (!claim) return say(factcheckWords("There is nothing to take back."), true);
  return once(async () => {
    const answer = await post(urlOf(claim, "take_back"), {});
    say(answer.message ?? answer.wrong ?? errorIn(answer.html), !answer.message);
    if (answer.message) {
      await refresh();
      show(String(claim));
    }
  });
}

const typing = (element) => element?.isContentEditable || element?.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");
const keysOff = () => stored(KEYS_OFF) === "1";

document.addEventListener("keydown", (event) => {
  const open = document.querySelector("dialog[open]");
  if (open && (event.ctrlKey || event.metaKey) && event.key === "Enter") return open.querySelector("form")?.requestSubmit();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return undefined;
  if (open) {
    const choice = open.querySelector(`[data-fc-choice="${event.key}"]`);
    if (choice && !keysOff()) { event.preventDefault(); choose(choice); }
    return undefined;
  }
  if (event.key === "Escape" && openFigure) return closeCard()?.focus();
  if (event.key === "Enter" && event.target.matches?.("[data-fc-pin]")) {
    const figure = root.querySelector(`.fc-claim.fc-here [data-fc-figure]`);
    if (figure) { event.preventDefault(); openCard(figure.dataset.fcFigure); }
    return undefined;
  }
  const command = COMMANDS[event.key];
  if (!command || keysOff() || event.repeat && !"jk".includes(event.key)) return undefined;
  event.preventDefault();
  if (busy) {
    if (event.key !== busyKey) waiting = command;
    return undefined;
  }
  busyKey = event.key;
  return command();
});

// clicks
document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest?.(selector);
  let found;
  if ((found = at("[data-fc-key]"))) {
    root.querySelector("#fc-more:popover-open")?.hidePopover();
    COMMANDS[found.dataset.fcKey]();
  }
  else if ((found = at("[data-fc-choice]"))) choose(found);
  else if (at("[data-fc-close]")) event.target.closest("dialog").close();
  else if (at("[data-fc-close-card]")) closeCard()?.focus();
  else if ((found = at("[data-fc-figure]"))) openCard(found.dataset.fcFigure);
  else if ((found = at("[data-fc-pin]"))) { event.preventDefault(); show(found.dataset.fcPin, { scroll: false }); }
  else if ((found = at("[data-fc-form], #fc-more a[href*='/action/']"))) { event.preventDefault(); root.querySelector("#fc-more:popover-open")?.hidePopover(); openForm(found.href); }
  else if ((found = at("[data-fc-assign]"))) ask("assign", found.dataset.fcAssign.split(" "), factcheckWords("{count} claims.", { count: found.dataset.fcAssign.split(" ").length }));
  else if ((found = at("[data-fc-walk]"))) walk(found);
  else if ((found = at("[data-fc-go]"))) { event.preventDefault(); go(found.dataset.fcGo); }
  else if ((found = at(".fc-claim[data-fc-in]")) && getSelection().isCollapsed) show(found.dataset.fcIn.trim().split(" ").at(-1), { scroll: false });
});

function go(place) {
  if (place.startsWith("c")) return show(place.slice(1));
  const figure = document.getElementById(place);
  const claim = figure?.closest(".fc-claim")?.dataset.fcIn.trim().split(" ").at(-1);
  if (claim) show(claim);
  return openCard(place.slice(1), { focus: false });
}

function walk(button) {
  if (button.dataset.fcWalk === "proposed") return stepToProposed(current);
  if (button.dataset.fcWalk === "waiting") return stepTo(current, ["open", "in_verification"]);
  return go(button.closest("li").querySelector("[data-fc-go]").dataset.fcGo);
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("#fc-form form, [data-fc-act-form], #fc-more form");
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  once(async () => {
    const answer = await post(form.action, new FormData(form));
    if (answer.message) {
      dialog("form").close();
      say(answer.message);
      return refresh();
    }
    if (answer.wrong) return say(answer.wrong, true);
    if (form.closest("#fc-form")) return fillForm(answer.html);
    return say(errorIn(answer.html), true);
  });
});

// what each person sets for themselves
function applyQuiet() {
  spreadPins();
  const box = document.getElementById("fc-show-quiet");
  if (box) box.checked = bench.classList.contains("fc-all");
}

document.addEventListener("change", (event) => {
  if (event.target.id === "fc-show-quiet") {
    bench.classList.toggle("fc-all", event.target.checked);
    spreadPins();
    show(current, { scroll: false });
  } else if (event.target.id === "fc-keys-on") {
    store(KEYS_OFF, event.target.checked ? "0" : "1");
    applyKeys();
  }
});

function applyKeys() {
  document.body.classList.toggle("fc-keys-off", keysOff());
  const box = document.getElementById("fc-keys-on");
  if (box) box.checked = !keysOff();
}

applyKeys();
spreadPins();
addEventListener("resize", spreadPins);
const asked = /^#c(\d+)$/.exec(location.hash)?.[1];
show(asked && pinOf(asked) ? asked : null, { scroll: Boolean(asked) });
plan();
