// While a page says that work is under way, polls the URL in data-fc-poll and shows what it returns. The next request
// is sent only after the last response, at growing intervals, and never from a hidden tab. When the work has ended the
// page is reloaded, because its text and buttons may have changed; not if the person has typed or chosen something in a
// form. Without JavaScript a link does the same.
const FIRST_INTERVAL = 2000, LONGEST_INTERVAL = 30000, GROWTH = 1.4;
const progress = document.querySelector("[data-fc-poll]");
let interval = FIRST_INTERVAL;
let formTouched = false;

const schedule = () => setTimeout(poll, interval);

async function poll() {
  if (document.hidden) return document.addEventListener("visibilitychange", poll, { once: true });
  interval = Math.min(interval * GROWTH, LONGEST_INTERVAL);
  try {
    const response = await fetch(progress.dataset.fcPoll, { credentials: "same-origin", redirect: "error" });
    if (!response.ok) return schedule();
    const update = new DOMParser().parseFromString(await response.text(), "text/html").body.firstElementChild;
    if (update && update.innerHTML !== progress.innerHTML) progress.replaceChildren(...update.childNodes);
    if (update && !("fcPoll" in update.dataset)) return reloadPage();
  } catch {
    // not reachable for the moment; the next request may succeed
  }
  return schedule();
}

function reloadPage() {
  if (!formTouched && !document.querySelector("form :focus, :focus[form]")) location.reload();
}

if (progress) {
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      formTouched ||= event.target.closest?.("form") != null || event.target.form != null;
    });
  }
  schedule();
}
