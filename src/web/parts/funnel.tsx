import type { FunnelShown } from '../../api/views/pending.ts';
import { wholeText } from '../text/amounts.ts';
import { funnelSteps, nearestText } from '../text/funnel.ts';

/** Shows why each group of agents does or does not fit a pending task. */
export function Funnel({ funnel }: { readonly funnel: FunnelShown }) {
  const steps = funnelSteps(funnel);
  return (
    <div class="funnel">
      <table aria-label="what becomes of the agents">
        <tbody>
          {steps.map(({ agents, kind, reasons, share, text }) => (
            <tr key={text} class={kind}>
              <td class="number">{wholeText(agents)}</td>
              <td class="picture">
                <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                  <rect width={share * 100} height="10" />
                </svg>
              </td>
              <td>
                {text}
                {reasons !== '' && <span class="faint"> {reasons}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {funnel.nearest && <p>{nearestText(funnel.nearest)}</p>}
    </div>
  );
}
