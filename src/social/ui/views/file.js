// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A file in the talk or in the list: name, size, a preview of pictures, the
// download with its progress. What is offered is asked for by the download.
import { fill, h } from '../dom.js';
import { icon } from '../icons.js';
import { tellError } from '../notices.js';
import { placeId } from '../store.js';
import { isOffer, sizeText, valueText, visibleLine } from '../text.js';
import { download, save } from '../transfer.js';

// Pictures that a browser draws without running anything.
const pictureTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
const previewBytesMax = 4 * 1024 * 1024;
const previewsKept = 32;

const previews = new Map(); // place and id: the picture's address, newest last

// A last path segment without what misleads people or file systems.
const safeName = (name, id) => {
  const last = visibleLine(name.split(/[/\\]/).pop())
    .replace(/[\\/:*?"<>|]/g, '_').replace(/^\.+/, '').trim();
  return last.slice(0, 200) || `file-${id}`;
};

export function fileOfMessage(message) {
  const { vars } = message;
  const size = Number(valueText(vars._size_file));
  return {
    id: message.id,
    name: safeName(valueText(vars._name_file), message.id),
    size: Number.isSafeInteger(size) && size >= 0 ? size : message.size ?? 0,
    type: valueText(vars._type_file).toLowerCase(),
    hash: valueText(vars._hash_file),
    description: valueText(vars._description_file),
    state: isOffer(message) ? 'offered' : 'said',
  };
}

export const fileOfList = (file) => ({
  id: file.id,
  name: safeName(valueText(file.name), file.id),
  size: file.size,
  type: valueText(file.content_type).toLowerCase(),
  hash: valueText(file.hash),
  description: valueText(file.description),
  state: file.state,
});

async function previewAddress(place, file) {
  const key = `${placeId(place)}/${file.id}`;
  if (!previews.has(key)) {
    const blob = await download(place, file.id, { size: file.size, hash: file.hash });
    previews.set(key, URL.createObjectURL(blob.slice(0, blob.size, file.type)));
    for (const [old, url] of previews) {
      if (previews.size <= previewsKept)
        break;
      URL.revokeObjectURL(url);
      previews.delete(old);
    }
  }
  return previews.get(key);
}

// The picture is fetched when it comes into sight.
function preview(place, file) {
  const frame = h('div', { class: 'preview' });
  const watch = new IntersectionObserver(async (entries) => {
    if (!entries.some((entry) => entry.isIntersecting))
      return;
    watch.disconnect();
    try {
      const url = await previewAddress(place, file);
      const picture = h('img', { src: url, alt: `Picture: ${file.name}` });
      picture.addEventListener('error', () => frame.remove());
      fill(frame, picture);
    } catch {
      frame.remove(); // the download says why when it is asked for
    }
  });
  watch.observe(frame);
  return frame;
}

function downloadButton(place, file) {
  const bar = h('progress', {
    max: 1, value: 0, hidden: true, 'aria-label': `Downloading ${file.name}`,
  });
  let abort = null;
  const button = h('button', { type: 'button', class: 'plain' });
  const show = (isRunning) => {
    bar.hidden = !isRunning;
    const words = isRunning ? `Stop downloading ${file.name}` : `Download ${file.name}`;
    button.setAttribute('aria-label', words);
    button.title = words;
    fill(button, icon(isRunning ? 'close' : 'download'));
  };
  button.addEventListener('click', async () => {
    if (abort)
      return abort.abort();
    abort = new AbortController();
    bar.value = 0;
    show(true);
    try {
      save(await download(place, file.id, {
        size: file.size,
        hash: file.hash,
        signal: abort.signal,
        onProgress: (share) => { bar.value = share; },
      }), file.name);
    } catch (error) {
      tellError(error);
    }
    abort = null;
    show(false);
    return undefined;
  });
  show(false);
  return [button, bar];
}

// How much of it is here, while it arrives; `message` is what came last of it.
export function showArrival(row, message) {
  const line = row.querySelector('.arrival');
  if (!line)
    return;
  const { size } = fileOfMessage(message);
  line.hidden = message.received === undefined;
  if (!line.hidden)
    line.textContent = size
      ? `arriving: ${Math.min(99, Math.floor(100 * message.received / size))} %`
      : `arriving: ${sizeText(message.received)}`;
}

const stateWords = {
  said: null,
  offered: ', sent when you download it',
  failed: ', was not to be had',
};

export function fileCard(place, file) {
  const isPicture = file.state === 'said' && pictureTypes.has(file.type) && file.size > 0
    && file.size <= previewBytesMax;
  const [button, bar] = downloadButton(place, file);
  return h('div', { class: 'file' },
    isPicture && preview(place, file),
    h('div', { class: 'file-line' }, icon('file'),
      h('div', { class: 'file-names' },
        h('bdi', { class: 'file-name' }, file.name),
        h('span', { class: 'faint' }, sizeText(file.size), stateWords[file.state]),
        h('span', { class: 'faint arrival', hidden: true })), button),
    bar,
    file.description && h('p', { class: 'text', dir: 'auto' }, visibleLine(file.description)));
}
