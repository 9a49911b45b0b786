// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The open place: its heading, what is and was said there, and the line to
// write on. Older messages come as one scrolls up to them.
import { objectsOf } from '../api.js';
import { Rows, fill, h, refill, safeText } from '../dom.js';
import { icon } from '../icons.js';
import { placeName, policyWord, stateWord } from '../places.js';
import { placeAddress, placeId } from '../store.js';
import { day, isFile, isTalk, valueText } from '../text.js';
import { mountComposer } from './composer.js';
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
  #topic = '';

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
    this.heading = h('header', { class: 'bar' });
    this.toEnd = h('button', { type: 'button', class: 'to-end', hidden: true,
      onclick: () => this.#scrollToEnd() }, 'Newest');
    this.composing = h('div', { class: 'composer' });
    fill(root, this.heading, this.scroller, this.toEnd, this.composing);
    this.rows = new Rows(this.list);
    this.composer = mountComposer(this.composing, store, place);
    this.#listen();
    this.#showHeading();
    this.#load();
    this.#lookAtTopic();
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
      store.on('places people route', () => this.#showHeading()),
      store.on('objects', () => this.#lookAtTopic()),
      store.on('progress', (item) => {
        const bar = this.rows.element(`out ${item.key}`)?.querySelector('progress');
        if (bar)
          bar.value = item.share;
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

  // ---------------------------------------------------------------- heading

  #showHeading() {
    const { place, store } = this;
    if (!place)
      return;
    const { label, zone } = placeName(place);
    const waiting = store.waitingAt(place).length;
    const panel = store.route.panel;
    const button = (name, word, badge) => h('a', {
      href: placeAddress(place, panel === name ? null : name),
      class: 'button plain',
      'data-act': name,
      'aria-label': badge ? `${word}, ${badge} at the door` : word, title: word,
      'aria-current': panel === name ? 'true' : null,
    }, icon(name), badge > 0 && h('span', { class: 'badge' }, badge));
    const whose = place.role === 'host' ? `yours, ${policyWord(place.policy)}`
      : zone && `of ${zone}`;
    const under = [whose,
      store.usableEgos.length > 1 && `you are ${place.ego}`, stateWord(place),
      place.outbox > 0 && `${place.outbox} waiting to be sent`].filter(Boolean).join(' · ');
    const mark = JSON.stringify([label, under, waiting, panel, this.#topic, place.state]);
    if (this.headingMark === mark)
      return;
    this.headingMark = mark;
    refill(this.heading,
      h('a', {
        href: '#/', class: 'button plain back', 'aria-label': 'Back to the places',
      }, icon('back')),
      h('div', { class: 'title' },
        h('h2', {}, h('bdi', {}, label)),
        h('p', { class: 'under' }, this.#topic
          ? h('bdi', { class: 'topic' }, safeText(this.#topic, '')) : under,
        this.#topic && stateWord(place) && ` · ${stateWord(place)}`)),
      place.state === 'entered' && h('button', {
        type: 'button', class: 'plain', 'data-act': 'invite',
        'aria-label': 'Invite', title: 'Invite',
        onclick: () => openInvite(store, this.place),
      }, icon('invite')),
      button('people', 'People', waiting), button('files', 'Files'),
      button('about', 'About this place'));
    this.composer.show();
    this.#showTop();
  }

  async #lookAtTopic() {
    try {
      const topic = (await objectsOf(this.place)).find((object) => object.name === '_topic');
      this.#topic = topic ? valueText(topic.value) : '';
      this.#showHeading();
    } catch {
      // It is an ornament: the next change asks again.
    }
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

  focusPanelButton(name) {
    this.heading.querySelector(`[data-act="${name}"]`)?.focus();
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
      mark: `${isFirst} ${reply ? Boolean(log.get(reply)) : ''} ${message.author_name}`,
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
    this.#showTop();
    if (this.#isPinned)
      this.#scrollToEnd();
  }

  #showTop() {
    const { log, place } = this;
    const note = (text) => h('p', { class: 'faint' }, text);
    if (log.error)
      fill(this.top, h('p', { class: 'error', role: 'alert' }, log.error.message, ' ',
        h('button', { type: 'button', onclick: () => this.#retry() }, 'Try again')));
    else if (log.isLoading || !log.isLoaded)
      fill(this.top, note('Reading…'));
    else if (log.isAtStart && log.messages.length === 0)
      fill(this.top, this.#empty());
    else
      fill(this.top, log.isAtStart ? note(place.role === 'guest' && log.messages[0].id > 1
        ? 'Nothing older is to be had.' : 'This is where it begins.') : '');
    // A window that is not full yet goes on by itself.
    if (!log.error && log.isLoaded && !log.isLoading && !log.isAtStart
        && this.scroller.scrollHeight <= this.scroller.clientHeight + nearEnd)
      queueMicrotask(() => this.#loadOlder());
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
