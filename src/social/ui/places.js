// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How places are called, what their states mean for people, and invitations
// to them. Pure.
import { shortKey, valueText, visibleLine } from './text.js';

const isKey = (text) => /^[0-9A-Z]{48,60}$/.test(text);

// "lounge.000G…" is {label: 'lounge', zone: '000G006RXC4S…'}.
export function placeName(place) {
  const name = valueText(place.name);
  if (!name)
    return { label: shortKey(place.key), zone: '' };
  const dot = name.indexOf('.');
  const zone = dot < 0 ? '' : name.slice(dot + 1);
  return {
    label: visibleLine(dot < 0 ? name : name.slice(0, dot)) || shortKey(place.key),
    zone: isKey(zone) ? shortKey(zone) : visibleLine(zone),
  };
}

export const placeLabel = (place) => placeName(place).label;

// Why nothing can be said there, or ''.
export function silence(place) {
  switch (place.state) {
  case 'pending':
    return 'You are waiting at the door. You can write as soon as somebody lets you in.';
  case 'refused':
    return 'You were not let in. You may ask again, with a few words about yourself.';
  case 'ejected':
    return 'You were asked to leave. What you had read stays here.';
  case 'closed':
    return 'This place is closed. What was said stays here.';
  case 'archived':
    return 'You have left. What was said while you were here stays here.';
  default:
    return place.behind
      ? 'This is an older copy: guests have newer messages. “gnunet-social adopt” goes on '
        + 'behind theirs.'
      : '';
  }
}

// In a word or two, beside the name; '' when all is as it should be.
export function stateWord(place) {
  if (place.state === 'entered')
    return place.connected ? '' : 'not connected';
  return { pending: 'at the door', archived: 'left' }[place.state] ?? place.state;
}

export const policies = [
  ['private', 'Private', 'You let people in. They read from then on.'],
  ['closed', 'Closed', 'You let people in. They can read all that was said before.'],
  ['open', 'Open', 'Everybody may enter. They read from then on.'],
  ['anonymous', 'Public', 'Everybody may enter and read all of it.'],
];

export const policyWord = (policy) =>
  policies.find(([name]) => name === policy)?.[1].toLowerCase() ?? policy;

// --------------------------------------------------------------- invitations

// By what others can find the place: a name with our zone's key in it, which
// means the same everywhere, or its own key with its host's peer.
export function invitations(place, egos, peer) {
  const name = valueText(place.name);
  const label = name.split('.')[0];
  const zone = egos.find((ego) => ego.name === place.ego)?.key;
  const out = [];
  if (place.role === 'host' && label && zone)
    out.push({ place: `${label}.${zone}` });
  else if (isKey(name.slice(name.indexOf('.') + 1)))
    out.push({ place: name });
  if (place.role === 'host')
    out.push({ place: place.key, origin: peer });
  return out;
}

export function invitationLink({ place, origin }, page) {
  const words = new URLSearchParams({ enter: place });
  if (origin)
    words.set('origin', origin);
  return `${page}#${words}`;
}

// What somebody pasted: a link as above, a name, or a key.
export function parseInvitation(text) {
  const hash = text.indexOf('#');
  const words = new URLSearchParams(hash < 0 ? '' : text.slice(hash + 1));
  const place = words.get('enter');
  return place ? { place, origin: words.get('origin') ?? '' }
    : { place: text.trim(), origin: '' };
}
