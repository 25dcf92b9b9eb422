// npm's hawk as a server, for the caller that is ours: node hawk_server.js KEY-ID SECRET-IN-HEX
'use strict';

const Hawk = require('hawk');
const Http = require('http');

const [id, secret] = process.argv.slice(2);
const credentials = (asked) => (asked === id ? { id, key: Buffer.from(secret, 'hex'), algorithm: 'sha256' } : null);

const nonces = new Set();
const nonceFunc = (key, nonce, ts) => {
  const used = `${nonce} ${ts}`;
  if (nonces.has(used)) {
    throw new Error('used');
  }
  nonces.add(used);
};

const authenticate = (request, payload, path) => {
  if (path === '/bewit') {
    return Hawk.server.authenticateBewit(request, credentials);
  }
  const options = { nonceFunc, localtimeOffsetMsec: path === '/late' ? 3600000 : 0 };
  const hasBody = payload !== '' || request.headers['content-type'];
  return Hawk.server.authenticate(request, credentials, hasBody ? { ...options, payload } : options);
};

const server = Http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const payload = Buffer.concat(chunks).toString();
    const path = request.url.split('?')[0];
    try {
      const { credentials: known, artifacts } = await authenticate(request, payload, path);
      const text = JSON.stringify({ bytes: payload.length });
      response.setHeader('Content-Type', 'application/json; charset=utf-8');
      if (path !== '/bewit') {
        const options = { payload: text, contentType: 'application/json', ext: 'from npm' };
        response.setHeader('Server-Authorization', Hawk.server.header(known, artifacts, options));
      }
      response.end(path === '/spoil' ? `${text} ` : text);
    } catch (error) {
      const { statusCode, headers } = error.output || { statusCode: 500, headers: {} };
      response.writeHead(statusCode, headers);
      response.end(error.message);
    }
  });
});

server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
