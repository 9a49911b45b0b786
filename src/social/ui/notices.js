// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Short notices at the edge of the page, also for screen readers.
import { h } from './dom.js';
import { icon } from './icons.js';

const shownMs = 7000;
let list = null;

export const placeNotices = (element) => { list = element; };

export function tell(text, kind = 'note') {
  const notice = h('div', { class: `notice ${kind}` },
    h('p', {}, text),
    h('button', {
      type: 'button', class: 'plain', 'aria-label': 'Dismiss',
      onclick: () => notice.remove(),
    }, icon('close')));
  list.append(notice);
  while (list.children.length > 4)
    list.firstChild.remove();
  // What went wrong stays until it was read.
  if (kind !== 'error')
    setTimeout(() => notice.remove(), shownMs);
}

export const tellError = (error) => {
  if (error.name !== 'AbortError')
    tell(error.message, 'error');
};
