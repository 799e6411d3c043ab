// The only script of our own. Every page works without it; it saves a page load where a form asks for that.
//
//   <form method="post" action="…" data-update="pair-7 figures" data-focus="pair-7-do">
//
// The form is sent in the background with the header X-Enhanced. The server answers with the same full page as ever
// (after its usual redirect, or at once); the regions named in data-update are taken from it, the focus goes to
// data-focus (or back to the button, or to the first region), and the element #said of the answer is read out.
// Whatever goes wrong, the form is sent again in the ordinary way and the server has the last word.
import { initAll } from '/static/vendor/govuk-6.6.0/govuk.min.js';

document.body.classList.add('js-enabled', 'govuk-frontend-supported');
initAll();

const live = document.getElementById('live');

function say(text) {
  live.textContent = '';
  setTimeout(() => { live.textContent = text; }, 50);  // an unchanged text would not be read a second time
}

function swap(ids, answer) {
  for (const id of ids) {
    const old = document.getElementById(id);
    const fresh = answer.getElementById(id);
    if (!old) continue;
    if (!fresh) { old.remove(); continue; }
    for (const open of old.querySelectorAll('details[open][id]')) {
      const same = fresh.querySelector('#' + CSS.escape(open.id));
      if (same) same.open = true;
    }
    old.replaceWith(fresh);
    initAll({ scope: fresh });
  }
}

function focusFirst(candidates) {
  for (const id of candidates) {
    const element = id && document.getElementById(id);
    if (!element) continue;
    if (!element.matches('a[href],button,input,select,textarea,summary,[tabindex]')) element.tabIndex = -1;
    element.focus({ preventScroll: true });
    if (document.activeElement === element) return;
  }
}

async function send(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter));
  const response = await fetch(form.action, { method: 'POST', body, headers: { 'X-Enhanced': '1' } });
  if (!response.ok || !(response.headers.get('Content-Type') || '').startsWith('text/html')) {
    throw new Error(String(response.status));
  }
  const answer = new DOMParser().parseFromString(await response.text(), 'text/html');
  const ids = form.dataset.update.split(/\s+/).filter(Boolean);
  if (!ids.some((id) => answer.getElementById(id))) throw new Error('another page');  // signed out meanwhile
  const back = [form.dataset.focus, submitter && submitter.id, ...ids];
  swap(ids, answer);
  focusFirst(back);
  const said = answer.getElementById('said');
  say(said ? said.textContent.trim() : 'Saved');
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.dataset.update === undefined || form.method !== 'post') return;
  event.preventDefault();
  if (form.getAttribute('aria-busy') === 'true') return;
  form.setAttribute('aria-busy', 'true');
  send(form, event.submitter).catch(() => {
    form.removeAttribute('data-update');
    form.requestSubmit(event.submitter);
  }).finally(() => form.removeAttribute('aria-busy'));
});

// <div id="work" role="status" data-poll="2"> is looked at again every so many seconds, until the page no longer has it:
// then what it waited for is there, and the page is loaded anew. What has changed in it is exchanged inside, so that it is
// read out. Without this script the link beside it does the same.
async function look(region) {
  const answer = await fetch(location.href, { headers: { 'X-Enhanced': '1' } }).then((response) => response.text(), () => '');
  const there = new DOMParser().parseFromString(answer, 'text/html').getElementById(region.id);
  if (answer && !there) { location.reload(); return; }
  if (there && there.textContent !== region.textContent) region.replaceChildren(...there.childNodes);
  wait(region.id);
}

function wait(id) {
  const region = document.getElementById(id);
  if (region && region.dataset.poll) setTimeout(() => look(region), 1000 * Number(region.dataset.poll));
}

for (const region of document.querySelectorAll('[data-poll]')) wait(region.id);
