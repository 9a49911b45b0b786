// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The files of a place, newest first.
import { callPlace } from '../api.js';
import { fill, h } from '../dom.js';
import { moment, nameText } from '../text.js';
import { fileCard, fileOfList } from './file.js';
import { Lookup } from './lookup.js';

export class Files extends Lookup {
  constructor(root, store, place) {
    super(root, store, place, 'files');
  }

  async ask() {
    return (await callPlace(this.place, 'GET', 'files')).files;
  }

  show(files) {
    if (this.isShown(files))
      return;
    if (files.length === 0) {
      fill(this.root, h('div', { class: 'empty' }, h('p', {}, 'No files yet.'),
        h('p', {}, 'Drop one onto the talk, or use the paper clip.')));
      return;
    }
    fill(this.root, h('ul', { class: 'files', role: 'list' }, files.toReversed().map((file) =>
      h('li', {}, fileCard(this.place, fileOfList(file)),
        h('p', { class: 'faint' },
          h('bdi', {}, file.mine ? 'you' : nameText(file.author_name, file.author)), ', ',
          h('time', { datetime: file.time }, moment(file.time)))))));
  }
}
