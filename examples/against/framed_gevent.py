"""The framed server in gevent: one thread, a greenlet for each connection, calls that seem to block.

/usr/bin/python3 framed_gevent.py PORT
"""
import signal
import socket
import sys

import gevent
from framed_codec import Codec
from gevent.server import StreamServer


def framed(peer, _address):
    codec = Codec()
    try:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.sendall(b"*")
        while data := peer.recv(65536):
            answer = codec.transform(data)
            if answer:
                peer.sendall(answer)
    except OSError:
        pass  # a reset ends this connection only


server = StreamServer(("127.0.0.1", int(sys.argv[1])), framed, backlog=4096)
gevent.signal_handler(signal.SIGTERM, server.stop)
server.serve_forever()
