// While a page says that work is under way, look again every few seconds. Without script there is a link.
// What somebody is typing or has chosen is never lost to it: the page waits until that is sent.
const waiting = document.querySelector("[data-fc-wait]");
if (waiting) {
  const pause = (Number(waiting.dataset.fcWait) || 3) * 1000;
  let touched = false;
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => (touched ||= event.target.closest?.("form") != null || event.target.form != null));
  }
  setInterval(() => {
    if (!touched && !document.querySelector("form :focus, :focus[form]")) location.reload();
  }, pause);
}
