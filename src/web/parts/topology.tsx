import type { RackShown } from '../../api/views/agents.ts';
import { countText } from '../text/amounts.ts';
import { agentPath } from '../text/paths.ts';

/** The most cells on one screen; with more agents, racks show only numbers. */
const MOST_CELLS = 800;

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

/** The agents by rack, with how full each is and whether it is in maintenance. */
export function Topology({ racks }: { readonly racks: readonly RackShown[] }) {
  const total = racks.reduce((sum, { hosts }) => sum + hosts.length, 0);
  return (
    <div class="racks">
      {racks.map(({ hosts, rack }) => (
        <div key={rack} class="rack">
          <h3>
            {rack || 'no rack'} <span class="faint">{countText(hosts.length, 'agent')}</span>
          </h3>
          {total <= MOST_CELLS ? (
            <div class="cells">
              {hosts.map(([host, tasks, mode, percent]) => {
                const text = `${host}: ${countText(tasks, 'task')}${percent < 0 ? '' : `, ${percent} % allocated`}${mode === 'NONE' ? '' : `, ${mode}`}`;
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
              <a href={`/agents/map?rack=${encodeURIComponent(rack)}`}>
                {countText(
                  hosts.reduce((sum, [, tasks]) => sum + tasks, 0),
                  'task',
                )}
              </a>
            </p>
          )}
        </div>
      ))}
    </div>
  );
}
