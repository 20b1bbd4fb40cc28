import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const SYSTEM_BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The system's Chromium, `CHROMIUM_PATH` before all, else playwright's download; null when there is none. */
export function findChromium(): string | null {
  const candidates = [process.env.CHROMIUM_PATH, ...SYSTEM_BROWSERS, chromium.executablePath()];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}

/**
 * For `describe.skipIf`: true on a machine without Chromium, after saying so. With `CI=true` tests run and fail
 * there, so that a pipeline never passes for want of a browser.
 */
export function skipWithoutChromium(): boolean {
  if (findChromium()) return false;
  process.stderr.write(
    '\n*** BROWSER TESTS SKIPPED: no Chromium found. Install it or set CHROMIUM_PATH; see CONTRIBUTING.md. ***\n\n',
  );
  return process.env.CI !== 'true';
}

/** Starts Chromium without a window and with an empty profile. The caller closes it. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('no Chromium found: install it or set CHROMIUM_PATH');
  return chromium.launch({ executablePath, args: FLAGS });
}
