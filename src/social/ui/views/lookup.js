// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Something of a place that is shown beside the talk: asked for at once, and
// again when a topic says that it may have changed.
import { fill, h } from '../dom.js';
import { placeId } from '../store.js';

export class Lookup {
  #stop;
  #isOver = false;
  #isAsking = false;
  #isStale = false;

  constructor(root, store, place, topics) {
    Object.assign(this, { root, store, id: placeId(place) });
    this.#stop = store.on(topics, () => this.look());
    queueMicrotask(() => this.look());
  }

  // True when these are shown already: what somebody is typing beside them stays.
  isShown(found) {
    const mark = JSON.stringify(found);
    const isSame = mark === this.mark;
    this.mark = mark;
    return isSame;
  }

  get place() {
    return this.store.places.get(this.id);
  }

  close() {
    this.#isOver = true;
    this.#stop();
  }

  // Several reasons to look that come together are one.
  async look() {
    this.#isStale = true;
    if (this.#isAsking || this.#isOver)
      return;
    this.#isAsking = true;
    while (this.#isStale && !this.#isOver && this.place) {
      this.#isStale = false;
      try {
        const found = await this.ask();
        if (!this.#isOver)
          this.show(found);
      } catch (error) {
        this.mark = null;
        if (!this.#isOver)
          fill(this.root, h('p', { class: 'error', role: 'alert' }, error.message, ' ',
            h('button', { type: 'button', onclick: () => this.look() }, 'Try again')));
      }
    }
    this.#isAsking = false;
  }
}
