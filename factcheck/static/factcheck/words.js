// What a script says, in the language of the page: by its English, from the page's head. A place in braces is filled.
const words = JSON.parse(document.querySelector("meta[name=fc-words]")?.content || "{}");

globalThis.factcheckWords = (text, values = {}) =>
  (words[text] ?? text).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
