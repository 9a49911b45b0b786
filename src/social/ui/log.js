// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The messages of one place that are at hand: the newest at first, older ones
// as they are scrolled to, new ones as they come. Each once, in its order.
import { Problem, callPlace } from './api.js';

const newestCount = 50;
const windowLeast = 64;
const windowMost = 4096;
const gapsMost = 200;

export class Log {
  #messages = new Map();
  #place;
  #window = windowLeast;
  #first = null;     // ids below it were not asked for yet
  gaps = [];
  isLoaded = false;
  isAtStart = false;
  isLoading = false;
  error = null;

  constructor(place) {
    this.#place = place;
  }

  // The place's state and our part in it may change meanwhile.
  setPlace(place) {
    this.#place = place;
    if (this.isLoaded && this.size === 0 && place.messages > 0)
      this.#beginAbove(place.messages);
  }

  // There is more than was known when the newest were read.
  #beginAbove(id) {
    this.#first = id + 1;
    this.isAtStart = false;
  }

  get messages() {
    return [...this.#messages.values()].sort((a, b) => a.id - b.id);
  }

  get size() {
    return this.#messages.size;
  }

  // Forgets the oldest but so many; they are read again when asked for.
  trim(count) {
    if (this.size <= count || this.isLoading)
      return;
    const kept = this.messages.slice(-count);
    this.#messages = new Map(kept.map((message) => [message.id, message]));
    this.#first = kept[0].id;
    this.isAtStart = false;
    this.gaps = this.gaps.filter((gap) => gap.from > this.#first);
  }

  get(id) {
    return this.#messages.get(id);
  }

  add(message) {
    this.#messages.set(message.id, message);
  }

  remove(id) {
    this.#messages.delete(id);
  }

  // A message came: while the newest are being read, it joins them. Of places
  // that nobody looks at no more than a page is kept.
  onMessage(message, isOpen) {
    if (this.isLoaded && this.size === 0 && message.id > 1)
      this.#beginAbove(message.id - 1);
    if (this.isLoaded || this.isLoading)
      this.add(message);
    if (!isOpen)
      this.trim(2 * newestCount);
  }

  onGap(gap) {
    this.gaps = [...this.gaps.slice(1 - gapsMost), { from: gap.from, to: gap.to }];
  }

  async #attempt(work) {
    if (this.isLoading)
      return;
    this.isLoading = true;
    this.error = null;
    try {
      await work();
    } catch (error) {
      this.error = error;
    } finally {
      this.isLoading = false;
    }
  }

  async #read(words) {
    const { messages } = await callPlace(this.#place, 'GET', 'messages',
      { words });
    for (const message of messages)
      this.add(message);
    return messages;
  }

  loadNewest() {
    return this.#attempt(async () => {
      const found = await this.#read({ last: newestCount });
      this.#first = found.length
        ? Math.min(...found.map((message) => message.id)) : 1;
      // Of a place entered late all is still to be fetched from the host.
      if (found.length === 0)
        this.#first = this.#place.messages + 1;
      this.isAtStart = this.#first <= 1;
      this.isLoaded = true;
    });
  }

  // Some older ones; looks further down while there is nothing.
  loadOlder() {
    if (!this.isLoaded || this.isAtStart)
      return Promise.resolve();
    return this.#attempt(async () => {
      for (;;) {
        const to = this.#first - 1;
        const from = Math.max(1, to - this.#window + 1);
        if (await this.#readWindow(from, to))
          break;
      }
    });
  }

  // True: that is enough for now.
  async #readWindow(from, to) {
    let found = await this.#read({ from, to });
    const isAway = found.length < to - from + 1
      && this.#place.role === 'guest' && this.#place.state === 'entered';
    if (isAway && this.#place.connected === false) {
      if (found.length === 0)
        throw new Problem(0, 'not_connected',
          'Older messages are with the host, who is not connected now.');
    } else if (isAway) {
      const here = found.length;
      found = await this.#read({ from, to, remote: true });
      // Neither here nor to be had: so it is further down.
      if (found.length === 0 && here === 0)
        from = 1;
    }
    this.#first = from;
    this.isAtStart = from <= 1;
    this.#window = found.length
      ? windowLeast : Math.min(windowMost, this.#window * 2);
    return found.length > 0 || this.isAtStart;
  }
}
