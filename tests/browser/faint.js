// The texts whose contrast with their ground is less than WCAG 2.2 asks for (1.4.3: 4.5 to 1, 3 to 1 for large ones).
const channels = color => color.match(/[\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
const ground = e => {
    for (; e; e = e.parentElement) {
        const color = channels(getComputedStyle(e).backgroundColor);
        if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
};
const faint = [];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
    const at = texts.currentNode.parentElement, style = getComputedStyle(at);
    if (!texts.currentNode.data.trim() || !at.checkVisibility()) continue;
    const [a, b] = [light(channels(style.color)), light(ground(at))].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const wanted = size >= 24 || size >= 18.66 && style.fontWeight >= 700 ? 3 : 4.5;
    if ((a + 0.05) / (b + 0.05) < wanted) faint.push(texts.currentNode.data + ' ' + (a + 0.05) / (b + 0.05));
}
return faint;
