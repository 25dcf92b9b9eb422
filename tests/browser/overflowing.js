// What sticks out of the window, of the row that it stands in, or of a box with a border.
const shown = e => e.checkVisibility() && !e.closest('.unseen, .skip, thead');
const right = e => e.getBoundingClientRect().right;
const outside = [...document.querySelectorAll('body *')].filter(shown)
    .filter(e => right(e) > innerWidth || right(e) > right(e.closest('tr, .card, .confirm form, header, main')) + 0.5);
const scrolls = document.documentElement.scrollWidth > innerWidth;
return [...(scrolls ? ['the page scrolls'] : []), ...outside.map(e => e.outerHTML.slice(0, 200))];
