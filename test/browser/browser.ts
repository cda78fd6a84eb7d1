import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Where a person can look at what the tests saw; not in the repository. */
const PICTURES = resolve('.cache/screens');

/** Leads to this machine. */
export const FOREIGN_NAME = 'aurora.test';

/**
 * Debian's; another one by AURORA_CHROMIUM. It talks to nobody but the page.
 * @param names how it finds machines by name; default: one that is not this machine's, because plain HTTP from there has
 * none of what browsers keep for safe origins.
 */
export const openBrowser = (names = `MAP ${FOREIGN_NAME} 127.0.0.1`): Promise<Browser> =>
  chromium.launch({
    // The path of a socket that it makes there may have 108 bytes; it cleans up behind itself.
    env: { ...process.env, TMPDIR: '/tmp' },
    executablePath: process.env.AURORA_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      `--host-resolver-rules=${names}`,
    ],
  });

/** What went wrong inside a page: errors of scripts, and what the page's policy refused. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => void complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return complaints;
}

export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}
