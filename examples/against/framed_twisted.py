"""The framed server in Twisted: one thread, a reactor (on epoll), callbacks.

/usr/bin/python3 framed_twisted.py PORT
"""
import sys

from framed_codec import Codec
from twisted.internet import reactor
from twisted.internet.protocol import Factory, Protocol


class Framed(Protocol):
    def connectionMade(self):
        self.codec = Codec()
        self.transport.setTcpNoDelay(True)
        # Who doesn't read its answers is not read from until it has.
        self.transport.registerProducer(self.transport, True)
        self.transport.write(b"*")

    def dataReceived(self, data):
        answer = self.codec.transform(data)
        if answer:
            self.transport.write(answer)


factory = Factory.forProtocol(Framed)
factory.noisy = False
reactor.listenTCP(int(sys.argv[1]), factory, backlog=4096, interface="127.0.0.1")
reactor.run()
