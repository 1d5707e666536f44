// A selection in the text becomes offsets in code points, which is how the server counts; it checks the words again.
const text = document.querySelector("[data-fc-text]");
const form = document.getElementById("fc-mark");

function before(node, offset) {
  // the words of the text up to a place in the page, without the numbers that stand between them
  const range = document.createRange();
  range.setStart(text, 0);
  range.setEnd(node, offset);
  const words = range.cloneContents();
  words.querySelectorAll("[data-fc-skip]").forEach((number) => number.remove());
  return words.textContent;
}

function take() {
  const selected = getSelection();
  if (!selected.rangeCount || selected.isCollapsed) return;
  const range = selected.getRangeAt(0);
  if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return;
  const ahead = before(range.startContainer, range.startOffset);
  const through = before(range.endContainer, range.endOffset);
  const quote = through.slice(ahead.length);
  if (!quote.trim()) return;
  const start = (Number(text.dataset.fcFrom) || 0) + [...ahead].length;
  form.elements.quote.value = quote;
  form.elements.quote.dispatchEvent(new Event("change", { bubbles: true }));
  form.elements.start.value = start;
  form.elements.end.value = start + [...quote].length;
  form.querySelector("[data-fc-said]").textContent = `${[...quote].length} characters are selected.`;
}

if (text && form) {
  document.addEventListener("selectionchange", take);
  form.elements.quote.addEventListener("input", () => {
    form.elements.start.value = "";
    form.elements.end.value = "";
    form.querySelector("[data-fc-said]").textContent = "";
  });
}
