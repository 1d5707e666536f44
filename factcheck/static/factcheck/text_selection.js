// Puts a selection in the text of the page into the form for quotes: the words, and their offsets in code points, which
// is how the server counts. The server compares the words with its own text again.
const text = document.querySelector("[data-fc-text]");
const form = document.getElementById("fc-mark");

function textBefore(node, offset) {
  // the text up to a position in the page, without the claim numbers that stand between the words
  const range = document.createRange();
  range.setStart(text, 0);
  range.setEnd(node, offset);
  const contents = range.cloneContents();
  contents.querySelectorAll("[data-fc-skip]").forEach((number) => number.remove());
  return contents.textContent;
}

function fillForm() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return;
  const range = selection.getRangeAt(0);
  if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return;
  const upToStart = textBefore(range.startContainer, range.startOffset);
  const upToEnd = textBefore(range.endContainer, range.endOffset);
  const quote = upToEnd.slice(upToStart.length);
  if (!quote.trim()) return;
  const start = (Number(text.dataset.fcOffset) || 0) + [...upToStart].length;
  form.elements.quote.value = quote;
  form.elements.quote.dispatchEvent(new Event("change", { bubbles: true }));
  form.elements.start.value = start;
  form.elements.end.value = start + [...quote].length;
  form.querySelector("[data-fc-selection-status]").textContent = factcheckWords("{count} characters are selected.", { count: [...quote].length });
}

if (text && form) {
  document.addEventListener("selectionchange", fillForm);
  form.elements.quote.addEventListener("input", () => {
    form.elements.start.value = "";
    form.elements.end.value = "";
    form.querySelector("[data-fc-selection-status]").textContent = "";
  });
}
