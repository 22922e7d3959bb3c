// What a page does beyond its HTML, which is whole without this: it refreshes itself in place. Nothing is refreshed while
// somebody types, selects text, reads an opened detail, or looks at another tab.
"use strict";

const main = document.getElementById("main");

function busy() {
  const active = document.activeElement;
  const typing = active && ["INPUT", "SELECT", "TEXTAREA"].includes(active.tagName);
  const selecting = String(document.getSelection()).length > 0;
  return document.hidden || typing || selecting || main.querySelector("details[open], [data-running]") !== null;
}

// The place of the focus by its link, so that a reader with a keyboard stays where they are.
function focusedLink() {
  const active = document.activeElement;
  return active && main.contains(active) ? active.getAttribute("href") : null;
}

async function refresh(note) {
  if (busy()) return;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (busy()) return;
    const focus = focusedLink();
    const from = fresh.getElementById("main");
    main.replaceChildren(...from.childNodes);
    document.querySelector("footer time").replaceWith(fresh.querySelector("footer time"));
    if (focus) main.querySelector(`a[href="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
    note.textContent = "";
  } catch (error) {
    note.textContent = `Not refreshed: the daemon did not answer (${error.message}).`;
  }
}

if (main?.dataset.refresh) {
  const note = document.querySelector("[data-refresh-note]");
  note.setAttribute("role", "status");
  setInterval(() => refresh(note), Number(main.dataset.refresh) * 1000);
}
