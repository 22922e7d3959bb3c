"""HTTP as bytes, for what well-behaved clients never send: many connections at once, each with a bound of time."""

import asyncio
import socket
import struct
from dataclasses import dataclass


@dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    body: bytes    # without the chunked coding
    whole: bool    # all that its header promises is there

    @property
    def text(self):
        return self.body.decode("utf-8")  # an answer that is no UTF-8 fails here


def _unchunked(data):
    """(body, what comes behind it, whole)"""
    body, position = [], 0
    while True:
        end = data.find(b"\r\n", position)
        if end < 0:
            return b"".join(body), b"", False
        size = int(data[position:end], 16)
        position = end + 2
        if len(data) < position + size + 2:
            return b"".join(body) + data[position:], b"", False
        body.append(data[position:position + size])
        position += size + 2
        if size == 0:
            return b"".join(body), data[position:], True


def answers_in(data):
    """The answers that these received bytes are; the last one may be cut off. (Not for answers to HEAD.)"""
    found = []
    while data:
        head, gap, data = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        if not gap or not lines[0].startswith("HTTP/1.1 "):
            raise AssertionError(f"no HTTP answer: {head[:200]!r}")
        fields = [line.split(": ", 1) for line in lines[1:]]
        headers = {name.lower(): value for name, value in fields}
        if len(headers) != len(fields):
            raise AssertionError(f"a header stands twice: {lines}")
        if headers.get("transfer-encoding") == "chunked":
            body, data, whole = _unchunked(data)
        else:
            length = int(headers["content-length"])
            body, data = data[:length], data[length:]
            whole = len(body) == length
        found.append(Answer(int(lines[0].split()[1]), headers, body, whole))
    return found


def get(path, host="t", close=True, more=""):
    """The bytes of one request."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{'Connection: close' + chr(13) + chr(10) if close else ''}{more}\r\n".encode("latin-1")


class Client:
    """One connection. `source`: a loopback address of its own, so that the server sees another peer; `small`: its receive
    buffer takes a few KiB, so that what it does not read stays at the server."""

    def __init__(self, port, source="127.0.0.1", small=False, host="127.0.0.1"):
        self.socket = socket.socket()
        if small:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.bind((source, 0))
        self.socket.setblocking(False)
        self.server = (host, port)

    async def open(self, seconds=30):
        await asyncio.wait_for(asyncio.get_running_loop().sock_connect(self.socket, self.server), seconds)
        return self

    async def send(self, data, seconds=30):
        """False: the server has closed."""
        try:
            await asyncio.wait_for(asyncio.get_running_loop().sock_sendall(self.socket, data), seconds)
        except (ConnectionError, BrokenPipeError):
            return False
        return True

    async def read(self, seconds=30, at_most=None):
        """What comes until the server closes, or until there is so much. A server that stays silent for `seconds` fails."""
        received = bytearray()
        while at_most is None or len(received) < at_most:
            try:
                piece = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.socket, 65536), seconds)
            except ConnectionError:
                break
            if not piece:
                break
            received += piece
        return bytes(received)

    def half_close(self):
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # The server was first.

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()


async def exchange(port, data, seconds=30, half_close=False, source="127.0.0.1"):
    """All bytes that the server answers to these until it closes."""
    client = await Client(port, source).open(seconds)
    try:
        await client.send(data, seconds)
        if half_close:
            client.half_close()
        return await client.read(seconds)
    finally:
        client.close()


def ask(port, data, seconds=30, **named):
    """The answers to these bytes; they must ask for the connection's end, or be what ends it."""
    return answers_in(asyncio.run(exchange(port, data, seconds, **named)))
