// While a page says that work is under way, look again every few seconds. Without script there is a link.
const waiting = document.querySelector("[data-fc-wait]");
if (waiting) {
  const seconds = Number(waiting.dataset.fcWait) || 3;
  setTimeout(() => {
    if (!document.querySelector("form :focus")) location.reload();
  }, seconds * 1000);
}
