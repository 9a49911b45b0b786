// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The open place: what is and was said there, under its heading and above the
// line to write on. Older messages come as one scrolls up to them.
import { Rows, fill, h } from '../dom.js';
import { icon } from '../icons.js';
import { placeId } from '../store.js';
import { day, isFile, isTalk, valueText } from '../text.js';
import { mountComposer } from './composer.js';
import { fileOfMessage, showArrival } from './file.js';
import { Heading } from './heading.js';
import { openEnter, openInvite } from './meet.js';
import { messageRow, noticeRow, outgoingRow, replyOf } from './message.js';

const nearEnd = 80;                  // pixels: one reads the newest
const keptOpen = 1000;               // messages, while one reads the newest
const keptClosed = 200;
const hushMs = 1500;
const togetherMs = 5 * 60 * 1000;    // one person's messages stand together

const dayRow = (key, time) => ({
  key: `day ${key}`, mark: '',
  make: () => h('li', { class: 'day' }, h('span', {}, day(time))),
});
const unreadRow = () => ({
  key: 'unread', mark: '', make: () => h('li', { class: 'unread' }, h('span', {}, 'New')),
});
const gapRow = (gap) => ({
  key: `gap ${gap.from}`, mark: String(gap.to),
  make: () => h('li', { class: 'notice-row' }, gap.to === gap.from
    ? 'A message is missing here: nobody could supply it.'
    : `${gap.to - gap.from + 1} messages are missing here: nobody could supply them.`),
});

export class Talk {
  #stops = [];
  #isPinned = true;
  #lastTop = 0;

  constructor(root, store, place) {
    this.root = root;
    this.store = store;
    this.id = placeId(place);
    this.shown = place;
    this.list = h('ol', { class: 'messages', role: 'list' });
    this.spoken = h('div', { class: 'spoken', role: 'log', 'aria-label': 'Messages' }, this.list);
    this.top = h('div', { class: 'top' });
    this.scroller = h('div', {
      class: 'scroller', tabindex: 0, role: 'region', 'aria-label': 'Conversation',
    }, this.top, this.spoken);
    const bar = h('header', { class: 'bar' });
    this.toEnd = h('button', { type: 'button', class: 'to-end', hidden: true,
      onclick: () => this.#scrollToEnd() }, 'Newest');
    this.composing = h('div', { class: 'composer' });
    fill(root, bar, this.scroller, this.toEnd, this.composing);
    this.rows = new Rows(this.list);
    this.heading = new Heading(bar, store, place);
    this.composer = mountComposer(this.composing, store, place);
    this.#listen();
    this.#load();
  }

  get place() {
    return this.store.places.get(this.id);
  }

  get log() {
    return this.store.log(this.place);
  }

  #listen() {
    const { store, scroller } = this;
    this.#stops.push(
      store.on('talk', () => this.#onTalk()),
      store.on('places', () => {
        this.composer.show();
        this.#showTop();
      }),
      store.on('progress', (item) => {
        const bar = this.rows.element(`out ${item.key}`)?.querySelector('progress');
        if (bar)
          bar.value = item.share;
      }),
      store.on('arrival', (event) => {
        const row = event.place === this.place?.key && this.rows.element(event.id);
        if (row)
          showArrival(row, event);
      }));
    scroller.addEventListener('scroll', () => this.#onScroll(), { passive: true });
    const onSight = () => this.#markRead();
    document.addEventListener('visibilitychange', onSight);
    this.#stops.push(() => document.removeEventListener('visibilitychange', onSight));
    const sizes = new ResizeObserver(() => this.#isPinned && this.#scrollToEnd());
    sizes.observe(this.list);
    sizes.observe(scroller);
    this.#stops.push(() => sizes.disconnect());
    this.root.ondragover = (event) => event.preventDefault();
    this.root.ondrop = (event) => {
      event.preventDefault();
      if (this.place.state === 'entered')
        this.composer.sendFiles(event.dataTransfer.files);
    };
  }

  close() {
    this.store.log(this.shown).trim(keptClosed);
    this.heading.close();
    this.#stops.forEach((stop) => stop());
    this.root.ondragover = null;
    this.root.ondrop = null;
  }

  focus() {
    if (this.place.state === 'entered' && matchMedia('(hover: hover)').matches)
      this.composer.focus();
    else
      this.root.focus();
  }

  // --------------------------------------------------------------- messages

  async #load() {
    const { log } = this;
    this.#hush();
    this.#show();
    if (!log.isLoaded)
      await log.loadNewest();
    this.#isPinned = true;
    this.#hush();
    this.#show();
    const unread = this.store.unreadFrom && this.rows.element('unread');
    if (unread && this.list.offsetHeight > this.scroller.clientHeight) {
      unread.scrollIntoView({ block: 'center' });
      this.#onScroll();
    }
    this.#markRead();
  }

  #onTalk() {
    if (!this.place)
      return;
    if (!this.log.isLoaded && !this.log.isLoading)
      this.#load();
    else {
      if (this.#isPinned && this.log.size > keptOpen)
        this.log.trim(keptOpen / 2);
      this.#show();
    }
    this.#markRead();
  }

  async #loadOlder() {
    const { log, scroller } = this;
    if (log.isLoading || log.isAtStart || !log.isLoaded || log.error)
      return;
    this.#hush();
    const loading = log.loadOlder();
    this.#showTop();
    await loading;
    // What was in sight stays there.
    const fromEnd = scroller.scrollHeight - scroller.scrollTop;
    this.#show();
    if (!this.#isPinned)
      scroller.scrollTop = scroller.scrollHeight - fromEnd;
    this.#hush();
  }

  // What is read from the history is no news: screen readers say what comes then.
  #hush() {
    this.spoken.setAttribute('aria-live', 'off');
    clearTimeout(this.hushed);
    this.hushed = setTimeout(() => this.spoken.setAttribute('aria-live', 'polite'), hushMs);
  }

  #items() {
    const { log, store, place } = this;
    const out = [];
    let before = null;
    let lastDay = '';
    const gaps = [...log.gaps].sort((a, b) => a.from - b.from);
    let hasUnread = false;
    for (const message of log.messages) {
      while (gaps.length && gaps[0].to < message.id)
        out.push(gapRow(gaps.shift()));
      const date = new Date(message.time).toDateString();
      if (date !== lastDay) {
        out.push(dayRow(date, message.time));
        before = null;
      }
      lastDay = date;
      if (store.unreadFrom && !hasUnread && message.id >= store.unreadFrom) {
        hasUnread = true;
        out.push(unreadRow());
        before = null;
      }
      out.push(this.#item(message, before));
      before = isTalk(message) || isFile(message) ? message : null;
    }
    gaps.forEach((gap) => out.push(gapRow(gap)));
    for (const item of store.sending(place))
      if (!item.id || !log.get(item.id))
        out.push({ key: `out ${item.key}`, mark: `${item.state} ${item.error?.message ?? ''}`,
          make: () => outgoingRow({ store, place, item }) });
    return out;
  }

  #item(message, before) {
    const { log, place } = this;
    if (!isTalk(message) && !isFile(message))
      return { key: message.id, mark: '', make: () => noticeRow(message) };
    const isFirst = before === null || before.author !== message.author
      || new Date(message.time) - new Date(before.time) > togetherMs;
    const reply = replyOf(message);
    return {
      key: message.id,
      mark: `${isFirst} ${reply ? Boolean(log.get(reply)) : ''} ${message.author_name} ${isFile(message) ? fileOfMessage(message).size : ''}`,
      make: () => messageRow({
        place, log, message, isFirst,
        onReply: (to) => this.composer.setReply(to.id),
        onJump: (id) => this.#jump(id),
      }),
    };
  }

  #show() {
    if (!this.place)
      return;
    this.rows.show(this.#items());
    for (const message of this.log.messages)
      if (message.received !== undefined)
        showArrival(this.rows.element(message.id), message);
    this.#showTop();
    if (this.#isPinned)
      this.#scrollToEnd();
  }

  #showTop() {
    const { log, place } = this;
    if (!place)
      return;
    const [mark, make] = this.#topOf(log, place);
    if (mark !== this.topMark)
      fill(this.top, make());
    this.topMark = mark;
    // A window that is not full yet goes on by itself.
    if (!log.error && log.isLoaded && !log.isLoading && !log.isAtStart
        && this.scroller.scrollHeight <= this.scroller.clientHeight + nearEnd)
      queueMicrotask(() => this.#loadOlder());
  }

  // What stands above the messages, and a mark that tells whether it does.
  #topOf(log, place) {
    const note = (text) => [text, () => h('p', { class: 'faint' }, text)];
    if (log.error)
      return [`error ${log.error.message}`, () => h('p', { class: 'error', role: 'alert' },
        log.error.message, ' ',
        h('button', { type: 'button', onclick: () => this.#retry() }, 'Try again'))];
    if (log.isLoading || !log.isLoaded)
      return note('Reading…');
    if (!log.isAtStart)
      return note('');
    if (log.size === 0)
      return [`empty ${place.state}`, () => this.#empty()];
    return note(place.role === 'guest' && log.messages[0].id > 1
      ? 'Nothing older is to be had.' : 'This is where it begins.');
  }

  #empty() {
    const { place, store } = this;
    if (place.state === 'pending')
      return h('div', { class: 'empty' }, icon('door'), h('h3', {}, 'You are at the door'),
        h('p', {}, 'The host was asked to let you in. You may close this page meanwhile.'));
    if (place.state === 'refused')
      return h('div', { class: 'empty' }, icon('door'), h('h3', {}, 'The door stayed closed'),
        h('button', {
          type: 'button', class: 'primary',
          onclick: () => openEnter(store, {
            place: valueText(place.name) || place.key, origin: '',
          }),
        }, 'Ask again'));
    if (place.role === 'host')
      return h('div', { class: 'empty' }, icon('talk'), h('h3', {}, 'Your place is open'),
        h('p', {}, 'Nobody has said anything yet. Invite somebody, or write the first words.'),
        h('button', {
          type: 'button', class: 'primary', onclick: () => openInvite(store, place),
        }, 'Invite'));
    return h('div', { class: 'empty' }, icon('talk'), h('h3', {}, 'You are in'),
      h('p', {}, 'Nothing was said since. Write the first words.'));
  }

  #retry() {
    this.log.error = null;
    if (this.log.isLoaded)
      this.#loadOlder();
    else
      this.#load();
  }

  // -------------------------------------------------------------- scrolling

  #onScroll() {
    const { scroller } = this;
    const left = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    // What grows below, as pictures do when they are there, is no scrolling up.
    if (left < nearEnd)
      this.#isPinned = true;
    else if (scroller.scrollTop < this.#lastTop)
      this.#isPinned = false;
    this.#lastTop = scroller.scrollTop;
    this.toEnd.hidden = left < scroller.clientHeight;
    if (scroller.scrollTop < 300)
      this.#loadOlder();
    this.#markRead();
  }

  #scrollToEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#lastTop = this.scroller.scrollTop;
    this.#isPinned = true;
    this.toEnd.hidden = true;
  }

  #markRead() {
    if (this.#isPinned && document.visibilityState === 'visible'
        && this.place && this.log.isLoaded)
      this.store.markRead(this.place);
  }

  #jump(id) {
    const row = this.rows.element(id);
    if (!row)
      return;
    this.#isPinned = false;
    row.scrollIntoView({ block: 'center' });
    row.focus();
  }
}
