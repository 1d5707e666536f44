// While a page says that work is under way, ask a small address how far it is, and show what it answers. The next look
// is taken only when the last was answered, later and later, and never in a tab that nobody looks at. When the work has
// ended the page is loaded anew, for its text and buttons may be others; but what somebody is typing or has chosen is
// never lost to it: then a link says that there is something new. Without script there is a link all the time.
const FIRST = 2000, LAST = 30000, SLOWER = 1.4;
const waiting = document.querySelector("[data-fc-wait]");
let pause = FIRST;
let touched = false;

const next = () => setTimeout(look, pause);

async function look() {
  if (document.hidden) return document.addEventListener("visibilitychange", look, { once: true });
  pause = Math.min(pause * SLOWER, LAST);
  try {
    const answer = await fetch(waiting.dataset.fcWait, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok) return next();
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
    if (fresh && fresh.innerHTML !== waiting.innerHTML) waiting.replaceChildren(...fresh.childNodes);
    if (fresh && !("fcWait" in fresh.dataset)) return ended();
  } catch {
    // not reachable for the moment; the next look may do better
  }
  return next();
}

function ended() {
  if (!touched && !document.querySelector("form :focus, :focus[form]")) location.reload();
}

if (waiting) {
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => (touched ||= event.target.closest?.("form") != null || event.target.form != null));
  }
  next();
}
