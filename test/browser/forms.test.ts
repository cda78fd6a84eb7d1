/** Forms that a page of another origin sends, in a real browser whose user has logged in: all are refused, and change nothing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Response } from 'playwright-core';
import { CALLS, type CallName, isReadCall } from '../../src/api/index.ts';
import { assert, count, suite } from '../harness/index.ts';
import { JOB, wireConfig, wireJob } from '../scheduler/builders.ts';
import { argsOf } from '../scheduler/http/sample-args.ts';
import { callScheduler, testScheduler } from '../scheduler/running.ts';
import { FOREIGN_NAME, openBrowser } from './browser.ts';
import { LIMIT_MS, STEP_MS } from './site.ts';

const test = suite('forms of another origin');

const LOGIN = { username: 'root', password: 'secret' };
const BASIC = { Authorization: `Basic ${Buffer.from('root:secret').toString('base64')}` };
/** All that a form can send. */
const ENCODINGS = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'] as const;
const WRITES = (Object.keys(CALLS) as CallName[]).filter((method) => !isReadCall(method));

/** A form whose one field becomes, as text/plain, the JSON of these arguments. */
interface FormField {
  readonly action: string;
  readonly name: string;
  readonly value: string;
}

const fieldOf = (action: string, json: string, end: string): FormField => {
  const open = json.slice(0, -end.length);
  const comma = /[[{]$/.test(open) ? '' : ',';
  return { action, name: `${open}${comma}${end === '}' ? '"x":' : ''}"`, value: `"${end}` };
};
const textOf = (args: object) =>
  JSON.stringify(args, (_, value) => (typeof value === 'bigint' ? Number(value) : value));

/** Runs in the page: sends each form into a frame of its own. */
const SEND_ALL = `(sent) => {
  for (const [at, { action, encoding, name, value }] of sent.entries()) {
    const frame = document.createElement('iframe');
    frame.name = 'frame-' + at;
    const form = document.createElement('form');
    Object.assign(form, { action, enctype: encoding, method: 'post', target: frame.name });
    const input = document.createElement('input');
    Object.assign(input, { name, value, type: 'hidden' });
    form.append(input);
    document.body.append(frame, form);
    form.submit();
  }
}`;

test(
  'every content type that a form has, to /api, to every call of /apibeta and to the paths that take writes',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'aurora-forms-'));
    const ini = join(directory, 'ini');
    const audit = join(directory, 'audit.log');
    writeFileSync(ini, '[users]\nroot = secret, admin\n[roles]\nadmin = *\n', { mode: 0o600 });
    const scheduler = await testScheduler({}, [
      '-http_authentication_mechanism=BASIC',
      `-shiro_ini_path=${ini}`,
      `-audit_log=${audit}`,
      '-audit_log_sync=true',
    ]);
    const evil = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!DOCTYPE html><title>kittens</title>');
    });
    let browser: Browser | undefined;
    try {
      scheduler.mesos.subscribe();
      const { httpPort } = scheduler.running();
      const origin = `http://127.0.0.1:${httpPort}`;
      const description = wireJob({ key: JOB, instanceCount: 2, taskConfig: wireConfig({ job: JOB }) });
      assert.is((await callScheduler(httpPort, 'createJob', { description }, BASIC)).responseCode, 'OK');
      const state = async () => {
        const { result } = await callScheduler(httpPort, 'getTasksStatus', { query: {} }, BASIC);
        return textOf(result?.scheduleStatusResult?.tasks ?? []);
      };
      const writes = () => readFileSync(audit, 'utf8').match(/"kind":"write"/g)?.length;
      const [before, written] = [await state(), writes()];

      const fields = [
        fieldOf(`${origin}/api`, '[1,"killTasks",1,0,{"3":{"rec":{}}}]', ']'),
        ...WRITES.map((method) => fieldOf(`${origin}/apibeta/${method}`, textOf(argsOf(method)), '}')),
        fieldOf(`${origin}/api/view/logs`, textOf({ job: 'web/prod/hello' }), '}'),
        fieldOf(`${origin}/mname/web/prod/hello/0`, '{}', '}'),
      ];
      // Every call as text, which alone can be JSON, and two places in every encoding.
      const forms = fields.flatMap((field) =>
        ENCODINGS.filter(
          (encoding) => encoding === 'text/plain' || /\/api$|killTasks$/.test(field.action),
        ).map((encoding) => ({ ...field, encoding })),
      );
      browser = await openBrowser();
      await new Promise<void>((listening) => evil.listen(0, '127.0.0.1', listening));
      const port = (evil.address() as AddressInfo).port;
      // Another host, and another port of the same one; both know the password of the scheduler.
      for (const host of [FOREIGN_NAME, '127.0.0.1']) {
        const context = await browser.newContext({ httpCredentials: LOGIN });
        const page = await context.newPage();
        // From now on the browser sends the password by itself.
        assert.is(
          (await page.goto(`${origin}/scheduler`, { waitUntil: 'commit', timeout: STEP_MS }))?.status(),
          200,
        );
        await page.goto(`http://${host}:${port}/`);
        const answers: Response[] = [];
        let all: () => void = () => {};
        const answered = new Promise<void>((done) => {
          all = done;
        });
        page.on('response', (response) => {
          if (response.request().method() === 'POST' && answers.push(response) === forms.length) all();
        });
        await page.evaluate(`(${SEND_ALL})(${JSON.stringify(forms)})`);
        await answered;
        for (const answer of answers) {
          const request = answer.request();
          assert.is(answer.status(), 403, `${request.url()} ${request.headers()['content-type']}`);
        }
        await context.close();
      }
      assert.is(await state(), before);
      assert.is(writes(), written, 'nothing was carried out');
      const vars = await fetch(`${origin}/vars.json`, { headers: BASIC });
      const { http_cross_site_refusals: refused } = (await vars.json()) as Record<string, number>;
      assert.is(refused, 2 * forms.length);
      // What the forms carried does work when a program sends it.
      const kill = fields.find(({ action }) => action.endsWith('/killTasks')) as FormField;
      const sent = await fetch(kill.action, {
        method: 'POST',
        headers: { ...BASIC, 'Content-Type': 'application/json' },
        body: `${kill.name}=${kill.value}`,
      });
      assert.is(((await sent.json()) as { responseCode: string }).responseCode, 'OK');
      count('forms of another origin', 2 * forms.length);
    } finally {
      await browser?.close();
      evil.close();
      await scheduler.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
  LIMIT_MS,
);

test.run();
