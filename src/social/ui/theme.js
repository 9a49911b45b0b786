// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Light, dark, or as the system has it.
const item = 'social.theme';
const themes = ['auto', 'light', 'dark'];
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

export function theme() {
  try {
    const kept = localStorage.getItem(item);
    return themes.includes(kept) ? kept : 'auto';
  } catch {
    return 'auto';
  }
}

export const showTheme = (name = theme()) => {
  const system = systemIsDark.matches ? 'dark' : 'light';
  document.documentElement.dataset.theme = name === 'auto' ? system : name;
};
systemIsDark.addEventListener('change', () => showTheme());

export function nextTheme() {
  const name = themes[(themes.indexOf(theme()) + 1) % themes.length];
  try {
    localStorage.setItem(item, name);
  } catch {
    // It holds for this page then.
  }
  showTheme(name);
  return name;
}
