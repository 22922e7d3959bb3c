// The buttons of a target's page without leaving it: each form posts to the API instead, whose lines are shown while they
// come. Without JavaScript the same forms are answered with a page.
"use strict";

const kMostLines = 1000;

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function list(name, texts, className) {
  const made = element(name, "", className);
  made.append(...texts.map((text) => element("li", text)));
  return made;
}

// In words, what to do about an answer that is no run.
function refusal(response, body) {
  const said = body?.error ?? `the daemon answered with status ${response.status}`;
  const allowed = body?.allowed?.length ? ` Allowed: ${body.allowed.join(", ")}.` : "";
  const wait = Number(response.headers.get("Retry-After"));
  const advice = {
    401: "Log in to rdpwatch first.",
    403: "Only who is logged in, or sits at the daemon's own machine, may start a run, and only from a page of this daemon.",
    404: "The target is not in the inventory any more; load the page anew.",
    409: "Somebody else's run is on this target; wait for its end.",
    429: "The host has had as many connections as it may have in a minute.",
    503: "The daemon has no room for another run just now.",
  }[response.status] ?? "";
  const later = wait > 0 ? ` Try again in ${wait} seconds.` : "";
  return `Not run: ${said}. ${advice}${allowed}${later}`;
}

function milliseconds(seconds) {
  return seconds < 1 ? `${Math.round(seconds * 10000) / 10} ms` : `${Math.round(seconds * 100) / 100} s`;
}

function causeItem(cause, root) {
  const item = element("li");
  const link = element("a", cause.title ?? cause.id);
  link.href = `${root}causes/${encodeURIComponent(cause.id)}`;
  item.append(link, ` (${cause.likelihood})`);
  if (cause.evidence?.length) item.append(list("ul", cause.evidence));
  return item;
}

// The verdict first, then why, then what is likely behind it; all of it is in the JSON below.
function summary(name, result, root) {
  const made = element("div");
  const failure = result.failure;
  const ended = result.success ? "it answers as it should" : failure
    ? `${failure.reason} in ${failure.phase}${failure.detail ? `: ${failure.detail}` : ""}` : `no verdict: ${result.abandoned ?? "it was cut off"}`;
  made.append(element("p", `${name}: ${ended}. It took ${milliseconds(result.duration_seconds)}.`, `banner ${result.success ? "good" : "bad"}`));
  if (result.agrees_with_state === false)
    made.append(element("p", `The scheduler's last run found it ${result.state}: something changed since, or comes and goes.`));
  if (result.us_or_them) made.append(element("p", result.us_or_them));
  if (result.client_error)
    made.append(element("p", `A client shows ${[result.client_error.code, result.client_error.extended_code].filter(Boolean).join("/")}.`));
  const phases = (result.phases ?? []).map((row) => `${row.phase} ${milliseconds(row.seconds)}`);
  if (phases.length) made.append(element("p", `Phases: ${phases.join(", ")}.`));
  if (result.causes?.length) {
    const causes = element("ol");
    causes.append(...result.causes.map((cause) => causeItem(cause, root)));
    made.append(element("h3", "Likely causes"), causes);
  }
  if (result.experiments?.length)
    made.append(element("h3", "Experiments"), list("ul", result.experiments.map((row) => `${row.question} (${row.target}): ${row.outcome}`)));
  const all = element("details");
  all.append(element("summary", "All of it as JSON"), element("pre", JSON.stringify(result, null, 2)));
  made.append(all);
  return made;
}

// What the run says while it goes on, and the buttons to end it and to close it. As long as it is there the page is not
// refreshed, so that nobody loses what they read.
function panel(place, name) {
  const area = element("section", "", "run");
  area.dataset.running = "";
  area.setAttribute("aria-label", name);
  const title = element("h2", `${name} is running …`);
  const log = element("div", "", "run-log");
  Object.assign(log, { tabIndex: 0 });
  log.setAttribute("role", "log");
  log.setAttribute("aria-live", "polite");
  log.setAttribute("aria-label", "What happens");
  const lines = element("ol", "", "run-lines");
  log.append(lines);
  const outcome = element("div");
  outcome.setAttribute("role", "status");
  const stop = element("button", "Stop");
  stop.type = "button";
  area.append(title, log, outcome, stop);
  place.replaceChildren(area);
  return { area, title, lines, log, outcome, stop };
}

function addLine(view, line) {
  if (view.lines.childElementCount >= kMostLines) return;
  view.lines.append(element("li", `${line.at_seconds.toFixed(4).padStart(8)} s  ${line.text}`));
  view.log.scrollTop = view.log.scrollHeight;
}

// Calls `take` for each line of the answer, as it comes.
async function eachLine(response, take) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    rest += decoder.decode(value, { stream: !done });
    const lines = rest.split("\n");
    rest = lines.pop();
    lines.filter(Boolean).forEach((line) => take(JSON.parse(line)));
    if (done) return;
  }
}

async function run(url, name, root, view, signal) {
  const response = await fetch(url, { method: "POST", headers: { Accept: "application/x-ndjson" }, cache: "no-store", signal });
  if (!response.ok) return element("p", refusal(response, await response.json().catch(() => null)), "banner warn");
  let last = null;
  await eachLine(response, (line) => (line.log ? addLine(view, line.log) : (last = line)));
  if (last?.result) return summary(name, last.result, root);
  return element("p", last?.error ? `Not finished: ${last.error}.` : "Not finished: the answer ended in its middle.", "banner warn");
}

async function start(form) {
  const place = document.getElementById("run");
  const buttons = [...document.querySelectorAll("form[data-run] button")];
  const view = panel(place, form.dataset.runName);
  const abort = new AbortController();
  view.stop.addEventListener("click", () => abort.abort());
  buttons.forEach((button) => { button.disabled = true; });
  try {
    view.outcome.append(await run(form.dataset.run, form.dataset.runName, place.dataset.root, view, abort.signal));
  } catch (error) {
    view.outcome.append(element("p", abort.signal.aborted ? "Stopped." : `The connection to the daemon was lost (${error.message}). Is it still running?`, "banner warn"));
  }
  view.title.textContent = form.dataset.runName;
  buttons.forEach((button) => { button.disabled = false; });
  const close = element("button", "Close");
  close.type = "button";
  close.addEventListener("click", () => { view.area.remove(); buttons[0]?.focus(); });
  view.stop.replaceWith(close);
}

// On the document, because a refresh of the page makes its forms anew.
document.addEventListener("submit", (event) => {
  if (!event.target.dataset?.run) return;
  event.preventDefault();
  start(event.target);
});
