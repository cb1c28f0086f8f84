/** The page's only script: theme button, sorting and filtering of tables, the marked place in the navigation. No dependency. */

/** Runs inside an inline script element: must not hold a closing script tag. */
export const SCRIPT = `(function () {
  'use strict';
  var root = document.documentElement;
  var themes = ['auto', 'light', 'dark'];
  function remembered() { try { return localStorage.getItem('medvlm-theme'); } catch (error) { return null; } }
  function remember(theme) { try { localStorage.setItem('medvlm-theme', theme); } catch (error) { /* private mode */ } }
  var button = document.getElementById('theme');
  function setTheme(theme) {
    if (theme === 'auto') root.removeAttribute('data-theme'); else root.setAttribute('data-theme', theme);
    button.textContent = 'Theme: ' + theme;
  }
  var theme = themes.indexOf(remembered()) > 0 ? remembered() : 'auto';
  button.hidden = false;
  setTheme(theme);
  button.addEventListener('click', function () {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    setTheme(theme);
    remember(theme);
  });

  function valueOf(cell) {
    var stored = cell.getAttribute('data-value');
    if (stored === null) return cell.textContent.trim();
    return stored === '' ? null : Number(stored);
  }
  function compare(a, b) {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return String(a).localeCompare(String(b), 'en', { numeric: true });
  }
  function sortBy(table, head, column) {
    var numeric = head.classList.contains('number');
    var current = head.getAttribute('aria-sort');
    var direction = current === null ? (numeric ? -1 : 1) : current === 'ascending' ? -1 : 1;
    table.querySelectorAll('th[aria-sort]').forEach(function (other) { other.removeAttribute('aria-sort'); });
    head.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending');
    var body = table.tBodies[0];
    var rows = Array.prototype.map.call(body.rows, function (row, i) { return { row: row, value: valueOf(row.cells[column]), i: i }; });
    rows.sort(function (a, b) {
      if (a.value === null || b.value === null) return (a.value === null) - (b.value === null) || a.i - b.i;
      return direction * compare(a.value, b.value) || a.i - b.i;
    });
    rows.forEach(function (entry) { body.appendChild(entry.row); });
  }
  document.querySelectorAll('table.sortable').forEach(function (table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
      if (head.hasAttribute('data-fixed')) return;
      var sorter = document.createElement('button');
      sorter.type = 'button';
      while (head.firstChild) sorter.appendChild(head.firstChild);
      head.appendChild(sorter);
      sorter.addEventListener('click', function () { sortBy(table, head, column); });
    });
  });

  document.querySelectorAll('.controls').forEach(function (controls) {
    controls.hidden = false;
    var select = controls.querySelector('select');
    var table = controls.parentNode.querySelector('table');
    select.addEventListener('change', function () {
      Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
        row.hidden = select.selectedIndex > 0 && row.getAttribute('data-models') !== select.value;
      });
    });
  });

  var links = {};
  document.querySelectorAll('nav .links a').forEach(function (link) { links[link.getAttribute('href').slice(1)] = link; });
  if ('IntersectionObserver' in window) {
    var observer = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting || !links[entry.target.id]) return;
        Object.keys(links).forEach(function (id) { links[id].removeAttribute('aria-current'); });
        var link = links[entry.target.id];
        link.setAttribute('aria-current', 'true');
        var bar = link.parentNode;
        if (bar.scrollWidth > bar.clientWidth) bar.scrollLeft = link.offsetLeft - bar.offsetLeft - 16;
      });
    }, { rootMargin: '-20% 0px -70% 0px' });
    document.querySelectorAll('main > section, main > header').forEach(function (section) { observer.observe(section); });
  }
  window.addEventListener('beforeprint', function () {
    document.querySelectorAll('details.wide').forEach(function (details) { details.open = true; });
  });
})();`;
