// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Hosting, entering, and inviting.
import { call, callPlace } from '../api.js';
import { egoField, field, form, openDialog } from '../dialog.js';
import { fill, h, svg } from '../dom.js';
import { tell } from '../notices.js';
import { invitationLink, invitations, parseInvitation, placeLabel, policies } from '../places.js';
import { qrPath, qrSquares } from '../qr.js';
import { placeAddress } from '../store.js';

const go = (place) => { location.hash = placeAddress(place); };

const noEgo = (close) => [
  h('p', {}, 'You have no identity yet. Others meet you under one. Make it in a terminal, '
    + 'under a name that you like; then come back here:'),
  h('p', {}, h('code', {}, 'gnunet-identity -C NAME')),
  h('footer', {}, h('button', { type: 'button', class: 'primary', onclick: close }, 'Done')),
];

// Egos may have been made a moment ago.
async function withEgos(store, open) {
  try {
    store.egos = (await call('GET', 'egos')).egos;
  } catch {
    // With those that we know.
  }
  open();
}

const policyChoice = () => h('fieldset', { class: 'choices' },
  h('legend', {}, 'Who may come in'),
  policies.map(([name, word, hint], i) => h('label', {},
    h('input', { type: 'radio', name: 'policy', value: name, checked: i === 0 }),
    h('span', {}, h('strong', {}, word), h('span', { class: 'hint' }, hint)))));

export const openHost = (store) => withEgos(store, () =>
  openDialog('Open a place', (close) => {
    if (store.usableEgos.length === 0)
      return noEgo(close);
    const ego = egoField(store);
    const name = h('input', {
      required: true, maxlength: 63, autocomplete: 'off', placeholder: 'lounge',
      spellcheck: 'false',
    });
    const publish = h('input', { type: 'checkbox', checked: true });
    const policy = policyChoice();
    return form('Open it', async () => {
      const place = await call('POST', 'places', { body: {
        ego: ego.value(),
        name: name.value.trim(),
        policy: policy.querySelector(':checked').value,
        publish: publish.checked,
      } });
      store.setPlace(place);
      go(place);
    }, close,
    field('Name', name, 'A word, as in “lounge.alice”. The place stays open while this '
      + 'computer runs.'),
    ego.element, policy,
    h('label', { class: 'check' }, publish, 'Others can find it by its name'));
  }));

export const openEnter = (store, invitation = { place: '', origin: '' }, message = '') =>
  withEgos(store, () => openDialog('Enter a place', (close) => {
    if (store.usableEgos.length === 0)
      return noEgo(close);
    const ego = egoField(store);
    const place = h('input', {
      required: true, autocomplete: 'off', spellcheck: 'false',
      placeholder: 'lounge.alice, or an invitation', value: invitation.place,
    });
    const words = h('textarea', { rows: 2, value: message });
    if (invitation.place)
      words.setAttribute('data-first', '');
    return form('Ask to enter', async () => {
      const wanted = parseInvitation(place.value);
      const origin = wanted.origin
        || (place.value === invitation.place ? invitation.origin : '');
      const body = { ego: ego.value(), place: wanted.place };
      if (words.value.trim())
        body.message = words.value.trim();
      if (origin)
        body.origin = origin;
      const entered = await call('POST', 'entries', { body });
      store.setPlace(entered);
      go(entered);
    }, close,
    field('Name or invitation', place, 'A name, a link, or a key.'), ego.element,
    field('What to say at the door', words,
      'Optional. Tell who you are: the host reads it before letting you in.'));
  }));

// ------------------------------------------------------------------- invite

const qrPicture = (text) => {
  const squares = qrSquares(text);
  const size = squares.length + 8; // with the quiet border that it must have
  return svg('svg', {
    class: 'qr', viewBox: `0 0 ${size} ${size}`, role: 'img',
    'aria-label': 'The link as a QR picture', 'shape-rendering': 'crispEdges',
  }, svg('rect', { width: size, height: size, class: 'qr-paper' }),
  svg('path', { d: qrPath(squares, 4), class: 'qr-ink' }));
};

async function copy(input) {
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    tell('Copied.');
  } catch {
    tell('Copy it with your keyboard: it is selected.');
  }
}

const copyField = (label, text, hint) => {
  const input = h('input', { readonly: true, value: text });
  const row = field(label, input, hint);
  input.after(h('button', { type: 'button', onclick: () => copy(input) }, 'Copy'));
  row.classList.add('copyable');
  return row;
};

export function openInvite(store, place) {
  const all = invitations(place, store.egos, store.status?.peer);
  openDialog(`Invite to ${placeLabel(place)}`, (close) => {
    if (all.length === 0)
      return [h('p', {}, 'Only the host can invite: nothing is known here by which others '
        + 'would find this place. Give them the name that you were given.'),
      h('footer', {}, h('button', { type: 'button', class: 'primary', onclick: close }, 'Done'))];
    const shown = h('div', { class: 'invitation' });
    const page = `${location.origin}/social/ui/`;
    const show = (invitation) => {
      const link = invitationLink(invitation, page);
      fill(shown, qrPicture(link),
        h('div', {},
          copyField('Link', link, 'Opens in the browser of somebody who runs GNUnet, too.'),
          copyField(invitation.origin ? 'Key' : 'Name', invitation.place,
            invitation.origin ? `For “gnunet-social enter”, with --origin ${invitation.origin}`
              : 'For “gnunet-social enter”.')));
    };
    show(all[0]);
    return [all.length > 1 && h('div', {
      class: 'tabs', role: 'group', 'aria-label': 'Kind of invitation',
    }, all.map((invitation, i) => h('button', {
        type: 'button', 'aria-pressed': String(i === 0),
        onclick: (event) => {
          for (const tab of event.currentTarget.parentNode.children)
            tab.setAttribute('aria-pressed', String(tab === event.currentTarget));
          show(invitation);
        },
      }, invitation.origin ? 'By key' : 'By name'))), shown];
  });
}

// A name in our zone, by which we and others call somebody.
export const openName = (store, place, nym) =>
  openDialog('Give a name', (close) => {
    const label = h('input', { required: true, maxlength: 63, autocomplete: 'off',
      spellcheck: 'false' });
    return form('Give it', async () => {
      await call('POST', 'names', {
        body: { ego: place.ego, nym: nym.key, label: label.value.trim() },
      });
      store.tell('people');
      tell('Named. The name shows on what comes from now on.');
    }, close, field('Name', label, 'It is put into your zone in GNS.'));
  });

// The place under one more name.
export const openPublish = (place) =>
  openDialog('Publish under another name', (close) => {
    const name = h('input', { required: true, maxlength: 63, autocomplete: 'off',
      spellcheck: 'false' });
    return form('Publish', async () => {
      const told = await callPlace(place, 'POST', 'publication', {
        body: { name: name.value.trim() },
      });
      tell(`Published as ${told.name}.`);
    }, close, field('Name', name, `A word, put into the zone of ${place.ego} for a day.`));
  });
