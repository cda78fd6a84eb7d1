/** What an operator comes for, from the first page, in few clicks or keys. */
import type { Locator, Page } from 'playwright-core';
import { assert, suite } from '../harness/index.ts';
import { JOB, wireConfig } from '../scheduler/builders.ts';
import { picture } from './browser.ts';
import { LIMIT_MS, openSite, type Site } from './site.ts';

const test = suite('a walk through the page');
const MOST = { clicks: 4, keys: 6 };

let site: Site;

const config = (priority: number) =>
  wireConfig({ priority, resources: [{ numCpus: 0.1 }, { ramMb: 128 }, { diskMb: 64 }] });

async function update(
  priority: number,
  message: string,
  minWaitInInstanceRunningMs: number,
): Promise<string> {
  const started = await site.scheduler.call('startJobUpdate', {
    request: {
      taskConfig: config(priority),
      instanceCount: 2,
      settings: { updateGroupSize: 2, minWaitInInstanceRunningMs },
    },
    message,
  });
  assert.is(started.responseCode, 'OK', JSON.stringify(started.details));
  return started.result?.startJobUpdateResult?.key?.id ?? '';
}

test.before(async () => {
  site = await openSite([], ({ name }) =>
    name.includes('crashing') ? { state: 'TASK_FAILED', afterMs: 1, message: 'exit 3' } : undefined,
  );
  site.observer.content = Buffer.from('starting\nbind: address already in use\n');
  await site.create('hello', 2, 0.1);
  await site.create('hungry', 2, 10_000);
  await site.create('crashing', 1, 0.1);
  await site.untilRunning(2);
  const first = await update(1, 'more room', 0);
  const state = async () => {
    const found = await site.scheduler.call('getJobUpdateSummaries', {
      jobUpdateQuery: { key: { job: JOB, id: first } },
    });
    return found.result?.getJobUpdateSummariesResult?.updateSummaries?.[0]?.state?.status;
  };
  while ((await state()) !== 'ROLLED_FORWARD') await new Promise((next) => setTimeout(next, 50));
  await update(2, 'raise priority', 600_000);
  while ((await site.scheduler.tasks('FAILED')).length === 0)
    await new Promise((next) => setTimeout(next, 50));
}, LIMIT_MS);
test.after(() => site?.stop());

/** A reader whose clicks and keys are counted. */
async function reader(): Promise<{
  readonly page: Page;
  readonly main: Locator;
  click(at: Locator): Promise<void>;
  press(...keys: string[]): Promise<void>;
  done(): Promise<void>;
}> {
  const page = await site.opened();
  let [clicks, keys] = [0, 0];
  await site.shown(page, '/', 'Roles');
  return {
    page,
    main: page.locator('main'),
    async click(at) {
      clicks++;
      await at.click();
    },
    async press(...names) {
      for (const name of names) {
        keys++;
        await page.keyboard.press(name);
      }
    },
    async done() {
      assert.ok(clicks <= MOST.clicks && keys <= MOST.keys, `${clicks} clicks and ${keys} keys`);
      await page.close();
    },
  };
}

test(
  'the log of an instance that fails: one click, whichever instance it was',
  async () => {
    const { click, done, main } = await reader();
    const row = main.getByRole('row', { name: /web\/prod\/crashing/ });
    await row.getByText('exit 3').waitFor();
    await click(row.getByRole('link', { name: 'log' }));
    await main.getByText('bind: address already in use').waitFor();
    await done();
  },
  LIMIT_MS,
);

test(
  'why a task is pending: two keys, or a click',
  async () => {
    const byKeys = await reader();
    await byKeys.press('g', 'p');
    await byKeys.main.getByText('web/prod/hungry').waitFor();
    await byKeys.main.getByText(/cpu/i).first().waitFor();
    await byKeys.done();
    const byClick = await reader();
    await byClick.click(byClick.main.getByRole('link', { name: /pending in/ }));
    await byClick.main.getByText('web/prod/hungry').waitFor();
    await byClick.done();
  },
  LIMIT_MS,
);

test(
  'an update is paused, and goes on',
  async () => {
    const { click, done, main, page, press } = await reader();
    await press('g', 'u');
    await click(main.getByRole('table').first().getByRole('link').first());
    await click(main.getByRole('button', { name: /^Pause/ }));
    await main.getByRole('button', { name: /^Resume/ }).waitFor();
    await main.getByText('roll forward paused').first().waitFor();
    await picture(page, 'walk-paused');
    await click(main.getByRole('button', { name: /^Resume/ }));
    await main.getByRole('button', { name: /^Pause/ }).waitFor();
    await done();
  },
  LIMIT_MS,
);

test(
  'what differs between two versions, of one update and of two',
  async () => {
    const { click, done, main, page, press } = await reader();
    await press('g', 'u');
    await click(main.getByRole('table').first().locator('a code'));
    await main.locator('pre.diff .gone', { hasText: '"priority": 1' }).waitFor();
    await main.locator('pre.diff .come', { hasText: '"priority": 2' }).waitFor();
    const picker = main.getByLabel('what an earlier or later update brought:');
    const [, earlier] = await picker.locator('option').all();
    await picker.selectOption({ value: (await earlier?.getAttribute('value')) ?? '' });
    const against = main.locator('section', { hasText: 'Against another version' });
    await against.locator('.come', { hasText: '"priority": 2' }).waitFor();
    assert.match(page.url(), /with=/, 'the comparison is a link');
    await done();
  },
  LIMIT_MS,
);

test(
  'a host is drained',
  async () => {
    const { click, done, main, page, press } = await reader();
    await press('g', 'a');
    await click(main.getByRole('table').getByRole('link', { name: 'agent-3' }));
    await click(main.getByRole('button', { name: 'Drain agent-3' }));
    const dialog = page.getByRole('dialog');
    await dialog.getByText('aurora admin drain agent-3').waitFor();
    await click(dialog.getByRole('button', { name: 'Drain', exact: true }));
    await main
      .getByText(/DRAIN(ED|ING)/)
      .first()
      .waitFor();
    await main
      .getByRole('button', { name: 'Put back into service: Put agent-3 back into service' })
      .waitFor();
    await done();
  },
  LIMIT_MS,
);

test.run();
