// SPDX-License-Identifier: AGPL-3.0-or-later
//
// What is shown when no place is: how to begin, or that the key is missing.
import { fill, h } from '../dom.js';
import { icon } from '../icons.js';
import { openEnter, openHost } from './meet.js';

export function showHome(root, store) {
  fill(root, h('div', { class: 'empty home' }, icon('talk'),
    h('h2', {}, store.places.size ? 'Choose a place' : 'Welcome'),
    h('p', {}, store.places.size
      ? 'What you missed is counted beside each.'
      : 'A place is where people talk, without a server in between. Open one and invite '
        + 'somebody, or enter one that you were invited to.'),
    h('p', { class: 'buttons' },
      h('button', {
        type: 'button', class: 'primary', onclick: () => openHost(store),
      }, 'Open a place'),
      h('button', { type: 'button', onclick: () => openEnter(store) }, 'Enter a place'))));
}

// `detail`: what the gateway said, when it said something.
export function showLocked(root, detail, hasInvitation) {
  fill(root, h('div', { class: 'empty home' }, icon('door'),
    h('h2', {}, 'This page needs its key'),
    h('p', {}, 'Only programs of yours may see your places. Open this page from a terminal:'),
    h('p', {}, h('code', {}, 'gnunet-social web --open')),
    hasInvitation && h('p', {}, 'The invitation that you followed is kept and comes up then.'),
    detail && h('p', { class: 'faint' }, detail)));
}
