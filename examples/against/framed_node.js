// The framed server in Node.js: one thread, an event loop (libuv's), callbacks.
//   node framed_node.js PORT
// It sends `*` to a newcomer; then bytes between ^ and $ come back plus one, all others are ignored.
'use strict';
const net = require('node:net');

const begin = '^'.charCodeAt(0);
const end = '$'.charCodeAt(0);

const server = net.createServer({ noDelay: true }, (peer) => {
  let inside = false;
  peer.on('error', () => peer.destroy()); // a reset ends this connection only
  peer.on('drain', () => peer.resume());
  peer.on('data', (bytes) => {
    let size = 0; // the answer takes the place of what was read
    for (const byte of bytes) {
      if (!inside) {
        inside = byte === begin;
      } else if (byte === end) {
        inside = false;
      } else {
        bytes[size++] = byte + 1;
      }
    }
    // Who doesn't read its answers is not read from until it has.
    if (size > 0 && !peer.write(bytes.subarray(0, size))) peer.pause();
  });
  peer.write('*');
});
server.listen({ host: '127.0.0.1', port: Number(process.argv[2]), backlog: 4096 });
