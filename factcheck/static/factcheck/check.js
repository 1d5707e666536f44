// The keys of the checker's and the reviewer's page: each is the key of a visible button. They never fire while one
// types, and are off where the person switched single keys off on a workbench.
const off = () => { try { return localStorage.getItem("factcheck.keys.off") === "1"; } catch { return false; } };
const typing = (element) => element?.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");
const check = document.getElementById("fc-check");
let sent = false;

document.body.classList.toggle("fc-keys-off", off());
document.addEventListener("keydown", (event) => {
  if (check && (event.ctrlKey || event.metaKey) && event.key === "Enter") return check.querySelector("[name=submit]").click();
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || off() || typing(event.target)) return undefined;
  const button = document.querySelector(`[data-fc-key="${CSS.escape(event.key)}"]`);
  if (!button) return undefined;
  event.preventDefault();
  return button.click();
});
document.addEventListener("submit", (event) => {
  if (sent) event.preventDefault(); // a double click is one act
  sent = true;
});
