// What a reader would stumble over and a program can see: text that does not fit in its width.
const textsIn = (panel) => {
  const walker = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (walker.currentNode.textContent.trim() !== '') texts.push(walker.currentNode);
  return texts;
};

const clipping = (element) => getComputedStyle(element).overflowX !== 'visible';

const clips = (text) => {
  let element = text.parentElement;
  while (element !== document.body && !clipping(element)) element = element.parentElement;
  return element;
};

// Labels for screen readers are a pixel wide.
const cutOff = (text) => {
  const range = document.createRange();
  range.selectNodeContents(text);
  const [inner, outer] = [range.getBoundingClientRect(), clips(text).getBoundingClientRect()];
  return outer.width > 1 && (inner.left < outer.left - 1 || inner.right > outer.right + 1);
};

export const faults = (panelId) => {
  const cut = textsIn(document.querySelector(`[data-panel="${panelId}"]`)).filter(cutOff).map((text) => text.textContent.trim());
  return [...new Set(cut)].map((text) => `cut off: ${text}`);
};
