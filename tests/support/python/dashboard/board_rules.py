"""Rules about the dashboard as a whole. A rule is a function of the file's name, the dashboard and what is known; it yields
complaints."""

import re

from dashboard import model

MOST_PANELS = 25
FIXED = {
    "schemaVersion": 42, "tags": ["rdpwatch", "rdpwatch-mixin"], "editable": False, "graphTooltip": 1, "timezone": "browser",
    "refresh": "1m",  # not more often than Prometheus scrapes
}
WIDTH = 24


def uid_is_stable(file, board, _known):
    uid = board.get("uid", "")
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", uid) or len(uid) > 40:
        yield f"uid {uid!r}: not lower-case words with hyphens, of 40 characters at most"
    if file != f"{uid}.json":
        yield f"uid {uid!r}: the file is called {file}"


def settings_are_ours(_file, board, _known):
    for key, wanted in FIXED.items():
        if board.get(key) != wanted:
            yield f"{key}: {board.get(key)!r}; it is to be {wanted!r}"


def title_and_description(_file, board, _known):
    if not re.fullmatch(r"RDP / [A-Z][\w ]+", board.get("title", "")):
        yield f'title {board.get("title")!r}: it is to be "RDP / Name"'
    if not board.get("description"):
        yield "no description"


def ids_are_unique(_file, board, _known):
    everything = [*board.get("panels", []), *(panel for row in board.get("panels", []) for panel in row.get("panels", []))]
    seen = set()
    for panel in everything:
        identity = panel.get("id")
        if not isinstance(identity, int) or identity < 1 or identity in seen:
            yield f"{model.name_of(panel)}: the id is missing, not above 0, or another panel's"
        seen.add(identity)


def titles_are_unique(_file, board, _known):
    names = [panel.get("title") for panel in model.panels(board)]
    for title in sorted({name for name in names if name and names.count(name) > 1}):
        yield f'"{title}": there are several panels of that title'


def rows_have_titles(_file, board, _known):
    first = (board.get("panels") or [{}])[0]
    if first.get("type") != "row" or first.get("title") != "Overview":
        yield 'the first panel is no row "Overview"'
    for panel in board.get("panels", []):
        if panel.get("type") == "row" and not panel.get("title"):
            yield f'row {panel.get("id")}: no title'


def few_panels(_file, board, _known):
    count = len(list(model.panels(board)))
    if count > MOST_PANELS:
        yield f"{count} panels; {MOST_PANELS} at most"


def panels_do_not_overlap(_file, board, _known):
    taken = {}
    for panel in board.get("panels", []):
        place = panel.get("gridPos") or {"x": 0, "y": 0, "w": WIDTH + 1, "h": 1}
        if place["x"] + place["w"] > WIDTH:
            yield f"{model.name_of(panel)}: no place within {WIDTH} columns"
            continue
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        under = {taken[cell] for cell in cells if cell in taken}
        if under:
            yield f"{model.name_of(panel)}: lies over {', '.join(sorted(under))}"
        taken.update(dict.fromkeys(cells, model.name_of(panel)))


def links_to_the_others(_file, board, _known):
    wanted = {"type": "dashboards", "tags": ["rdpwatch"], "keepTime": True, "includeVars": True}
    if not any(all(link.get(key) == value for key, value in wanted.items()) for link in board.get("links", [])):
        yield "no link to the other dashboards by tag that keeps the time and the variables"


def annotations_are_there(_file, board, _known):
    names = [entry.get("name") for entry in model.annotations(board)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f'annotation "{name}": there are several of that name'
    expressions = [entry.get("expr", "") for entry in model.annotations(board)]
    if not any("ALERTS{" in text and 'alertstate="firing"' in text and 'alertname=~"Rdp.+"' in text for text in expressions):
        yield "no annotation of the alerts that fire"
    if not any("rdpwatch_config_last_reload_success_timestamp_seconds" in text for text in expressions):
        yield "no annotation of loads of the configuration"


RULES = [uid_is_stable, settings_are_ours, title_and_description, ids_are_unique, titles_are_unique, rows_have_titles, few_panels,
         panels_do_not_overlap, links_to_the_others, annotations_are_there]
