// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Beside the talk: the people of a place and its door, its files, or what
// there is to know about it.
import { fill, h } from '../dom.js';
import { icon } from '../icons.js';
import { placeAddress } from '../store.js';
import { About } from './about.js';
import { Files } from './files.js';
import { People } from './people.js';

const kinds = {
  people: { title: 'People', View: People },
  files: { title: 'Files', View: Files },
  about: { title: 'About this place', View: About },
};

export const isPanel = (name) => Object.hasOwn(kinds, name);

export class Panel {
  #view = null;

  constructor(root, store, place, name) {
    const { title, View } = kinds[name];
    this.name = name;
    const body = h('div', { class: 'scroller' });
    this.close = () => this.#view.close();
    root.setAttribute('aria-label', title);
    fill(root, h('header', { class: 'bar' },
      h('h2', {}, title),
      h('a', { class: 'button plain', href: placeAddress(place), 'aria-label': `Close: ${title}` },
        icon('close'))), body);
    this.#view = new View(body, store, place);
  }
}
