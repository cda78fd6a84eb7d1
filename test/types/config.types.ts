/** What `aurora/config` must refuse, and what it must let through. Checked by the compiler; never run. */
import { defineConfig } from 'aurora/config';

defineConfig({
  apiHooks: [
    { name: 'returns nothing', pre_create_job: ({ config }) => void config.instanceCount },
    { name: 'returns nothing, later', pre_kill_job: async () => {} },
    { name: 'a reason', pre_kill_job: ({ environment }) => environment !== 'prod' || 'not there' },
    { name: 'by method', generic_hook: (event) => event.event !== 'pre' || event.call.method !== 'restart' },
    // @ts-expect-error no such call
    { name: 'misspelled', pre_create_jobs: () => true },
    // @ts-expect-error a number is no verdict
    { name: 'number', pre_restart: () => 1 },
    // @ts-expect-error a hook has a name
    { pre_restart: () => true },
    // @ts-expect-error only update starts have metadata
    { name: 'other call', pre_restart: ({ metadata }) => metadata.length > 0 },
  ],
  commandHooks: [{ name: 'nothing', pre_command() {} }],
  plugins: [
    // @ts-expect-error flags are texts or switches
    { name: 'number', options: { size: { type: 'number', description: 'size' } } },
    { name: 'words', before_dispatch: (words) => [...words, '--yes'] },
  ],
});

// @ts-expect-error there is no such part
defineConfig({ hooks: [] });
