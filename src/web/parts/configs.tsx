import { useState } from 'preact/hooks';
import type { ConfigShown } from '../../api/views/configs.ts';
import { countText } from '../text/amounts.ts';
import { configFacts } from '../text/config-facts.ts';
import { Diff, Json } from './diff.tsx';
import { Facts } from './layout.tsx';

/** A configuration: the most wanted facts first, the rest on demand. */
export function Config({ config }: { readonly config: ConfigShown['config'] }) {
  return (
    <>
      <Facts facts={configFacts(config)} />
      <details>
        <summary>All of it as JSON</summary>
        <Json value={config} />
      </details>
    </>
  );
}

const nameOf = ({ count, instances }: ConfigShown): string =>
  count === 0 ? 'the template' : `${countText(count, 'instance')}: ${instances}`;

/** Compares two configurations, which the reader picks. */
export function ConfigComparison({ configs }: { readonly configs: readonly ConfigShown[] }) {
  const [left, setLeft] = useState(0);
  const [right, setRight] = useState(1);
  const pick = (value: number, set: (at: number) => void, label: string) => (
    <label>
      {label}{' '}
      <select value={value} onChange={(event) => set(Number(event.currentTarget.value))}>
        {configs.map((config, at) => (
          <option key={config.instances} value={at}>
            {nameOf(config)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <>
      <p class="row">
        {pick(left, setLeft, 'from')}
        {pick(right, setRight, 'to')}
      </p>
      <Diff before={configs[left]?.config} after={configs[right]?.config} />
    </>
  );
}

/** The configurations of a job with their differences. */
export function Configs({ configs }: { readonly configs: readonly ConfigShown[] }) {
  return (
    <>
      {configs.length > 1 && (
        <section>
          <h2>Differences</h2>
          <ConfigComparison configs={configs} />
        </section>
      )}
      {configs.map((config) => (
        <section key={config.instances}>
          <h2>{nameOf(config)}</h2>
          <Config config={config.config} />
        </section>
      ))}
    </>
  );
}
