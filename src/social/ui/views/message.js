// SPDX-License-Identifier: AGPL-3.0-or-later
//
// One message as a row of the talk. All that others wrote goes through
// safeText: nothing of it can become markup or turn the page around.
import { fetchRaw, ofPlace } from '../api.js';
import { fill, h, safeText } from '../dom.js';
import { icon } from '../icons.js';
import { tellError } from '../notices.js';
import { save } from '../transfer.js';
import {
  clock, hueOf, initial, isFile, moment, nameText, sizeText, valueText, visibleLine,
} from '../text.js';
import { fileCard, fileOfMessage } from './file.js';

// More is shown when asked for.
const foldedAt = 1000; // characters
const foldedLines = 24;
const ownVars = new Set(['_id_reply', '_id_thread', '_time_sent', '_hash_state',
  '_size_file', '_type_file', '_name_file', '_hash_file', '_description_file',
  '_key_offer', '_id_file']);
const isLasting = (name) => '=+-@'.includes(name[0]);

// -------------------------------------------------------------------- bodies

function foldable(text) {
  const body = h('p', { class: 'text', dir: 'auto' });
  const start = text.split('\n', foldedLines).join('\n').slice(0, foldedAt);
  if (start.length === text.length)
    return fill(body, safeText(text));
  fill(body, safeText(start), '…');
  const more = h('button', {
    type: 'button', class: 'link',
    onclick: () => {
      fill(body, safeText(text));
      more.remove();
    },
  }, `Show all ${text.length.toLocaleString()} characters`);
  return [body, more];
}

// What is not in the message itself is fetched, and saved as it is.
function saveBody(place, message, size) {
  const saveIt = async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    try {
      const to = ofPlace(place, `messages/${message.id}/body`,
        place.role === 'guest' ? { remote: true } : {});
      const answer = await fetchRaw('GET', to.path, { words: to.words });
      save(await answer.blob(), `message-${message.id}`);
    } catch (error) {
      tellError(error);
    }
    button.disabled = false;
  };
  return h('button', { type: 'button', class: 'link', onclick: saveIt },
    `Save all of it (${sizeText(size)})`);
}

function bodyOf(place, message) {
  if (message.text === undefined) {
    const size = message.size ?? Math.floor(message.data.length * 3 / 4);
    return [h('p', { class: 'text faint' }, 'Data that is no text.'),
      saveBody(place, message, size)];
  }
  return [foldable(message.text),
    message.truncated && saveBody(place, message, message.size)];
}

function variables(message) {
  const others = Object.entries(message.vars)
    .filter(([name]) => !ownVars.has(name) && !isLasting(name));
  if (others.length === 0)
    return null;
  return h('details', { class: 'vars' },
    h('summary', {}, others.length === 1 ? '1 variable' : `${others.length} variables`),
    h('dl', {}, others.map(([name, value]) => [
      h('dt', {}, visibleLine(name)),
      h('dd', { dir: 'auto' }, safeText(valueText(value), '')),
    ])));
}

// ------------------------------------------------------------------ replies

const snippet = (message) => isFile(message)
  ? visibleLine(fileOfMessage(message).name)
  : visibleLine((message.text ?? 'data').slice(0, 120));

export const replyOf = (message) => {
  const id = Number(valueText(message.vars._id_reply));
  return Number.isSafeInteger(id) && id > 0 ? id : null;
};

export function quote(log, id, onJump) {
  const to = log.get(id);
  const inner = to
    ? [h('strong', {}, to.mine ? 'you' : nameText(to.author_name, to.author)), ' ',
      h('bdi', {}, snippet(to))]
    : [`message ${id}`];
  return to && onJump
    ? h('button', { type: 'button', class: 'quote', onclick: () => onJump(id) },
      h('span', { class: 'unseen' }, 'In reply to '), inner)
    : h('p', { class: 'quote' }, 'in reply to ', inner);
}

// --------------------------------------------------------------------- rows

const said = {
  _notice_place_closing: 'closed the place',
  _notice_place_enter: 'came in',
  _notice_place_leave: 'left',
  _request_place_file: 'asked for a file',
  _status_place_file: 'sent a file that was asked for',
  _failure_place_file: 'could not send a file that was asked for',
};

function noticeText(message) {
  const changes = Object.entries(message.vars).filter(([name]) => isLasting(name));
  const topic = changes.find(([name]) => name === '=_topic');
  if (topic)
    return topic[1] === '' ? ['took the topic away']
      : ['set the topic: ', h('bdi', {}, safeText(valueText(topic[1]), ''))];
  if (changes.length)
    return [`changed ${changes.map(([name]) => visibleLine(name.slice(1))).join(', ')}`];
  const text = message.text && [': ', h('bdi', {}, safeText(message.text.slice(0, 400), ''))];
  return [said[message.method] ?? visibleLine(message.method), text];
}

export const noticeRow = (message) => h('li', {
  class: 'notice-row', 'data-id': message.id,
}, h('strong', {}, message.mine ? 'You' : nameText(message.author_name, message.author)),
' ', noticeText(message), ' ',
h('time', { datetime: message.time, title: moment(message.time) }, clock(message.time)));

// `isFirst`: the first of several that the same person said in a row.
export function messageRow({ place, log, message, isFirst, onReply, onJump }) {
  const name = nameText(message.author_name, message.author);
  const reply = replyOf(message);
  const time = h('time', { datetime: message.time, title: moment(message.time) },
    clock(message.time));
  return h('li', {
    class: `message${message.mine ? ' mine' : ''}${isFirst ? ' first' : ''}`,
    'data-id': message.id, tabindex: -1,
  },
  h('span', { class: `face hue-${hueOf(message.author)}`, 'aria-hidden': 'true' },
    isFirst ? initial(message.author_name, message.author) : ''),
  h('div', { class: 'bubble' },
    h('p', { class: `who${isFirst ? '' : ' unseen'}` },
      h('bdi', { title: message.author ?? '' }, message.mine ? `${name} (you)` : name), ' ', time),
    reply && quote(log, reply, onJump),
    isFile(message) ? fileCard(place, fileOfMessage(message)) : bodyOf(place, message),
    variables(message)),
  h('div', { class: 'acts' },
    onReply && h('button', {
      type: 'button', class: 'plain', 'aria-label': `Reply to ${name}`, title: 'Reply',
      onclick: () => onReply(message),
    }, icon('reply'))));
}

const stateWords = {
  sending: 'sending…', queued: 'kept here until the host is there',
  sent: 'on its way to the host', stored: 'said', accepted: 'said',
};

// What is on its way, or did not get there.
export function outgoingRow({ store, place, item }) {
  const isFailed = item.state === 'failed';
  const bar = item.file && item.state === 'sending' && h('progress', {
    max: 1, value: item.share, 'aria-label': `Sending ${visibleLine(item.file.name)}`,
  });
  return h('li', { class: `message mine outgoing${isFailed ? ' is-failed' : ''}` },
    h('span', { class: 'face', 'aria-hidden': 'true' }),
    h('div', { class: 'bubble' },
      item.file
        ? h('p', { class: 'text' }, visibleLine(item.file.name), ` (${sizeText(item.file.size)})`)
        : h('p', { class: 'text', dir: 'auto' }, safeText(item.text)),
      bar,
      h('p', { class: 'state' }, isFailed ? `Not sent. ${item.error.message}`
        : stateWords[item.state] ?? item.state),
      isFailed && h('p', { class: 'buttons' },
        h('button', { type: 'button', onclick: () => store.send(place, item) }, 'Try again'),
        h('button', { type: 'button', onclick: () => store.discard(place, item) }, 'Discard')),
      bar && h('p', { class: 'buttons' },
        h('button', { type: 'button', onclick: () => store.discard(place, item) }, 'Cancel'))));
}
