// The HTML report in a real browser: nothing is asked of the network, no text lies on other text or leaves its place, in
// light and dark, on paper, with and without scripts, from the width of a phone up.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportHtml } from '../../src/core/report-html/report.ts';
import { reports } from '../core/report-html/support/reports.ts';
import { groundColor, poorContrasts } from '../in-page/contrast.ts';
import { misplacedTexts } from '../in-page/misplaced.ts';
import { describeInBrowser } from '../support/browser.ts';

const widths = [360, 700, 1280] as const;

describeInBrowser('the report in a browser', (open) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await open();
  }, 120_000);
  afterAll(() => browser?.close());

  /** Shows a report and looks at it; what the browser complains of, or asks the network for, fails the test. */
  async function look(
    name: string,
    options: BrowserContextOptions,
    at: (page: Page) => Promise<void>,
  ): Promise<void> {
    const report = reports[name];
    if (!report) throw new RangeError(name);
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('request', (request) => complaints.push(`asks for ${request.url()}`));
    try {
      await page.setContent(reportHtml(report));
      await at(page);
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  }

  test.each(Object.keys(reports).flatMap((name) => widths.map((width) => [name, width] as const)))(
    'all text of the report `%s` has its place at %i pixels',
    async (name, width) => {
      await look(name, { viewport: { width, height: 800 } }, async (page) => {
        expect(await page.evaluate(misplacedTexts)).toEqual([]);
        for (const unfolds of await page.locator('summary:visible').all()) await unfolds.click();
        expect(await page.evaluate(misplacedTexts)).toEqual([]);
      });
    },
  );

  test('names of a policy are nothing but text', async () => {
    await look('hostile', {}, async (page) => {
      expect(await page.title()).toMatch(/^Connections held against <\/title>/);
      expect(await page.locator('img, [onmouseover]').count()).toBe(0);
      expect(await page.locator('script').count()).toBe(1);
    });
  });

  test('a click on a head sorts all rows of a table, and those to see stay as many', async () => {
    await look('a thousand talkers', {}, async (page) => {
      const services = page.getByRole('table', { name: 'Services by connections' });
      const first = services.locator('tbody tr').first();
      expect(await first.textContent()).toContain('tcp 12,500');
      await services.getByRole('button', { name: 'connections' }).click();
      await services.getByRole('button', { name: 'connections' }).click();
      expect(await first.textContent()).toContain('tcp 602,323');
      expect(await services.locator('tbody tr:visible').count()).toBe(15);
    });
  });

  test('without scripts all is there', async () => {
    await look('ordinary', { javaScriptEnabled: false }, async (page) => {
      await expect
        .poll(() => page.getByRole('heading', { level: 2 }).allTextContents())
        .toEqual([
          'What does not fit',
          'Flows',
          'Rules',
          'States and timeouts',
          'Hosts and services',
          'Ports of translated addresses',
          'About this report',
        ]);
      const misfits = page.getByRole('table', { name: 'Connections that do not fit' });
      expect(await misfits.locator('tbody tr:visible').count()).toBe(15);
      await page.getByText('all 40 rows').click();
      expect(await misfits.locator('tbody tr:visible').count()).toBe(40);
    });
  });

  test('readers of screens find pictures with names, and tables also where rows are laid out as blocks', async () => {
    await look('ordinary', { viewport: { width: 360, height: 800 } }, async (page) => {
      expect(await page.getByRole('img', { name: /^Flows of 11,810 connections/ }).count()).toBe(1);
      expect(await page.getByRole('img', { name: /time that is left: 0s to 10s 42,/ }).count()).toBe(1);
      const rules = page.getByRole('table', { name: 'Rules by connections' });
      expect(await rules.getByRole('row').count()).toBe(7);
      expect(await rules.getByRole('columnheader', { name: 'connections' }).count()).toBe(1);
    });
  });

  test.each(['light', 'dark'] as const)(
    'every text stands out from its ground in %s',
    async (colorScheme) => {
      await look('ordinary', { colorScheme }, async (page) => {
        const poor = await page.evaluate(poorContrasts);
        expect(poor).toEqual([]);
        expect(await page.evaluate(groundColor)).toBe(
          colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(18, 24, 31)',
        );
      });
    },
  );

  test('on paper every row is there, in dark on light', async () => {
    await look('ordinary', { colorScheme: 'dark' }, async (page) => {
      expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
      await page.emulateMedia({ media: 'print' });
      const rows = page.locator('tbody tr');
      expect(await page.locator('tbody tr:visible').count()).toBe(await rows.count());
      expect(await page.evaluate(groundColor)).toBe('rgb(255, 255, 255)');
    });
  });
});
