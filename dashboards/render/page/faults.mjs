// What a reader would stumble over and a program can see: text that does not fit.
// Labels for screen readers are a pixel wide.
const cutOff = (element) => element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1;

const clipped = (element) => {
  const { overflowX, textOverflow } = getComputedStyle(element);
  return (textOverflow === 'ellipsis' || overflowX === 'hidden') && element.children.length === 0 && cutOff(element);
};

export const faults = (panelId) => {
  const panel = document.querySelector(`[data-panel="${panelId}"]`);
  const texts = [...panel.querySelectorAll('*')].filter(clipped).map((element) => element.textContent.trim());
  return [...new Set(texts)].filter((text) => text !== '').map((text) => `cut off: ${text}`);
};
