// While work is under way, fetch the page again every few seconds and show how far it is. Without script there is
// a link. When the work has ended the page is loaded anew, for its buttons may be others.
let shown = document.getElementById("fc-progress");
const wait = () => setTimeout(look, (Number(shown.dataset.fcProgress) || 2) * 1000);
async function look() {
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("fc-progress");
    if (fresh && !fresh.dataset.fcProgress) return location.reload();
    if (fresh && fresh.innerHTML !== shown.innerHTML) shown.replaceChildren(...fresh.childNodes);
  } catch {
    // not reachable for the moment; the next look may do better
  }
  wait();
}
if (shown && shown.dataset.fcProgress) wait();
