// An HTTP server in Node.js that answers every request in the same way.
//   node http_node.js PORT
'use strict';
const http = require('node:http');

const answer = Buffer.from('hello\n');

const server = http.createServer((request, response) => {
  request.resume(); // a body is read, and not looked at
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': answer.length });
  response.end(answer);
});
server.keepAliveTimeout = 0; // as long as the client likes
server.listen({ host: '127.0.0.1', port: Number(process.argv[2]), backlog: 4096 });
