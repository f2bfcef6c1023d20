(() => {
const form = document.querySelector('[data-form]');
if (!form) return;
const id = form.dataset.form, draft = 'form-' + id;
const box = form.querySelector('[data-messages]'), button = form.querySelector('button');
const store = sessionStorage, all = (css, f) => form.querySelectorAll(css).forEach(f);
const bytes = h => Uint8Array.from(h.match(/../g), x => parseInt(x, 16));
const hex = b => [...new Uint8Array(b)].map(x => x.toString(16).padStart(2, 0)).join('');
const add = (to, tag, textContent, more) =>
  to.appendChild(Object.assign(document.createElement(tag), {textContent, ...more}));
// Proof of work: the first counter whose derived key begins as asked for.
async function solve(challenge) {
  const p = challenge.parameters, nonce = bytes(p.nonce), word = new Uint8Array([...nonce, 0, 0, 0, 0]);
  for (let counter = 0; ; counter++) {
    new DataView(word.buffer).setUint32(nonce.length, counter);
    const key = await crypto.subtle.importKey('raw', word, 'PBKDF2', false, ['deriveBits']);
    const derivedKey = hex(await crypto.subtle.deriveBits(
      {name: 'PBKDF2', hash: 'SHA-256', salt: bytes(p.salt), iterations: p.cost}, key, p.keyLength * 8));
    if (derivedKey.startsWith(p.keyPrefix)) return btoa(JSON.stringify({challenge, solution: {counter, derivedKey}}));
  }
}
let work;
const prepare = () => work ||= (async () => {
  try {
    const t = await (await fetch(`/forms/${id}/token`)).json();
    form.form_token.value ||= t.token;
    if (t.challenge && crypto.subtle) form.form_proof.value = await solve(t.challenge);
  } catch { work = 0; }
})();
form.addEventListener('focusin', prepare);
form.addEventListener('input', () => {
  store[draft] = JSON.stringify([...new FormData(form)].filter(([n]) => !/^form_/.test(n)));
});
for (const [n, v] of JSON.parse(store[draft] || '[]'))
  all(`[name="${n}"]`, e => e.type == 'checkbox' ? e.checked ||= e.value == v : e.value ||= v);
function tell(name, title) {
  box.textContent = '';
  const e = add(box, 'div', '', {className: name, role: 'alert', tabIndex: -1});
  add(e, 'h2', title);
  return e;
}
form.addEventListener('submit', async event => {
  event.preventDefault();
  button.disabled = true;
  await prepare();
  let told;
  try {
    const answer = await fetch(form.action, {method: 'POST', headers: {accept: 'application/json'},
      body: new URLSearchParams(new FormData(form))}), body = await answer.json();
    if (answer.ok) {
      delete store[draft];
      return location.assign(body.next);
    }
    all('.error', e => e.remove());
    all('[aria-invalid]', e => e.removeAttribute('aria-invalid'));
    told = tell('summary', 'Please check your entries');
    const list = add(told, 'ul', '');
    for (const {pointer, detail} of body.errors) {
      const n = pointer.slice(2), c = form.querySelector(`#f-${n},#f-${n}-0`);
      const item = add(list, 'li', c ? '' : detail);
      if (!c) continue;
      add(item, 'a', detail).href = '#' + c.id;
      const e = add(form, 'p', detail, {className: 'error', id: 'e-' + n});
      c.before(e);
      c.setAttribute('aria-invalid', true);
      c.setAttribute('aria-describedby', e.id);
    }
  } catch {
    told = tell('notice', 'This did not get through. Nothing is lost: please send it again.');
  }
  told.focus();
  button.disabled = false;
});
})();
