// Shows an OpenAPI document, and calls its operations. Whatever the document says is put in as text, never as markup; what is
// typed in stays in this page's memory.

const methods = ['get', 'put', 'post', 'delete', 'patch'];

// What was typed in, by scheme: a function that adds it to a request.
const given = new Map();

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function field(text, input) {
  return element('label', {}, text, input);
}

// Follows a reference into the document's own components.
function resolved(api, node) {
  if (!node?.$ref?.startsWith('#/')) return node ?? {};
  const step = (at, key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')];
  return node.$ref.slice(2).split('/').reduce(step, api) ?? {};
}

// Something of the schema's form to begin with.
function example(api, schema, depth = 0) {
  const it = resolved(api, schema);
  const shown = it.example ?? it.examples?.[0] ?? it.default ?? it.const ?? it.enum?.[0];
  if (shown !== undefined) return shown;
  switch ([it.type].flat()[0]) {
    case 'object': {
      const inner = depth > 4 ? [] : Object.entries(it.properties ?? {});
      return Object.fromEntries(inner.map(([name, inner]) => [name, example(api, inner, depth + 1)]));
    }
    case 'array': return [];
    case 'string': return '';
    case 'integer':
    case 'number': return 0;
    case 'boolean': return false;
    default: return null;
  }
}

function basic(name, password) {
  const bytes = new TextEncoder().encode(`${name}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

// The fields of a scheme, and how their values go into a request; none where a browser sends them by itself.
function entry(scheme) {
  const secret = () => element('input', { type: 'password', autocomplete: 'off', required: true });
  if (scheme.type === 'http' && scheme.scheme.toLowerCase() === 'basic') {
    const name = element('input', { name: 'username', autocomplete: 'off', required: true });
    const password = Object.assign(secret(), { name: 'password' });
    return {
      fields: [field('User name', name), field('Password', password)],
      apply: () => {
        const value = basic(name.value, password.value);
        return (request) => request.headers.set('Authorization', value);
      },
    };
  }
  const input = Object.assign(secret(), { name: 'value' });
  if (scheme.type === 'http' && scheme.scheme.toLowerCase() === 'bearer') {
    return {
      fields: [field('Token', input)],
      apply: () => {
        const value = `Bearer ${input.value.trim()}`;
        return (request) => request.headers.set('Authorization', value);
      },
    };
  }
  if (scheme.type === 'apiKey' && scheme.in !== 'cookie') {
    return {
      fields: [field(`${scheme.name} (${scheme.in})`, input)],
      apply: () => {
        const { value } = input;
        return (request) => {
          if (scheme.in === 'query') request.url.searchParams.set(scheme.name, value);
          else request.headers.set(scheme.name, value);
        };
      },
    };
  }
  return null;
}

function schemeForm(name, scheme) {
  const legend = element('h3', { textContent: name });
  const about = element('p', { textContent: scheme.description ?? '' });
  const typed = entry(scheme);
  if (!typed) {
    given.set(name, (request) => { request.cookies = true; });
    const note = 'The browser sends this by itself, once you are logged in on this site.';
    return element('div', {}, legend, about, element('p', { textContent: note }));
  }
  const state = element('p', { className: 'state', role: 'status', textContent: 'Nothing given.' });
  const forget = element('button', { type: 'button', name: 'forget', textContent: 'Forget' });
  const form = element(
    'form', { autocomplete: 'off' }, legend, about, ...typed.fields, element('button', { textContent: 'Authorise' }), forget, state,
  );
  form.dataset.scheme = name;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // A value that no header can have is said here, not at the call.
    try {
      const apply = typed.apply();
      apply({ headers: new Headers(), url: new URL(location.href) });
      given.set(name, apply);
      state.textContent = 'Given: calls send it.';
    } catch (error) {
      state.textContent = `Not given: ${error.message}`;
    }
    form.reset();
  });
  forget.addEventListener('click', () => {
    given.delete(name);
    form.reset();
    state.textContent = 'Nothing given.';
  });
  return form;
}

// The requirements of an operation: any one of them is enough, and an empty one asks for nothing (OpenAPI 3.1, section 4.8.30).
function requirements(api, operation) {
  return (operation.security ?? api.security ?? []).map((requirement) => Object.keys(requirement));
}

function needs(alternatives) {
  if (alternatives.length === 0) return 'open to everybody';
  return alternatives.map((names) => names.join(' and ') || 'nothing').join(', or ');
}

// Adds the credentials of the first requirement of which all are given.
function authorise(request, alternatives) {
  const names = alternatives.find((names) => names.length > 0 && names.every((name) => given.has(name)));
  for (const name of names ?? []) given.get(name)(request);
}

async function call(api, method, path, operation, parameters, body) {
  let place = path;
  const request = { headers: new Headers(), cookies: false };
  const query = new URLSearchParams();
  for (const { parameter, input } of parameters) {
    if (input.value === '' && !parameter.required) continue;
    if (parameter.in === 'path') place = place.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    if (parameter.in === 'query') query.append(parameter.name, input.value);
    if (parameter.in === 'header') request.headers.set(parameter.name, input.value);
  }
  const server = api.servers?.[0]?.url ?? '/';
  request.url = new URL(server.replace(/\/$/, '') + place, location.href);
  request.url.search = query;
  authorise(request, requirements(api, operation));
  if (body) request.headers.set('Content-Type', body.type);
  // No cookie unless it is asked for: with credentials, a browser would answer a challenge by a dialog of its own.
  return fetch(request.url, {
    method: method.toUpperCase(),
    headers: request.headers,
    body: body?.input.value,
    credentials: request.cookies ? 'same-origin' : 'omit',
    cache: 'no-store',
  });
}

async function answer(response) {
  const text = await response.text();
  const challenge = response.headers.get('WWW-Authenticate');
  const shown = element('div', { className: 'answer' });
  shown.append(element('p', { className: 'status', textContent: `${response.status} ${response.statusText}`.trim() }));
  if (challenge) shown.append(element('p', { className: 'challenge', textContent: `WWW-Authenticate: ${challenge}` }));
  let body = text;
  try {
    body = JSON.stringify(JSON.parse(text), null, 2);
  } catch { /* no JSON: as it is */ }
  shown.append(element('pre', { className: 'body', textContent: body }));
  return shown;
}

function operationForm(api, path, method, operation, shared) {
  const alternatives = requirements(api, operation);
  const name = element('code', { textContent: `${method.toUpperCase()} ${path}` });
  const head = element('summary', {}, name, ` ${operation.summary ?? ''} `);
  head.append(element('span', { className: 'needs', textContent: `(${needs(alternatives)})` }));

  const declared = [...shared, ...(operation.parameters ?? [])].map((it) => resolved(api, it));
  const parameters = declared.filter((it) => ['path', 'query', 'header'].includes(it.in)).map((parameter) => {
    const value = parameter.example ?? example(api, parameter.schema);
    const required = Boolean(parameter.required);
    const text = value === null ? '' : String(value);
    return { parameter, input: element('input', { name: parameter.name, required, value: required ? text : '' }) };
  });
  const [type, media] = Object.entries(resolved(api, operation.requestBody).content ?? {})[0] ?? [];
  const body = type && { type, input: element('textarea', { name: 'body', rows: 5 }) };
  if (body) body.input.value = JSON.stringify(media.example ?? example(api, media.schema), null, 2);

  const form = element('form', { autocomplete: 'off' });
  for (const { parameter, input } of parameters) form.append(field(`${parameter.name} (${parameter.in})`, input));
  if (body) form.append(field(`Body (${type})`, body.input));
  const button = element('button', { textContent: 'Call' });
  const answers = element('div', { role: 'status' });
  form.append(button, answers);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    answers.replaceChildren();
    button.disabled = true;
    try {
      answers.replaceChildren(await answer(await call(api, method, path, operation, parameters, body)));
    } catch (error) {
      const text = `No answer: ${error.message}`;
      answers.replaceChildren(element('p', { className: 'answer', textContent: text }));
    } finally {
      button.disabled = false;
    }
  });
  const shown = element('details', {}, head, form);
  shown.dataset.operation = name.textContent;
  return shown;
}

function show(api) {
  document.title = api.info.title;
  document.querySelector('#title').textContent = `${api.info.title} ${api.info.version}`;
  document.querySelector('#description').textContent = api.info.description ?? '';
  const schemes = Object.entries(api.components?.securitySchemes ?? {});
  document.querySelector('#schemes').append(...schemes.map(([name, it]) => schemeForm(name, resolved(api, it))));
  for (const [path, item] of Object.entries(api.paths ?? {})) {
    const offered = methods.filter((method) => item[method]);
    const forms = offered.map((method) => operationForm(api, path, method, item[method], item.parameters ?? []));
    document.querySelector('#operations').append(...forms);
  }
}

try {
  const response = await fetch('openapi.json');
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  show(await response.json());
} catch (error) {
  document.querySelector('#failure').textContent = `The document cannot be shown: ${error.message}`;
}
