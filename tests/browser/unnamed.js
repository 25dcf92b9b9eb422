// What somebody who sees nothing would miss.
const all = css => [...document.querySelectorAll(css)];
const faults = [];
const expect = (holds, fault) => holds || faults.push(fault);
expect(all('h1').length === 1, 'one h1');
expect(all('main').length === 1 && all('header').length === 1, 'landmarks');
expect(document.documentElement.lang === 'en' && document.title.length > 5, 'language and title');
for (const e of all('input:not([type=hidden]), textarea, select')) expect(e.labels.length === 1, e.outerHTML);
for (const e of all('a, button, summary, legend, th, h1, h2')) expect(e.textContent.trim(), e.outerHTML);
for (const e of all('th')) expect(e.scope, e.outerHTML);
for (const e of all('nav, table')) expect(e.getAttribute('aria-label'), e.outerHTML);
for (const e of all('[aria-describedby], [aria-labelledby]'))
    for (const id of (e.getAttribute('aria-describedby') ?? e.getAttribute('aria-labelledby')).split(' '))
        expect(document.getElementById(id), id);
const ids = all('[id]').map(e => e.id);
expect(new Set(ids).size === ids.length, 'ids ' + ids);
const levels = all('h1, h2, h3').map(e => +e.localName[1]);
levels.reduce((last, level) => (expect(level <= last + 1, 'levels ' + levels), level), 0);
for (const e of all('a[href^="#"]')) expect(document.querySelector(e.hash), e.hash);
return faults;
