// What a reader would stumble over and a program can see: text that does not fit in its width.
const textsIn = (panel) => {
  const walker = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (walker.currentNode.textContent.trim() !== '') texts.push(walker.currentNode);
  return texts;
};

const clipping = (element) => getComputedStyle(element).overflowX !== 'visible';

const around = (element, panel) => (element === panel ? [] : [element, ...around(element.parentElement, panel)]);

const boxOf = (text) => {
  const range = document.createRange();
  range.selectNodeContents(text);
  return range.getBoundingClientRect();
};

// Labels for screen readers are a pixel wide.
const cutOff = (panel) => (text) => {
  const box = boxOf(text);
  const clips = around(text.parentElement, panel).filter(clipping).map((element) => element.getBoundingClientRect());
  return clips.every((clip) => clip.width > 1) && clips.some((clip) => box.left < clip.left - 1 || box.right > clip.right + 1);
};

export const faults = (panelId) => {
  const panel = document.querySelector(`[data-panel="${panelId}"]`);
  const cut = textsIn(panel).filter(cutOff(panel)).map((text) => text.textContent.trim());
  return [...new Set(cut)].map((text) => `cut off: ${text}`);
};
