// Runs inside the page that is being checked; gate.py calls it. Adds nothing to the page that can be seen.
window.gate = (() => {
  const CONTROLS = 'a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex="0"]';
  const HIDDEN_ON_PURPOSE = '.govuk-visually-hidden, .govuk-skip-link, svg, [hidden]';
  const shown = (e) => e.checkVisibility({ visibilityProperty: true });
  const short = (e) => e.outerHTML.replace(/\s+/g, ' ').slice(0, 110);

  // Text that is cut off, or sticks out of the page (WCAG 1.4.4, 1.4.10, 1.4.12).
  // A scroll box that the keyboard can reach may be wider than the page.
  function overflow() {
    const width = document.documentElement.clientWidth;
    const found = [];
    const wide = document.documentElement.scrollWidth;
    if (wide > width + 1) found.push(`the page scrolls sideways, ${wide} in ${width}`);
    for (const e of document.body.querySelectorAll('*')) {
      const box = e.getBoundingClientRect();
      if (!box.width || !shown(e) || e.closest(HIDDEN_ON_PURPOSE)) continue;
      if (box.right > width + 1 && !e.closest('[role=region][tabindex="0"]')) found.push(`sticks out: ${short(e)}`);
      if (e.children.length || !e.textContent.trim() || e.matches('textarea,option')) continue;
      const style = getComputedStyle(e);
      const clips = ['hidden', 'clip'];
      if ((clips.includes(style.overflowX) && e.scrollWidth > e.clientWidth + 1) ||
          (clips.includes(style.overflowY) && e.scrollHeight > e.clientHeight + 1)) found.push(`cut off: ${short(e)}`);
    }
    return found.slice(0, 5);
  }

  // Controls for fingers: 44 px or more. Links inside a sentence are free (WCAG 2.5.5 and 2.5.8).
  function small() {
    const found = [];
    for (const e of document.querySelectorAll('main :is(a[href],button,input,select,textarea,summary), header :is(a[href],button)')) {
      if (!shown(e) || e.type === 'hidden' || e.closest(HIDDEN_ON_PURPOSE)) continue;
      if (e.matches('a') && getComputedStyle(e).display === 'inline') continue;
      const box = e.getBoundingClientRect();
      if (box.height && box.height < 43.5) found.push(`${Math.round(box.height)} px: ${short(e)}`);
    }
    return found;
  }

  // What the eye sees of a control: of a tick box or radio it is the label beside it.
  function look(e) {
    const seen = e.matches('input[type=checkbox],input[type=radio]') ? e.nextElementSibling || e : e;
    const style = (part) => {
      const s = getComputedStyle(seen, part);
      return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.backgroundColor, s.borderTopWidth, s.borderTopColor, s.color].join('|');
    };
    return style(null) + style('::before');
  }

  function covered(e) {
    const box = e.getClientRects()[0] || e.getBoundingClientRect();
    const x = Math.min(Math.max(box.left + Math.min(box.width, innerWidth) / 2, 1), innerWidth - 1);
    const y = Math.min(Math.max(box.top + Math.min(box.height, innerHeight) / 2, 1), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    return !(top && (e.contains(top) || top.contains(e) || [...(e.labels || [])].some((label) => label.contains(top))));
  }

  const walk = { stops: [], found: [], last: null, done: true };

  // After each Tab: the browser has moved the focus and scrolled. Then look at where we are and where we were.
  addEventListener('keyup', (event) => {
    if (event.key !== 'Tab' || walk.done) return;
    const e = document.activeElement;
    if (walk.last && e !== walk.last.element && look(walk.last.element) === walk.last.look) {
      walk.found.push(`focus: not visible on ${short(walk.last.element)}`);
    }
    if (e === walk.last?.element) return;  // a date field has several stops inside
    if (!e || e === document.body || walk.stops.includes(e)) { walk.done = true; return; }
    const before = walk.stops.at(-1);
    if (before && !(before.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)) walk.found.push(`keyboard: out of order at ${short(e)}`);
    const box = e.getBoundingClientRect();
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) walk.found.push(`focus: off the screen at ${short(e)}`);
    else if (covered(e)) walk.found.push(`focus: covered at ${short(e)}`);
    walk.stops.push(e);
    walk.last = { element: e, look: look(e) };
  }, true);

  // How many Tabs a walk through the page may take at most.
  function start() {
    Object.assign(walk, { stops: [], found: [], last: null, done: false });
    scrollTo(0, 0);
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
    return expected().length + 6 * document.querySelectorAll('input[type=date],input[type=time]').length + 2;
  }

  function expected() {
    const groups = new Set();
    return [...document.querySelectorAll(CONTROLS)].filter((e) => {
      if (!shown(e) || e.disabled || e.tabIndex < 0) return false;
      if (e.type !== 'radio') return true;
      const group = `${[...document.forms].indexOf(e.form)} ${e.name}`;
      return !groups.has(group) && groups.add(group);
    });
  }

  function end() {
    if (!walk.done) walk.found.push('keyboard: Tab does not leave the page');
    document.activeElement?.blur();
    const wanted = expected();
    const missed = wanted.filter((e) => !walk.stops.includes(e) && !(e.type === 'radio' && walk.stops.some((s) => s.name === e.name && s.form === e.form)));
    for (const e of missed.slice(0, 3)) walk.found.push(`keyboard: not reached ${short(e)}`);
    if (!walk.stops[0]?.matches('.govuk-skip-link')) walk.found.push('keyboard: the first stop is not the link to the content');
    walk.done = true;
    return walk.found;
  }

  function spacing(on) {  // WCAG 1.4.12
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}');
    document.adoptedStyleSheets = on ? [sheet] : [];
  }

  function enlarge(percent) {
    document.documentElement.style.fontSize = percent ? `${percent}%` : '';
  }

  function open() {
    for (const e of document.querySelectorAll('details')) e.open = true;
  }

  // axe-core itself is loaded by gate.py.
  async function violations(tags) {
    const answer = await axe.run(document, { runOnly: tags, resultTypes: ['violations'], iframes: false });
    return answer.violations.map((v) => [v.id, v.help, v.nodes.length, v.nodes[0].html.replace(/\s+/g, ' ').slice(0, 140)]);
  }

  const settled = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

  return { overflow, small, axe: violations, start, end, spacing, enlarge, open, settled };
})();
