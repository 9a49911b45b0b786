// SPDX-License-Identifier: AGPL-3.0-or-later
import { run } from './harness.mjs';
await import('./text.mjs');
await import('./qr.mjs');
await import('./log.mjs');
await import('./transfer.mjs');
await import('./store.mjs');
await run();
