"""A link between two network namespaces with a delay and losses of its own, for kernels without netem.

usage: link.py NAMESPACE-DESCRIPTOR DELAY-MS JITTER-MS LOSS-PERCENT

Makes the tun device `near` in the namespace that it is started in and `far` in the other one, says "ready", and carries
packets between them: each way delayed by DELAY, give or take JITTER, and dropped at LOSS. The losses are the same in every
run, as they come from a generator with a fixed seed."""

import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
CLONE_NEWNET = 0x40000000
LARGEST_PACKET = 65536


def tun(name):
    try:
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        sys.exit(f"no tun device, so no link with latency: {error}")
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def carry(devices, delay, jitter, loss):
    other = {devices[0]: devices[1], devices[1]: devices[0]}
    dice, under_way, number = random.Random(1), [], 0
    while True:
        while under_way and under_way[0][0] <= time.monotonic():
            _, _, device, packet = heapq.heappop(under_way)
            try:
                os.write(device, packet)
            except OSError:
                pass  # the interface is not up yet or its queue is full: a packet lost, as on any link
        wait = max(0.0, under_way[0][0] - time.monotonic()) if under_way else None
        for device in select.select(devices, [], [], wait)[0]:
            packet = os.read(device, LARGEST_PACKET)
            if dice.random() * 100 < loss:
                continue
            number += 1
            arrives = time.monotonic() + max(0.0, delay + dice.uniform(-jitter, jitter)) / 1000
            heapq.heappush(under_way, (arrives, number, other[device], packet))


def main():
    namespace = int(sys.argv[1])
    delay, jitter, loss = map(float, sys.argv[2:5])
    near = tun("near")
    if ctypes.CDLL(None).setns(namespace, CLONE_NEWNET) != 0:
        sys.exit("setns failed")
    far = tun("far")
    print("ready", flush=True)
    carry((near, far), delay, jitter, loss)


if __name__ == "__main__":
    main()
