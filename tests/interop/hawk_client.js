// npm's hawk as a caller of the server that is ours: node hawk_client.js ADDRESS KEY-ID SECRET-IN-HEX
'use strict';

const Hawk = require('hawk');
const Http = require('http');

const [address, id, secret] = process.argv.slice(2);
const credentials = { id, key: Buffer.from(secret, 'hex'), algorithm: 'sha256' };

const check = (what, got, wanted) => {
  const held = JSON.stringify(got) === JSON.stringify(wanted);
  const more = held ? '' : `: ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`;
  console.log(`${held ? 'ok' : 'FAILED'} npm hawk: ${what}${more}`);
};

const send = (url, method, headers, body) => new Promise((resolve, reject) => {
  // As it is written: an empty query keeps its `?`.
  const path = url.slice(address.length);
  const request = Http.request(address, { method, path, headers, agent: false }, (response) => {
    const chunks = [];
    response.on('data', (chunk) => chunks.push(chunk));
    response.on('end', () => {
      response.text = Buffer.concat(chunks).toString();
      response.user = response.statusCode === 200 && method !== 'HEAD' ? JSON.parse(response.text).user : null;
      resolve(response);
    });
  });
  request.on('error', reject);
  request.end(body);
});

// Signs and sends; what came back, and by what it is verified.
const call = async (url, method = 'GET', options = {}, sent = options.payload) => {
  const { header, artifacts } = Hawk.client.header(url, method, { credentials, ...options });
  const headers = { Authorization: header };
  if (options.contentType) {
    headers['Content-Type'] = options.contentType;
  }
  return { response: await send(url, method, headers, sent), artifacts, headers };
};

const verified = ({ response, artifacts }, payload = response.text) => {
  try {
    Hawk.client.authenticate(response, credentials, artifacts, { required: true, payload });
    return true;
  } catch (error) {
    return error.message;
  }
};

const requests = async () => {
  const url = `${address}/api/hawk`;
  for (const [what, target, method, options] of [
    ['GET', url, 'GET', {}],
    ['GET with a query', `${url}?b=2&a=%7E1&&x`, 'GET', {}],
    ['GET with an empty query', `${url}?`, 'GET', {}],
    ['GET with a hash of nothing', url, 'GET', { payload: '' }],
    ['GET with ext, app and dlg', url, 'GET', { ext: 'a=1; b', app: 'app', dlg: 'dlg' }],
    ['POST', url, 'POST', { payload: '{"café": 1}', contentType: 'application/json; charset=utf-8' }],
    ['POST without a body', url, 'POST', {}],
  ]) {
    const called = await call(target, method, options);
    check(what, called.response.user, 'billing');
    check(`the response to ${what}`, verified(called), true);
    check(`another response to ${what}`, verified(called, `${called.response.text} `), 'Bad response payload mac');
  }

  const post = { payload: 'text', contentType: 'text/plain' };
  check('another body', (await call(url, 'POST', post, 'texT')).response.statusCode, 401);
  check('a body without a hash', (await call(url, 'POST', {}, 'text')).response.statusCode, 401);
  const once = await call(url);
  check('twice', (await send(url, 'GET', once.headers)).statusCode, 401);
  check('another query', (await send(`${url}?a=1`, 'GET', (await call(url)).headers)).statusCode, 401);
};

const clock = async () => {
  const url = `${address}/api/hawk`;
  const wrong = -600000;
  const late = await call(url, 'GET', { localtimeOffsetMsec: wrong });
  check('a clock that is off', late.response.statusCode, 401);
  // It verifies `tsm`, and throws where that is another.
  const { headers } = Hawk.client.authenticate(late.response, credentials, late.artifacts);
  const { ts, error } = headers['www-authenticate'];
  check('the challenge says why', error, 'Stale timestamp');
  const localtimeOffsetMsec = wrong + ts * 1000 - (Date.now() + wrong);
  check('a clock that was set', (await call(url, 'GET', { localtimeOffsetMsec })).response.user, 'billing');
};

const links = async () => {
  const url = `${address}/api/bewit`;
  const link = (target, options = {}) => {
    const bewit = Hawk.client.getBewit(target, { credentials, ttlSec: 300, ...options });
    return `${target}${target.includes('?') ? '&' : '?'}bewit=${bewit}`;
  };
  check('a link', (await send(link(url), 'GET')).user, 'billing');
  check('a link with a query', (await send(link(`${url}?a=1&b=%2F`), 'GET')).user, 'billing');
  check('a link with ext', (await send(link(url, { ext: 'x y' }), 'GET')).user, 'billing');
  check('a link, HEAD', (await send(link(url), 'HEAD')).statusCode, 200);
  const first = link(`${url}?a=1`).replace(/\?a=1&(bewit=.*)/, '?$1&a=1');
  check('a bewit as first parameter', (await send(first, 'GET')).user, 'billing');
  const expired = link(url, { localtimeOffsetMsec: -400000 });
  check('a link that has expired', (await send(expired, 'GET')).statusCode, 401);
  check('a link with more', (await send(`${link(url)}&a=1`, 'GET')).statusCode, 401);
  check('a link, POST', (await send(link(`${address}/api/any`), 'POST')).statusCode, 401);
  check('on the route for all', (await send(link(`${address}/api/any`), 'GET')).user, 'billing');
};

(async () => {
  await requests();
  await clock();
  await links();
})();
