import type { Browser, Page } from 'playwright-core';
import { TEST_PASSWORD } from '../server/testing/factories.ts';

const VIEWPORT = { width: 1440, height: 900 };
const PATIENCE_MS = 20_000;

/** A page of somebody who was never here before. */
export async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

export async function signIn(page: Page, email: string, password = TEST_PASSWORD): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
