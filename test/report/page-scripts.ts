/** Expressions that are evaluated inside the page. Text, because the tests are compiled without the browser's types. */

export const OPEN_ALL = `document.querySelectorAll('details').forEach((details) => { details.open = true; })`;

export const SIDEWAYS = 'document.documentElement.scrollWidth - window.innerWidth';

export const GROUND = 'getComputedStyle(document.body).backgroundColor';

export const BROKEN_IMAGES = '[...document.images].filter((image) => image.naturalWidth === 0).length';

/** Values (or texts) of a column of the first metric table. */
export function columnOf(index: number): string {
  return `[...document.querySelector('#findings table.metrics').tBodies[0].rows].map((row) =>
    row.cells[${index}].dataset.value ?? row.cells[${index}].innerText)`;
}

/** Models of the rows that are shown of the first metric table. */
export const SHOWN_MODELS = `[...document.querySelector('#findings table.metrics').tBodies[0].rows]
  .filter((row) => !row.hidden).map((row) => row.dataset.models)`;

/** Lowest contrast of visible text against what lies behind it (WCAG 2.1), and the text: {ratio, text}. */
export const LOWEST_CONTRAST = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const parse = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, ground) => [0, 1, 2].map((i) => top[i] * top[3] + ground[i] * (1 - top[3])).concat(1);
  const behind = (element) => {
    if (!element) return [255, 255, 255, 1];
    const colour = parse(getComputedStyle(element).backgroundColor);
    return colour[3] === 1 ? colour : over(colour, behind(element.parentElement));
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let lowest = { ratio: Infinity, text: '' };
  for (const element of document.querySelectorAll('body :not(script, style, svg, svg *)')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || element.offsetWidth === 0 || element.className === 'skip') continue;
    const ground = behind(element);
    const [a, b] = [luminance(over(parse(getComputedStyle(element).color), ground)), luminance(ground)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const text = element.tagName + '.' + element.className + ' ' + element.textContent.slice(0, 40);
    if (ratio < lowest.ratio) lowest = { ratio, text };
  }
  return lowest;
})()`;
