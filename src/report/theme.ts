/** Colours of the page in both themes, as CSS variables. Body text has a contrast of at least 7, small print of at least 4.5. */

const LIGHT = `
  color-scheme: light;
  --page: #faf9f6; --surface: #ffffff; --sunken: #f3f1ec; --ink: #1c2330; --muted: #59616e; --line: #e2dfd8; --axis: #b9b5ac; --grid: #eeece6;
  --accent: #15577f; --accent-soft: #e4eef5; --warn: #8a4b00; --warn-soft: #fdf1dd; --warn-line: #e8b869; --bad: #9c2f23; --bad-soft: #fbe9e6; --good: #1d6b4a; --good-soft: #e3f3ea;
  --baseline: #7d838c; --baseline-2: #b4a58c; --positive: #c2540a; --negative: #6b87a6;
  --series-1: #0067a5; --series-2: #c2540a; --series-3: #00806a; --series-4: #94407f; --series-5: #93700a; --series-6: #2d8fc4; --series-7: #b03a48; --series-8: #5b5f97;
  --heat-above: 21 101 158; --heat-below: 194 84 10; --shadow: 0 1px 2px rgb(28 35 48 / .05), 0 6px 20px rgb(28 35 48 / .04);`;

const DARK = `
  color-scheme: dark;
  --page: #0f1318; --surface: #171c23; --sunken: #12171d; --ink: #e7eaef; --muted: #a3adba; --line: #2a323c; --axis: #55606d; --grid: #232a33;
  --accent: #8cc4ea; --accent-soft: #1b2f3f; --warn: #f2c27a; --warn-soft: #33270f; --warn-line: #7d5c1e; --bad: #f2a196; --bad-soft: #381b18; --good: #86d3ac; --good-soft: #15301f;
  --baseline: #8b94a0; --baseline-2: #6b6152; --positive: #f0924c; --negative: #7f9cbd;
  --series-1: #5db1e8; --series-2: #f0924c; --series-3: #3fc7a6; --series-4: #de93c8; --series-5: #dcb73f; --series-6: #93d0f5; --series-7: #f08b95; --series-8: #a9aee6;
  --heat-above: 64 148 208; --heat-below: 226 122 47; --shadow: none;`;

/** Opacity of each step of the heat map; the strongest still leaves the number readable. */
const HEAT = Array.from({ length: 11 }, (_, step) => {
  const opacity = (0.02 + 0.062 * step).toFixed(3);
  return `.heat.above.h${step} { background: rgb(var(--heat-above) / ${opacity}); }\n.heat.below.h${step} { background: rgb(var(--heat-below) / ${opacity}); }`;
}).join('\n');

const SERIES = Array.from({ length: 8 }, (_, i) => `.s${i + 1} { color: var(--series-${i + 1}); }`).join('\n');

export const THEME = `
:root {${LIGHT}
}
@media (prefers-color-scheme: dark) {
:root {${DARK}
}
}
:root[data-theme="light"] {${LIGHT}
}
:root[data-theme="dark"] {${DARK}
}
@media print {
:root, :root[data-theme] {${LIGHT}
  --page: #ffffff; --shadow: none;
}
}
.s0 { color: var(--baseline); }
.s9 { color: var(--baseline-2); }
${SERIES}
${HEAT}
`;
