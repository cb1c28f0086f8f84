/** Nothing that comes from data can become markup. */
import { describe, expect, test } from 'vitest';
import { escapeHtml, html, pictureSource, trusted } from '../../src/report/markup.ts';

test('strings, numbers and arrays of strings are escaped; Markup is kept; null, undefined and false vanish', () => {
  const inner = html`<b>${'<'}</b>`;
  expect(html`<p title="${'"\'&'}">${inner}${['<i>', 3, null]}${undefined}${false}${trusted('<hr>')}</p>`.text).toBe(
    '<p title="&quot;&#39;&amp;"><b>&lt;</b>&lt;i&gt;3<hr></p>',
  );
});

test('a copy of Markup made of data is text: only its class is trusted', () => {
  const forged = { text: '<img onerror=alert(1)>' } as unknown as string;
  expect(() => html`${forged}`.text.includes('<img')).toThrow();
});

test('control characters, bidirectional overrides and lone surrogates cannot reach the page', () => {
  expect(escapeHtml('a\u0000b\u202ec\u2066d\ud800e\udc00f😀\n\t')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf😀\n\t');
});

describe('pictures', () => {
  test.each([
    'data:image/png;base64,iVBORw0KGgo=',
    'data:image/jpeg;base64,/9j/4AAQ',
    'data:image/webp;base64,UklGRg==',
  ])('kept: %s', (uri) => {
    expect(pictureSource(uri)).toBe(uri);
  });

  test.each([
    'https://example.org/x.png',
    'data:image/svg+xml;base64,PHN2Zz4=',
    'data:text/html;base64,PGI+',
    'data:image/png;base64,AA" onerror="x',
    'data:image/png;base64,',
    'javascript:alert(1)',
  ])('refused: %s', (uri) => {
    expect(pictureSource(uri)).toBeUndefined();
  });

  test('none where there is none', () => {
    expect(pictureSource(undefined)).toBeUndefined();
  });
});
