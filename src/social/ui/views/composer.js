// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Writing: text, what it answers, files. Enter sends, Shift+Enter begins a new
// line, Escape drops the reply. What was typed stays with its place.
import { fill, h } from '../dom.js';
import { icon } from '../icons.js';
import { silence } from '../places.js';
import { quote } from './message.js';

export function mountComposer(root, store, place) {
  const draft = store.draft(place);
  const input = h('textarea', {
    rows: 1, 'aria-label': 'Message', placeholder: 'Write a message', value: draft.text,
  });
  const reply = h('div', { class: 'replying', hidden: true });
  const files = h('input', { type: 'file', multiple: true, hidden: true });
  const why = h('p', { class: 'why' });

  const grow = () => {
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight, 220)}px`;
  };
  const showReply = () => {
    reply.hidden = draft.reply === null;
    fill(reply, draft.reply !== null && [
      quote(store.log(place), draft.reply),
      h('button', { type: 'button', class: 'plain', 'aria-label': 'Do not reply to it',
        onclick: () => setReply(null) }, icon('close'))]);
  };
  const setReply = (id) => {
    draft.reply = id;
    showReply();
    input.focus();
  };
  const say = () => {
    const text = input.value;
    if (text.trim() === '')
      return;
    store.say(place, text, draft.reply);
    input.value = '';
    draft.text = '';
    draft.reply = null;
    showReply();
    grow();
    input.focus();
  };
  const sendFiles = (list) => {
    for (const file of list)
      store.sendFile(place, file);
  };

  input.addEventListener('input', () => {
    draft.text = input.value;
    grow();
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      say();
    } else if (event.key === 'Escape' && draft.reply !== null)
      setReply(null);
  });
  input.addEventListener('paste', (event) => {
    if (event.clipboardData.files.length) {
      event.preventDefault();
      sendFiles(event.clipboardData.files);
    }
  });
  files.addEventListener('change', () => {
    sendFiles(files.files);
    files.value = '';
  });

  const line = h('form', {
    class: 'line',
    onsubmit: (event) => {
      event.preventDefault();
      say();
    },
  },
  h('button', { type: 'button', class: 'plain', 'aria-label': 'Send a file', title: 'Send a file',
    onclick: () => files.click() }, icon('attach')), files, input,
  h('button', { class: 'primary round', 'aria-label': 'Send', title: 'Send' }, icon('send')));
  const show = () => {
    const now = store.openPlace ?? place;
    const reason = silence(now);
    line.hidden = reason !== '';
    why.hidden = reason === '';
    fill(why, reason);
  };
  fill(root, reply, line, why);
  showReply();
  show();
  queueMicrotask(grow);
  return { setReply, show, sendFiles, focus: () => input.focus() };
}
