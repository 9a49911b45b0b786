// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Dialogs: the browser keeps the focus in them and gives it back; Escape
// closes them.
import { fill, h } from './dom.js';
import { icon } from './icons.js';

let count = 0;

// The body's elements; `close()` ends it.
export function openDialog(title, makeBody) {
  const id = `dialog-${++count}`;
  const dialog = h('dialog', { 'aria-labelledby': id });
  const close = () => dialog.close();
  dialog.append(
    h('header', {},
      h('h2', { id }, title),
      h('button', {
        type: 'button', class: 'plain', 'aria-label': 'Close', onclick: close,
      }, icon('close'))),
    h('div', { class: 'body' }, makeBody(close)));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  (dialog.querySelector('[data-first]')
    ?? dialog.querySelector('input, textarea, .body button'))?.focus();
  return close;
}

// A labelled field; `hint` explains it.
export function field(label, input, hint = '') {
  const id = `field-${++count}`;
  input.id = id;
  const hintId = `${id}-hint`;
  if (hint)
    input.setAttribute('aria-describedby', hintId);
  return h('div', { class: 'field' }, h('label', { for: id }, label), input,
    hint && h('p', { class: 'hint', id: hintId }, hint));
}

// A form that does `work` and closes when that succeeded; else it says why.
export function form(action, work, close, ...fields) {
  const error = h('p', { class: 'error', role: 'alert' });
  const button = h('button', { class: 'primary' }, action);
  const element = h('form', {
    onsubmit: async (event) => {
      event.preventDefault();
      fill(error);
      button.disabled = true;
      button.setAttribute('aria-busy', 'true');
      try {
        await work();
        close();
      } catch (problem) {
        fill(error, problem.message);
      } finally {
        button.disabled = false;
        button.removeAttribute('aria-busy');
      }
    },
  }, ...fields, error, h('footer', {},
    h('button', { type: 'button', onclick: close }, 'Cancel'), button));
  return element;
}

// Asks before what cannot be taken back.
export function confirm(title, text, action, work, ...fields) {
  openDialog(title, (close) => {
    const element = form(action, work, close, h('p', {}, text), ...fields);
    element.querySelector('.primary').classList.add('danger');
    return element;
  });
}

// Which of our identities, where there are several; `value()` is its name.
export function egoField(store, preferred) {
  const egos = store.usableEgos;
  const select = h('select', {}, egos.map((ego) =>
    h('option', { value: ego.name, selected: ego.name === preferred }, ego.name)));
  return {
    element: egos.length > 1 ? field('As', select,
      'Which of your identities the others meet.') : null,
    value: () => select.value || egos[0]?.name,
  };
}
