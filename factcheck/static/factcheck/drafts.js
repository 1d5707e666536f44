// What somebody types stays in the browser until it is sent: a lost session, a closed tab or a crash loses no word. A
// draft belongs to one person and one form, is taken away when the form was sent or the person logs out, and is offered
// again for a week. Nothing of a file or a password is kept, of a form that only searches, or of one that takes a name
// given in confidence.
const PREFIX = "factcheck.draft.", SENT = "factcheck.draft-sent", LONGEST = 200000, DAYS = 7;
const KEPT = "textarea, input[type=text], input[type=url], input[type=number], input[type=email], input:not([type])";
const person = document.querySelector("#user-tools strong")?.textContent.trim() ?? "";
const seen = new WeakSet();

const addressOf = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
const keyOf = (form) => `${PREFIX}${person} ${location.pathname} ${addressOf(form)}`;
const isKept = (form) => form?.method === "post" && form.id !== "logout-form" && person !== ""
  && !form.querySelector("[name=confidential]");
const fields = (form) => [...form.querySelectorAll(KEPT)].filter((field) => field.name && !field.readOnly);

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

function write(key, draft) {
  try {
    if (draft) localStorage.setItem(key, JSON.stringify(draft));
    else localStorage.removeItem(key);
  } catch {
    // the browser keeps nothing, or is full: what is typed still stands in the form
  }
}

function keep(form) {
  const values = Object.fromEntries(
    fields(form).filter((field) => field.value !== field.defaultValue).map((field) => [field.name, field.value]));
  const size = Object.values(values).reduce((sum, value) => sum + value.length, 0);
  write(keyOf(form), size && size <= LONGEST ? { at: Date.now(), values } : null);
}

function restore(form) {
  if (seen.has(form) || !isKept(form)) return;
  seen.add(form);
  const draft = read(keyOf(form));
  if (!draft) return;
  const back = fields(form).filter((field) => field.value === field.defaultValue
    && field.name in draft.values && draft.values[field.name] !== field.value);
  if (!back.length) return;
  for (const field of back) field.value = draft.values[field.name];
  form.prepend(notice(form, draft, back));
}

function notice(form, draft, back) {
  const line = document.createElement("p");
  line.className = "fc-draft";
  line.setAttribute("role", "status");
  const at = new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  const drop = document.createElement("button");
  drop.type = "button";
  drop.textContent = factcheckWords("Take it away");
  drop.addEventListener("click", () => {
    for (const field of back) field.value = field.defaultValue;
    write(keyOf(form), null);
    line.remove();
    back[0].focus();
  });
  line.append(`${factcheckWords("What you typed here on {at} is back. It was not sent.", { at })} `, drop);
  return line;
}

function forgetSent() {
  // A form that was taken leads from its page to another, or back; one that was refused says so. Whoever had to log in
  // between comes from elsewhere, and nothing was taken.
  let sent = null;
  try {
    sent = JSON.parse(sessionStorage.getItem(SENT));
    sessionStorage.removeItem(SENT);
  } catch {
    return;
  }
  const from = document.referrer && new URL(document.referrer).pathname;
  const refused = document.querySelector("#fc-errors, .errornote, .fc-warnline[role=alert]");
  if (sent && sent.page === from && !refused) write(sent.key, null);
}

function forget(isGone) {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX) && isGone(key)) localStorage.removeItem(key);
  } catch {
    // nothing is kept
  }
}

forgetSent();
forget((key) => Date.now() - (read(key)?.at ?? 0) > DAYS * 86400000);
for (const form of document.forms) restore(form);
addEventListener("pageshow", (event) => {
  try {
    if (event.persisted) sessionStorage.removeItem(SENT); // back to a form that was not taken
  } catch {
    // nothing is kept
  }
});
document.addEventListener("focusin", (event) => event.target.form && restore(event.target.form));
document.addEventListener("input", (event) => isKept(event.target.form) && event.target.matches(KEPT) && keep(event.target.form));
document.addEventListener("submit", (event) => {
  if (event.target.id === "logout-form") return forget((key) => key.startsWith(`${PREFIX}${person} `));
  if (event.target.closest("dialog")) return write(keyOf(event.target), null); // its answer comes in place
  try {
    if (isKept(event.target)) sessionStorage.setItem(SENT, JSON.stringify({ key: keyOf(event.target), page: location.pathname }));
  } catch {
    // the draft is offered once more, and can be taken away
  }
  return undefined;
});
