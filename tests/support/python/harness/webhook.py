"""A receiver of Alertmanager's webhook notifications, in a thread of the test."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from harness.process import wait_until


class Webhook:
    """Records what is posted to `url`, whatever the path. `notifications`: Alertmanager's own messages (receiver, status,
    groupLabels, alerts, truncatedAlerts ...) in the order of their arrival, each with `at`, the time of its arrival in Unix
    seconds."""

    def __init__(self):
        self._lock = threading.Lock()
        self._notifications = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def _handler(self):
        record = self._record

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                record(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_arguments):
                pass

        return Handler

    def _record(self, message):
        with self._lock:
            self._notifications.append({**message, "at": time.time()})

    @property
    def notifications(self):
        """What has arrived so far: a copy of the list."""
        with self._lock:
            return list(self._notifications)

    def of(self, receiver):
        """What has arrived for this receiver."""
        return [one for one in self.notifications if one["receiver"] == receiver]

    def wait_for(self, condition, seconds, what):
        """The first true value of condition(notifications); a failure tells what has arrived."""
        return wait_until(lambda: condition(self.notifications), seconds,
                          lambda: f"{what}; arrived: {[summary(one) for one in self.notifications]}")

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    kill = close  # so that Case.keep ends it as it ends a child


def summary(notification):
    """receiver, status, and the alerts by name and target: short enough for a failure's message."""
    alerts = [f"{one['labels']['alertname']} {one['labels'].get('target', '')} {one['status']}".replace("  ", " ")
              for one in notification["alerts"]]
    return f"{notification['receiver']} {notification['status']} {alerts}"
