// Runs before the page is drawn: with JavaScript the menu of a phone starts closed, so nothing jumps.
// If start.js never arrives the menu is shown again.
const root = document.documentElement;
if ('noModule' in HTMLScriptElement.prototype) {
  root.classList.add('app-js');
  addEventListener('load', () => {
    if (!document.body.classList.contains('govuk-frontend-supported')) root.classList.remove('app-js');
  });
}
