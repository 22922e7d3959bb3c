"""What has reached the receivers, alert by alert, and how long it took."""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One alert in one notification."""
    receiver: str
    name: str
    status: str  # of the alert: firing or resolved
    labels: dict
    annotations: dict
    at: float    # when it arrived, in Unix seconds

    def about(self):
        """The most exact of what it is about."""
        return next((self.labels[key] for key in ("target", "group", "site", "job") if key in self.labels), "")


def pages(notifications):
    return [Page(one["receiver"], alert["labels"]["alertname"], alert["status"], alert["labels"], alert["annotations"], one["at"])
            for one in notifications for alert in one["alerts"]]


class Pages:
    """The pages of a webhook, and the log of a story."""

    def __init__(self, webhook):
        self.webhook, self.begun = webhook, time.time()

    def find(self, **wanted):
        """Those with these fields (receiver, name, status) or labels, in the order of their arrival."""
        return [page for page in pages(self.webhook.notifications)
                if all(getattr(page, key, page.labels.get(key)) == value for key, value in wanted.items())]

    def wait(self, seconds, since=None, **wanted):
        """The first such page; says how long it took since that moment."""
        page = self.webhook.wait_for(lambda _: self.find(**wanted), seconds, str(wanted))[0]
        if since is not None:
            self.say(f"{page.name} {page.status} of {page.about()} at {page.receiver}: {page.at - since:.1f} s")
        return page

    def say(self, what):
        print(f"  {time.time() - self.begun:5.1f} s  {what}", flush=True)
