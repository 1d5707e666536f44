// While a page says that work is under way, polls the URL in data-fc-poll and shows what it returns. The next request
// is sent only after the last response, at growing intervals, and never from a hidden tab. When the work has ended it
// says so; no page loads itself again under somebody's hands, a link does. Without JavaScript the same link is there.
const FIRST_INTERVAL = 2000, LONGEST_INTERVAL = 30000, GROWTH = 1.4;
const progress = document.querySelector("[data-fc-poll]");
let interval = FIRST_INTERVAL;

const schedule = () => setTimeout(poll, interval);

async function poll() {
  if (document.hidden) return document.addEventListener("visibilitychange", poll, { once: true });
  interval = Math.min(interval * GROWTH, LONGEST_INTERVAL);
  try {
    const response = await fetch(progress.dataset.fcPoll, { credentials: "same-origin", redirect: "error" });
    if (!response.ok) return schedule();
    const update = new DOMParser().parseFromString(await response.text(), "text/html").body.firstElementChild;
    if (update && update.innerHTML !== progress.innerHTML) progress.replaceChildren(...update.childNodes);
    if (update && !("fcPoll" in update.dataset)) return undefined;
  } catch {
    // not reachable for the moment; the next request may succeed
  }
  return schedule();
}

if (progress) schedule();
