import type { RackShown } from '../../api/views/agents.ts';
import { countText } from '../text/amounts.ts';
import { agentPath } from '../text/paths.ts';

const levelOf = (percent: number): string =>
  percent < 0
    ? 'unknown'
    : percent === 0
      ? 'l0'
      : percent < 40
        ? 'l1'
        : percent < 70
          ? 'l2'
          : percent < 90
            ? 'l3'
            : 'l4';

/** The agents by rack, with how full each is and whether it is in maintenance; only numbers where they are many. */
export function Topology({ racks }: { readonly racks: readonly RackShown[] }) {
  return (
    <div class="racks">
      {racks.map(({ agents, hosts, out, rack, tasks }) => (
        <div key={rack} class="rack">
          <h3>
            {rack || 'no rack'} <span class="faint">{countText(agents, 'agent')}</span>
          </h3>
          {hosts ? (
            <div class="cells">
              {hosts.map(([host, count, mode, percent]) => {
                const text = `${host}: ${countText(count, 'task')}${percent < 0 ? '' : `, ${percent} % allocated`}${mode === 'NONE' ? '' : `, ${mode}`}`;
                return (
                  <a
                    key={host}
                    class={`cell ${levelOf(percent)} ${mode === 'NONE' ? '' : 'out'}`}
                    href={agentPath(host)}
                    title={text}
                  >
                    <span class="unseen">{text}</span>
                  </a>
                );
              })}
            </div>
          ) : (
            <p>
              <a href={`/agents/map?rack=${encodeURIComponent(rack)}`}>{countText(tasks, 'task')}</a>
              {out > 0 && `, ${out} in maintenance`}
            </p>
          )}
        </div>
      ))}
    </div>
  );
}
