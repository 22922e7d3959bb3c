"""Rules about links: each leads somewhere, keeps what the reader chose, and takes along only what its row or series has."""

import re

from dashboard import model
from dashboard.panel_rules import each
from dashboard.query_rules import answer

TO_DASHBOARD = re.compile(r"/d/([\w-]+)(?:\?(.*))?")
TO_RUNBOOK = re.compile(r"https://github\.com/example/rdpwatch/blob/main/deploy/runbooks/(.+)")
CAUSES = ("${__data.fields.cause}.md", "${__field.labels.cause}.md")  # every cause has its page: contract.documents
KEPT = ("${__url_time_range}", "${datasource:queryparam}", "${job:queryparam}")
OF_ROW = re.compile(r"\$\{__(?:data\.fields|field\.labels)\.(\w+)\}")


def labels_of(panel, known):
    found = [answer(target.get("expr", ""), known) for target in panel.get("targets", [])]
    return set().union(*(entry.labels for entry in found if entry is not None))


def faults(url, known):
    """What is wrong with where a link leads."""
    dashboard, runbook = TO_DASHBOARD.fullmatch(url), TO_RUNBOOK.fullmatch(url)
    if runbook:
        if runbook.group(1) not in CAUSES and runbook.group(1) not in known.runbooks:
            yield f"no runbook {runbook.group(1)}"
    elif not dashboard:
        yield f"{url} is no dashboard and no runbook"
    elif dashboard.group(1) not in known.dashboards:
        yield f"no dashboard {dashboard.group(1)}"
    else:
        parameters = (dashboard.group(2) or "").split("&")
        for missing in [kept for kept in KEPT if kept not in parameters]:
            yield f"{missing} is missing"
        theirs = known.dashboards[dashboard.group(1)]
        for parameter in [parameter for parameter in parameters if parameter not in KEPT]:
            name = re.fullmatch(r"var-(\w+)=.+", parameter)
            if not model.QUERYPARAM.fullmatch(parameter) and not (name and name.group(1) in theirs):
                yield f"{parameter}: {dashboard.group(1)} has no such variable"


@each
def links_lead_somewhere(panel, known):
    for link in model.links(panel):
        if not link.get("title"):
            yield "a link without a title"
        for fault in faults(link.get("url") or "", known):
            yield f'link "{link.get("title")}": {fault}'


@each
def links_take_what_is_there(panel, known):
    labels = labels_of(panel, known)
    for link in model.links(panel):
        for label in OF_ROW.findall(link.get("url") or ""):
            if label not in labels:
                yield f'link "{link.get("title")}": no query of the panel has a label {label}'


@each
def hosts_in_tables_have_a_link(panel, known):
    if panel.get("type") == "table" and "target" in labels_of(panel, known):
        if not any((link.get("url") or "").startswith("/d/rdp-target?") for link in model.links(panel)):
            yield "a table of hosts without a link to rdp-target"


RULES = [links_lead_somewhere, links_take_what_is_there, hosts_in_tables_have_a_link]
